"""Where guests are started."""
