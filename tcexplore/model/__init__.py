"""The trained model, in NumPy: crystals in, T_c, its interval and applicability domain out."""

DEFAULT_MODEL = "cvcnn-3"
"""Shipped model that is used where none is named; here, so that reading it imports nothing."""
