"""HOList's benchmark: its theorem database and its splits."""
