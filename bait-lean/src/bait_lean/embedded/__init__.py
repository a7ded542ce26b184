"""The embedded Lean: a WebAssembly build run by Node, installed per user."""
