"""Output of the commands: consoles, tables, colours."""
