"""Runs that the server keeps, and the pages that start and show them."""
