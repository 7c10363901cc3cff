"""CIF: text, blocks, sites and symmetry, on gemmi; every doubt told or refused."""
