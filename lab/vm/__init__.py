"""Virtual machines of the lab: nodes with a kernel of their own, which containers have not."""
