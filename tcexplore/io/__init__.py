"""Structures from files, uploads and links, read in a guarded process."""
