"""The network and its training: torch, no Qt."""
