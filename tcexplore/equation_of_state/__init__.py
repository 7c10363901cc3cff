"""Pressure of a hydride from its volume, and its volume at a pressure."""
