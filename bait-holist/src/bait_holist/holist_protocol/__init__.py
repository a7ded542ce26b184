"""HOList's protocol, in protocol buffers."""
