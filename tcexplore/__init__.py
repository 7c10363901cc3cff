"""Superconducting critical temperatures from crystal structures, with a complex-valued CNN."""
