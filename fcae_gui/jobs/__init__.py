"""Long analysis in a process of its own, where it can neither block the window nor outlive it; no Qt."""
