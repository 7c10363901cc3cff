"""Symmetry-equivalent assignments: which groups of sites a symmetry of the parent exchanges."""

from __future__ import annotations

import numpy as np
import spglib
from pymatgen.core import Structure

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.structure import site_occupancies
from tcexplore.search.space import SearchSpace
from tcexplore.typing import BoolArray, IntArray

SYMPREC = 0.01  # Å


def group_permutations(space: SearchSpace) -> IntArray:
    """Return the exchanges of groups that give the same crystal, shape (n, n_groups).

    Row p says that the element of group g goes to group p[g]. They come from the isometries of the
    lattice of sites that leave the other sites as they are and take each group to a group.
    """
    structure, groups = space.parent.structure, [group.sites for group in space.groups]
    matrix, coords = structure.lattice.matrix, structure.frac_coords
    found = {tuple(range(len(groups)))}
    cell = matrix, coords, _labels(structure, groups)
    found_symmetry = spglib.get_symmetry(cell, symprec=SYMPREC)  # pyright: ignore
    symmetry = found_symmetry or {"rotations": (), "translations": ()}
    for rotation, translation in zip(symmetry["rotations"], symmetry["translations"], strict=True):
        apart = (coords @ rotation.T + translation)[:, None] - coords
        apart -= np.rint(apart)
        image = np.linalg.norm(apart @ matrix, axis=2).argmin(axis=1)
        moved = [frozenset(image[list(group)].tolist()) for group in groups]
        targets = {frozenset(group): number for number, group in enumerate(groups)}
        if all(group in targets for group in moved):
            found.add(tuple(targets[group] for group in moved))
    return np.array(sorted(found))


def _labels(structure: Structure, groups: list[tuple[int, ...]]) -> IntArray:
    """Return a label for each site: its species, or for a site to fill its occupancy alone."""
    filled = {site for group in groups for site in group}
    occupancy = site_occupancies(structure)
    kinds = [
        round(float(occupancy[number]), 6) if number in filled else site.species
        for number, site in enumerate(structure)
    ]
    distinct = list(dict.fromkeys(kinds))
    return np.array([distinct.index(kind) for kind in kinds])


def canonical_indices(space: SearchSpace, permutations: IntArray, indices: IntArray) -> IntArray:
    """Return the smallest of the equivalent assignments in the space, for each, shape (n,)."""
    numbers, smallest = space.atomic_numbers(indices), np.array(indices)
    digit = _digit_of_element(space)
    for permutation in permutations:
        exchanged = np.empty_like(numbers)
        exchanged[:, permutation] = numbers
        digits = digit[np.arange(len(space.groups)), exchanged]
        inside = (digits >= 0).all(axis=1)
        image = space.indices(digits[inside])
        smallest[inside] = np.minimum(smallest[inside], image)
    return smallest


def is_canonical(space: SearchSpace, permutations: IntArray, indices: IntArray) -> BoolArray:
    """Return which assignments stand for their equivalents, shape (n,)."""
    if len(permutations) == 1:
        return np.ones(len(indices), dtype=bool)
    return canonical_indices(space, permutations, indices) == indices


def _digit_of_element(space: SearchSpace) -> IntArray:
    """Return where each group lists an element, -1 where it does not, (n_groups, 95)."""
    digit = np.full((len(space.groups), len(ELEMENTS) + 1), -1)
    for number, group in enumerate(space.groups):
        digit[number, [ELEMENTS.index(s) + 1 for s in group.elements]] = range(len(group.elements))
    return digit
