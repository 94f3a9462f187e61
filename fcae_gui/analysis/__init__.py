"""What is said about a result: plain arrays in, numbers out; no torch, no Qt."""
