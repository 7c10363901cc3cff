"""Features of a crystal: Fourier coefficients, descriptors, hydrogen symmetry functions."""
