"""H-H contacts, the networks that they form, cages."""
