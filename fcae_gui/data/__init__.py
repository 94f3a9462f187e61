"""What can be learned from: numpy only, no Qt, no torch at import."""
