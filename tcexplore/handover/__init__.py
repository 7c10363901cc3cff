"""Structures and results for the next tool: files of structures, relaxations, reports."""
