"""muster: requirements, facts, verdicts and plans of virtualization nodes."""

__version__ = "0.1.0"
