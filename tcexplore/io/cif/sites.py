"""Sites of a CIF: from the rows of its atoms to all atoms of the cell.

Images of a site that lie closer than `IMAGE_DISTANCE` are one atom on a special position. Rows that
name the same place are one site only where that is plain; occupancies never add up silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tcexplore.crystal.structure import MAX_SITES, StructureError
from tcexplore.io.cif.operations import PARTS, Operations

FloatArray = NDArray[np.floating]

IMAGE_DISTANCE = 0.1
"""(Å) Images of a site under symmetry that are nearer are one atom: 0.333 for 1/3 puts them 0.01 Å
apart in a cell of 10 Å, 0.33 puts them 0.1 Å apart; atoms never come so near."""
SPLIT_DISTANCE = 0.02
"""(Å) Images of a partly filled site that are farther apart, yet nearer than `IMAGE_DISTANCE`, may
be one atom written roughly or atoms that are split: that cannot be known."""
SAME_PLACE = 0.01
"""(Å) Rows that lie nearer are on one place; it covers differences in the last of four digits."""
HIGHEST_OCCUPANCY = 1.01  # sums above 1 by rounding are scaled down


@dataclass(frozen=True)
class AtomRow:
    """One row of the loop of atoms."""

    label: str
    symbol: str
    """Element."""
    kind: str
    """Species as written, such as ``Fe3+`` or ``D``."""
    frac_coords: FloatArray
    """(fractional) Shape (3,)."""
    occupancy: float
    multiplicity: int | None = None
    """As listed, None where the file does not say."""


@dataclass(frozen=True)
class Place:
    """Atoms of all cells that symmetry makes of one row, and what shares them."""

    rows: list[AtomRow]
    images: FloatArray
    """(fractional) Shape (n_images, 3)."""


def expanded_places(
    rows: Sequence[AtomRow], operations: Operations, matrix: FloatArray
) -> list[Place]:
    """Return the places that rows fill, each with its images and the rows that share it.

    Parameters
    ----------
    rows
        Atoms as listed.
    operations
        A group.
    matrix
        (Å) Lattice vectors as rows, shape (3, 3).
    """
    places: list[Place] = []
    coords = np.empty((0, 3))  # of all images so far
    owners = np.empty(0, dtype=int)  # the place of each
    for row in rows:
        near = _distances(row.frac_coords, coords, matrix) < SAME_PLACE
        if near.any():
            places[owners[near.argmax()]].rows.append(row)
            continue
        images = site_images(row, operations, matrix)
        if len(coords) + len(images) > MAX_SITES:
            raise StructureError(
                f"has {len(coords) + len(images)} sites or more, more than the {MAX_SITES} that can"
                " be predicted; give its primitive cell"
            )
        coords = np.concatenate([coords, images])
        owners = np.concatenate([owners, np.full(len(images), len(places))])
        places.append(Place([row], images))
    return places


def site_images(row: AtomRow, operations: Operations, matrix: FloatArray) -> FloatArray:
    """Return the atoms that symmetry makes of a row, in [0, 1), shape (n_images, 3).

    The position is averaged over the operations that leave it where it is, so that 0.333 beside
    a threefold axis becomes 1/3.
    """
    position = row.frac_coords
    shifts = operations.translations / PARTS
    for _ in range(3):
        moved = operations.rotations @ position + shifts - position
        moved -= np.rint(moved)
        distances = np.linalg.norm(moved @ matrix, axis=1)
        kept = distances < IMAGE_DISTANCE
        _refuse_doubtful_split(row, distances)
        shift = moved[kept].mean(axis=0)
        position = position + shift
        if np.abs(shift).max() < 1e-12:
            break
    images = operations.rotations @ position + shifts
    _, first = np.unique(np.floor(images % 1.0 * 1e5 + 0.31234) % 1e5, axis=0, return_index=True)
    if len(first) * kept.sum() != len(operations):
        raise StructureError(
            f"has the site {row.label!r} so close to a special position that it cannot be told how"
            " many atoms it stands for; write its coordinates with more digits"
        )
    return images[np.sort(first)] % 1.0


def _refuse_doubtful_split(row: AtomRow, distances: FloatArray) -> None:
    doubtful = (distances > SPLIT_DISTANCE) & (distances < IMAGE_DISTANCE)
    if row.occupancy <= 0.505 and doubtful.any() and row.multiplicity is None:
        raise StructureError(
            f"has the partly filled site {row.label!r} {distances[doubtful].min():.2g} Å from its"
            " own image: split, or roughly written, cannot be known; write its coordinates with"
            " more digits, or add _atom_site_symmetry_multiplicity"
        )


def _distances(position: FloatArray, coords: FloatArray, matrix: FloatArray) -> FloatArray:
    """Return how far a position lies from each of some coordinates (Å), shape (n_coords,)."""
    apart = coords - position
    return np.linalg.norm((apart - np.rint(apart)) @ matrix, axis=1)


def merged_species(place: Place, matrix: FloatArray) -> tuple[dict[str, float], list[str]]:
    """Return the occupancy of each element on a place, and notes on how it came about.

    Raises
    ------
    StructureError
        Rows repeat each other, or fill the place more than once.
    """
    rows, notes = place.rows, []
    if len(rows) > 1:
        rows, notes = _without_listed_images(place, matrix)
        notes += _isotopes_and_charges(rows)
    species: dict[str, float] = {}
    for row in rows:
        species[row.symbol] = species.get(row.symbol, 0.0) + row.occupancy
    total = sum(species.values())
    if total > HIGHEST_OCCUPANCY:
        raise StructureError(
            f"fills one place {total:.4g} times with the sites {_labels(rows)}; correct their"
            " occupancies or coordinates, or remove the double"
        )
    if total > 1.0 + 1e-6:
        notes.append(f"Occupancies of {_labels(rows)} sum to {total:.4g} and were scaled to 1.")
    return {symbol: value / max(total, 1.0) for symbol, value in species.items()}, notes


def _without_listed_images(place: Place, matrix: FloatArray) -> tuple[list[AtomRow], list[str]]:
    """Return one row of each kind, where a file lists all images of a site beside operations."""
    kinds: dict[tuple[str, float], list[AtomRow]] = {}
    for row in place.rows:
        kinds.setdefault((row.kind, row.occupancy), []).append(row)
    notes = []
    for rows in kinds.values():
        if len(rows) == 1:
            continue
        images = {int(_distances(row.frac_coords, place.images, matrix).argmin()) for row in rows}
        if len(images) < len(rows) or len(rows) != len(place.images):
            raise StructureError(
                f"lists the same place twice or more: sites {_labels(rows)} coincide, by symmetry"
                " or as they are; remove the doubles"
            )
        notes.append(
            "The file lists all atoms of the cell beside symmetry operations;"
            " those that coincide were merged."
        )
    return [rows[0] for rows in kinds.values()], notes


def _isotopes_and_charges(rows: Sequence[AtomRow]) -> list[str]:
    """Return notes on rows of one element, which must differ in isotope or charge to add up."""
    notes = []
    for symbol in dict.fromkeys(row.symbol for row in rows):
        same = [row for row in rows if row.symbol == symbol]
        if len(same) == 1:
            continue
        if len({row.kind for row in same}) < len(same):
            raise StructureError(
                f"lists the same place twice or more with {symbol}: sites {_labels(same)};"
                " remove the double, or add up their occupancies in one row"
            )
        kinds = ", ".join(row.kind for row in same)
        notes.append(f"{kinds} share one place and were added up as {symbol}.")
    return notes


def _labels(rows: Sequence[AtomRow]) -> str:
    names = list(dict.fromkeys(row.label[:20] for row in rows))
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
