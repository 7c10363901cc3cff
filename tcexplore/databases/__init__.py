"""Structures from databases elsewhere, over the network."""
