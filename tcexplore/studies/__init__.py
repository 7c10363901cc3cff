"""A study of one crystal: one function and its frozen result a file."""
