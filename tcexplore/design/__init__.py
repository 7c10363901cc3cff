"""Inverse design: lattice and coordinates of a crystal moved towards the Tc that is asked for."""
