"""Studies of one structure and its relatives: each file holds one function and its result."""
