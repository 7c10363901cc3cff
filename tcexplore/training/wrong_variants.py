"""Wrong variants of a crystal: same cell and composition, atoms where they do not belong.

Networks and Gaussian process see them in training with a Tc near 0 and a small weight: no real
material says how low Tc is where a metal sits on a hydrogen site or hydrogen lies at random.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Structure
from pymatgen.util.coord import pbc_shortest_vectors

from tcexplore.crystal.structure import StructureError, check_structure
from tcexplore.hydrogen.contacts import hydrogen_occupancy
from tcexplore.typing import BoolArray, FloatArray

KINDS = ("shifted", "scattered", "exchanged")
SHIFT = 0.25, 0.75  # share of the way from a metal to the hydrogen nearest to it
NEAREST_H_H = 0.45, 1.1  # Å; how near scattered hydrogen may come is drawn from this range
NEAREST_H_METAL = 0.7, 1.4  # Å; the same to a metal
TRIES = 300  # positions that are drawn for one hydrogen before it lies where it falls


def wrong_variants(
    structure: Structure, rng: Generator, *, count: int
) -> Iterator[tuple[str, Structure]]:
    """Yield kind and structure of wrong variants of a hydride, none of them the crystal itself.

    Parameters
    ----------
    structure
        The right crystal, each site filled by one element; of another there are no variants.
    count
        Variants of each of the `KINDS` that are tried.
    """
    is_hydrogen = hydrogen_occupancy(structure) > 0.5
    if is_hydrogen.all() or not is_hydrogen.any() or not structure.is_ordered:
        return
    for kind in KINDS:
        for _ in range(count):
            variant = _variant(structure, is_hydrogen, kind, rng)
            if _is_crystal(variant) and not _is_same(structure, variant, kind):
                yield kind, variant


def _variant(structure: Structure, is_hydrogen: BoolArray, kind: str, rng: Generator) -> Structure:
    metal = int(rng.choice(np.flatnonzero(~is_hydrogen)))
    hydrogen = int(rng.choice(np.flatnonzero(is_hydrogen)))
    coords = structure.frac_coords.copy()
    if kind == "exchanged":
        coords[[metal, hydrogen]] = coords[[hydrogen, metal]]
    elif kind == "shifted":
        coords[metal] += rng.uniform(*SHIFT) * _to_nearest(structure, metal, is_hydrogen)
    else:
        coords = _scattered(structure, is_hydrogen, rng)
    return Structure(structure.lattice, structure.species, coords)


def _to_nearest(structure: Structure, site: int, others: BoolArray) -> FloatArray:
    """Return the fractional vector from a site to the nearest of some others, shape (3,)."""
    coords = structure.frac_coords
    vectors, squared = pbc_shortest_vectors(
        structure.lattice, coords[[site]], coords[others], return_d2=True
    )
    nearest = vectors[0, squared[0].argmin()]
    return np.asarray(structure.lattice.get_fractional_coords(nearest))


def _scattered(structure: Structure, is_hydrogen: BoolArray, rng: Generator) -> FloatArray:
    """Return coordinates with all hydrogen at random, shape (n_sites, 3)."""
    limits = {True: rng.uniform(*NEAREST_H_H), False: rng.uniform(*NEAREST_H_METAL)}
    placed = [(x, False) for x in structure.frac_coords[~is_hydrogen]]
    for _ in range(int(is_hydrogen.sum())):
        least = np.array([limits[kind] for _, kind in placed])
        others = np.array([x for x, _ in placed])
        for _ in range(TRIES):
            drawn = rng.uniform(size=3)
            distances = structure.lattice.get_all_distances(drawn[None], others)[0]
            if (distances >= least).all():
                break
        placed.append((drawn, True))
    coords = structure.frac_coords.copy()
    coords[is_hydrogen] = [x for x, kind in placed if kind]
    return coords


def _is_crystal(structure: Structure) -> bool:
    try:
        check_structure(structure)
    except StructureError:
        return False
    return True


def _is_same(structure: Structure, variant: Structure, kind: str) -> bool:
    """Return whether an exchange has led to the same crystal, as that of S and an H in H3S does."""
    matcher = StructureMatcher(primitive_cell=False, scale=False)
    return kind == "exchanged" and bool(matcher.fit(structure, variant))
