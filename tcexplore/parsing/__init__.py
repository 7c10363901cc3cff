"""From the bytes of a structure file to plain numbers, in a process of its own.

Nothing here imports pymatgen at its top, so that the process starts fast: only `cif` needs it.
"""
