"""What can be computed from a cluster alone, before anything runs.

Each topic has a module with its sheet or picture, and most a folder of what that is made of:
addresses and addressing, capacity and sizing, simulate and simulating, ports and connecting, place
and placing, diagram and drawing.
"""
