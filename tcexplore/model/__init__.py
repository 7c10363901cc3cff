"""The trained model, in NumPy: crystals in, T_c, its interval and applicability domain out."""
