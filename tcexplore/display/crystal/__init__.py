"""One crystal: its prediction, structure, sources, and the catalogue."""
