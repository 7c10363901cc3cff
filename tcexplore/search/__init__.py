"""Substitution search: Tc over elements on groups of sites, kept as a run that can be resumed."""
