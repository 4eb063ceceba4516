"""Root's SSH from a cluster's master node to its nodes: keys, who may log in, and pins."""
