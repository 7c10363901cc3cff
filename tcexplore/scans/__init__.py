"""T_c of many members of one crystal at once: species x lattices, fractional coordinates held."""
