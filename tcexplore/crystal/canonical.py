"""The canonical cell: the one cell that each crystal is brought to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import spglib
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.frames import best_frame, frame_scores, in_frame, lattice_symmetries
from tcexplore.crystal.structure import atom_arrays
from tcexplore.crystal.symmetry import SpglibCell, SpglibDataset, spglib_cell, symmetry_dataset
from tcexplore.typing import FloatArray, IntArray

# International Tables A: the 11 pairs of enantiomorphic space groups.
LEFT_OF_RIGHT = {
    78: 76, 95: 91, 96: 92, 145: 144, 153: 151, 154: 152, 170: 169, 172: 171, 179: 178, 181: 180,
    213: 212,
}  # fmt: skip


@dataclass(frozen=True)
class CanonicalCell:
    """The one cell that every description of a crystal is brought to."""

    structure: Structure
    """Standardised primitive cell in the chosen frame."""
    space_group_number: int
    """International number, 1 to 230."""
    space_group_symbol: str
    """Short Hermann-Mauguin symbol, such as ``Fm-3m``."""
    warnings: tuple[str, ...] = ()
    """What the user should know of how the cell came about."""


def canonical_cell(structure: Structure, *, symprec: float = 0.01) -> CanonicalCell:
    """Return the one cell that stands for every description of a crystal.

    The lattice is that of spglib's standardised primitive cell. What symmetry leaves open, the
    origin and the choice among equivalent axes, is settled by `_canonical_frame`. A mirror image
    counts as the same crystal.

    Parameters
    ----------
    structure
        Any cell of the crystal; sites that hold the same mixture of species count as equal.
    symprec
        (Å) Tolerance of the search for symmetry.
    """
    cell, mixtures = spglib_cell(structure)
    standard = _standardised(cell, symmetry_dataset(structure, symprec=symprec), symprec)
    if standard is None:
        return _reduced_cell(structure)
    matrix, coords, labels, number, symbol = standard
    primitive = Structure(Lattice(matrix), [mixtures[label] for label in labels], coords)
    return CanonicalCell(_canonical_frame(primitive), number, symbol)


def unhanded_number(space_group_number: int) -> int:
    """Return the lower number of a pair of enantiomorphic space groups, else the number itself.

    A crystal and its mirror image have one Tc, so the model is told of one group for both.
    """
    return LEFT_OF_RIGHT.get(space_group_number, space_group_number)


def _standardised(cell: SpglibCell, dataset: SpglibDataset | None, symprec: float) -> tuple | None:
    """Return matrix, coordinates, labels and space group from spglib, None where it fails."""
    try:
        as_given, idealised = (
            spglib.standardize_cell(cell, to_primitive=True, no_idealize=keep, symprec=symprec)
            for keep in (True, False)
        )
        operations = as_given and spglib.get_symmetry(as_given, symprec=symprec)
    except spglib.SpglibError:
        return None
    if not (dataset and as_given and idealised and operations):
        return None
    matrix, coords, labels = map(np.asarray, as_given)
    coords = _symmetrised_coords(
        matrix, coords, labels, operations["rotations"], operations["translations"]
    )
    return idealised[0], coords, labels, int(dataset.number), str(dataset.international)


def _symmetrised_coords(
    matrix: FloatArray,
    coords: FloatArray,
    labels: IntArray,
    rotations: IntArray,
    translations: FloatArray,
) -> FloatArray:
    """Return the coordinates averaged over the space group, every atom counting the same.

    spglib's own idealisation starts from one atom of each orbit, and which one depends on how the
    cell was written down.
    """
    unlike = labels[:, None] != labels[None, :]
    total = np.zeros_like(coords)
    for rotation, translation in zip(rotations, translations, strict=True):
        images = coords @ rotation.T + translation
        shifts = images[:, None, :] - coords[None, :, :]  # (image, site, 3)
        shifts -= np.rint(shifts)
        distances = np.where(unlike, np.inf, np.linalg.norm(shifts @ matrix, axis=2))
        nearest = distances.argmin(axis=1)
        moved = shifts[np.arange(len(coords)), nearest]
        np.add.at(total, nearest, moved - moved.mean(axis=0))
    return coords + total / len(rotations)


def _reduced_cell(structure: Structure) -> CanonicalCell:
    primitive = structure.get_primitive_structure().get_reduced_structure()
    warning = (
        "The symmetry of this structure could not be determined: its reduced primitive cell is"
        " used as it is, and the space group counts as P1. Check for atoms that lie too close."
    )
    return CanonicalCell(_canonical_frame(primitive), 1, "P1", (warning,))


def _canonical_frame(structure: Structure) -> Structure:
    """Return the structure in the one of its equivalent frames that scores highest.

    A frame is a symmetry of the bare lattice together with an atom that is put at the origin. The
    score is a linear functional of the low Fourier coefficients of the point charges whose weights
    have no symmetry of their own, so frames with the same score show the same crystal in the same
    way. It depends on species and fractional coordinates alone: scaling a lattice changes nothing.
    """
    atoms = atom_arrays(structure)
    symmetries = lattice_symmetries(structure.lattice.matrix[None])
    charges = atoms.atomic_numbers * atoms.occupancies
    scores = frame_scores(atoms.frac_coords, charges, symmetries, structure.frac_coords)
    symmetry, origin = np.divmod(best_frame(scores.reshape(-1)), len(structure))
    return in_frame(structure, symmetries[symmetry], structure.frac_coords[origin])
