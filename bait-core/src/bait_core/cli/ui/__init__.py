"""How the commands write: consoles, tables, colours."""
