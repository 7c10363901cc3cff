"""H-H contacts, the hydrogen networks that they form, and hydrogen cages."""
