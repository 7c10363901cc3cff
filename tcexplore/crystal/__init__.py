"""Elements, checks, the canonical cell, symmetry, distances."""
