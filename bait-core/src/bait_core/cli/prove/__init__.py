"""`bait prove`: a statement, or the holes of a file."""
