"""Who connects to whom in a cluster, and who must let it through."""
