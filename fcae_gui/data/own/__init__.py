"""People's own data: what is in a file or folder, and the data set that it makes; numpy only."""
