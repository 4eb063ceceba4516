"""Tries between nodes: whether a port of another node is reached, and what is in the way."""
