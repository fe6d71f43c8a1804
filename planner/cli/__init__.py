"""The command line: one module a command; runs where there is no screen and no Qt."""
