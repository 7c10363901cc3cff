"""Figures, tables and sentences of the Model page."""
