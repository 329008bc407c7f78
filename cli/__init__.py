"""The command line: `micropools`."""
