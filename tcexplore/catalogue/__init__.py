"""Published structures with reported T_c."""
