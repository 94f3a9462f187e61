"""The one owner of state while a window is open: QtCore only."""
