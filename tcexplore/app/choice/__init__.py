"""Choice of the crystal: address, catalogue, uploads, databases."""
