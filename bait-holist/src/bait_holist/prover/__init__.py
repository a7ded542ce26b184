"""HOL Light as a process: starting it, keeping it, talking to its workers."""
