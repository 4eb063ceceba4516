"""What can be computed from a cluster alone, before anything runs."""
