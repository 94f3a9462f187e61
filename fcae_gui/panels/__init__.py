"""One file per dock: set_* and append in, signals out."""
