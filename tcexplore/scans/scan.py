"""Scans of structures that share fractional coordinates.

The members of a scan differ in the species on chosen sites, in the lattice, or in both.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from pymatgen.core import Composition, Element, Lattice, Structure

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.frames import best_frame, frame_scores, in_frame, lattice_symmetries
from tcexplore.crystal.structure import site_occupancies
from tcexplore.typing import FloatArray, IntArray


@dataclass(frozen=True)
class Scan:
    """Every row of species on every lattice."""

    parent: CanonicalCell
    """Its cell sets the sites; its space group counts for all members, so a scan has no jumps."""
    groups: tuple[tuple[int, ...], ...]
    """Sites of the parent that are filled alike, one tuple for each column of species."""
    species: IntArray
    """Atomic numbers, shape (n_rows, n_groups)."""
    lattices: FloatArray
    """(Å) Lattice vectors as rows, shape (n_lattices, 3, 3)."""


def member_structure(scan: Scan, row: int, lattice: int) -> Structure:
    """Return one member with its sites where the parent has them."""
    parent = scan.parent.structure
    species = [site.species for site in parent]
    for group, number in zip(scan.groups, scan.species[row], strict=True):
        for site in group:
            species[site] = Composition({Element.from_Z(int(number)): species[site].num_atoms})
    return Structure(Lattice(scan.lattices[lattice]), species, parent.frac_coords)


def member(scan: Scan, row: int, lattice: int) -> CanonicalCell:
    """Return one member in the cell and the frame that it is predicted in."""
    frames = scan_frames(scan)
    frame = frames.of_row[row]
    seen = frames.symmetries[frame], frames.origins[frame]
    structure = in_frame(member_structure(scan, row, lattice), *seen)
    parent = scan.parent
    return CanonicalCell(structure, parent.space_group_number, parent.space_group_symbol)


@dataclass(frozen=True)
class ScanFrames:
    """The frames that the rows of a scan are seen in."""

    symmetries: IntArray
    """Shape (n_frames, 3, 3)."""
    origins: FloatArray
    """(fractional) Shape (n_frames, 3)."""
    of_row: IntArray
    """Which frame each row of species has, shape (n_rows,)."""


def scan_frames(scan: Scan) -> ScanFrames:
    """Return the best frame of each row, among the symmetries that all the lattices share."""
    structure = scan.parent.structure
    coords = structure.frac_coords
    if not scan.groups:  # the parent's own frame: a canonical cell is in its best one
        everywhere = np.zeros(len(scan.species), dtype=int)
        return ScanFrames(np.eye(3, dtype=int)[None], np.zeros((1, 3)), everywhere)
    symmetries = lattice_symmetries(np.concatenate([structure.lattice.matrix[None], scan.lattices]))
    charges = np.array([sum(e.Z * n for e, n in site.species.items()) for site in structure])
    occupancy = site_occupancies(structure)
    charges[list(itertools.chain(*scan.groups))] = 0.0
    scores = [frame_scores(coords, charges, symmetries, coords)]
    for group in scan.groups:
        sites = list(group)
        scores.append(frame_scores(coords[sites], occupancy[sites], symmetries, coords))
    best = _best_frames(np.array(scores).reshape(len(scores), -1), scan.species)
    best = np.broadcast_to(best, len(scan.species))
    chosen, of_row = np.unique(best, return_inverse=True)
    symmetry, origin = np.divmod(chosen, len(structure))
    return ScanFrames(symmetries[symmetry], coords[origin], of_row)


def _best_frames(scores: FloatArray, species: IntArray) -> IntArray:
    """Return the best frame of each row of species, shape (n_rows,).

    Parameters
    ----------
    scores
        Of all frames for the sites that are kept, then for a proton on each group, shape
        (1 + n_groups, n_frames). Frames that agree in all of them are equivalent: the first counts.
    """
    _, first = np.unique(np.round(scores, 9), axis=1, return_index=True)
    first.sort()
    kept, *of_protons = scores[:, first]
    return first[best_frame(kept + species.astype(float) @ np.array(of_protons))]
