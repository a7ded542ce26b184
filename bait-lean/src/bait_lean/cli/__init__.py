"""The command line: `bait lean`, the check of `bait doctor`, and what precedes a search."""
