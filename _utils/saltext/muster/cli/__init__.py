"""The command muster: one module a command, loaded when it is called."""
