"""What a cluster file gives away of addresses: proved without contradictions, and counted."""
