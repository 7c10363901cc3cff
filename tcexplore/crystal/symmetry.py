"""Symmetry of a structure by spglib: the one look-up of its data set."""

from __future__ import annotations

import spglib
from pymatgen.core import Composition, Structure
from spglib import SpglibDataset

SpglibCell = tuple


def spglib_cell(structure: Structure) -> tuple[SpglibCell, list[Composition]]:
    """Return (lattice, fractional coordinates, labels) for spglib, and the species of each label.

    Sites that hold the same mixture of species have one label.
    """
    mixtures = list(dict.fromkeys(site.species for site in structure))
    labels = [mixtures.index(site.species) for site in structure]
    return (structure.lattice.matrix, structure.frac_coords, labels), mixtures


def symmetry_dataset(structure: Structure, *, symprec: float) -> SpglibDataset | None:
    """Return spglib's data set of a structure, None where the symmetry cannot be determined.

    Parameters
    ----------
    symprec
        (Å) Tolerance of the search.
    """
    try:
        return spglib.get_symmetry_dataset(spglib_cell(structure)[0], symprec=symprec)
    except spglib.SpglibError:
        return None
