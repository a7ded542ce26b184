"""HOList's gRPC protocol: messages, client and server."""
