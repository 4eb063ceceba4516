"""The lab: real nodes on one machine, to try muster and to test it."""
