"""Batches: Tc of many structure files, written as it goes and resumed after any kill."""
