"""Figures 3-6, tables II and III of arXiv:2301.10474, remade."""
