"""The command line: `bait`."""
