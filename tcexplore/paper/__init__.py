"""The figures and tables of arXiv:2301.10474, remade with a model of ours beside its values."""
