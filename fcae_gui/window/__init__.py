"""Parts of the main window: its bars, its workspaces, its file commands, its looks."""
