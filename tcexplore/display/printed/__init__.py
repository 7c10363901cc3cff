"""Figures for print: those of the pages, drawn by matplotlib at the width of a column."""
