"""The master's side: cluster files, their checks and caches, the external pillar."""
