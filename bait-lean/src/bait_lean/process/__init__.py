"""A client of processes that speak the REPL protocol (see docs/lean-server-protocol.md)."""
