"""Probes: one file a concern, each with read(source) -> plain dict. They run on Python 3.6."""
