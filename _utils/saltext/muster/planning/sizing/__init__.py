"""How much of memory, cores, space and numbers a cluster has, and what is planned of it."""
