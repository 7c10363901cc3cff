"""Bonds of a 3D view, by distance.

Two atoms are bonded where they are no further apart than 1.15 times the sum of their covalent radii
(Cordero et al., Dalton Trans. 2008, 2832; ASE holds them); two metals only in crystals that are all
metal. Under pressure hydrogen atoms are bonded at distances that no sum of radii reaches: they are
by a cut-off, that of the hydrogen network. An atom with more than twelve such neighbours keeps its
nearest shell: what 32 hydrogen atoms around a metal form is a cage and no bundle of bonds.
"""

from __future__ import annotations

import numpy as np
from ase.data import covalent_radii
from pymatgen.core import PeriodicSite, Structure

from tcexplore.hydrogen.contacts import (
    HALF_OCCUPANCY,
    LARGEST_CUTOFF,
    Contacts,
    contacts_within,
    hydrogen_occupancy,
)
from tcexplore.typing import BoolArray, FloatArray, IntArray
from tcexplore.view3d.atoms import (
    ON_FACE,
    Box,
    DrawnAtoms,
    DrawnPairs,
    with_contacts,
    without_loose,
)

REACH = 1.15  # times the sum of the covalent radii
HYDROGEN_REACH = 1.4  # Å; between hydrogen atoms, as the hydrogen network begins
EXCLUSIVE = 0.6  # of that sum; split sites nearer than this are never filled at once
MOST_NEIGHBOURS = 12
SHELL = 1.1  # times the nearest neighbour's distance, by the radii
MOST_BONDS = 6000  # that a browser draws without waiting
MOST_GHOSTS = 1.5  # times the atoms of the box


def bonds(structure: Structure, *, hydrogen_reach: float = HYDROGEN_REACH) -> Contacts:
    """Return the bonds of a structure, each once, periodic images included.

    Parameters
    ----------
    hydrogen_reach
        (Å) Between hydrogen atoms; 0 for none.
    """
    radii, is_metal = _covalent_radii(structure), _is_metal(structure)
    is_hydrogen = hydrogen_occupancy(structure) > HALF_OCCUPANCY
    reach = min(max(2 * REACH * radii.max(), hydrogen_reach), LARGEST_CUTOFF)
    indices, matrix = np.arange(len(structure)), structure.lattice.matrix
    pairs = contacts_within(indices, structure.frac_coords, matrix, cutoff=reach)
    first, second = pairs.first, pairs.second
    scaled = pairs.distance / (radii[first] + radii[second])
    both_hydrogen = is_hydrogen[first] & is_hydrogen[second]
    covalent = (scaled > EXCLUSIVE) & (scaled <= REACH) & ~both_hydrogen
    if not is_metal.all():
        covalent &= ~(is_metal[first] & is_metal[second])
    covalent[covalent] = _in_legible_shell(first[covalent], second[covalent], scaled[covalent])
    kept = covalent | (both_hydrogen & (pairs.distance <= hydrogen_reach))
    return Contacts(first[kept], second[kept], pairs.image[kept], pairs.distance[kept])


def _in_legible_shell(first: IntArray, second: IntArray, scaled: FloatArray) -> BoolArray:
    """Return whether each pair is in a shell of at most `MOST_NEIGHBOURS` at both of its ends."""
    if not len(scaled):
        return np.zeros(0, dtype=bool)
    ends = np.concatenate([first, second])
    nearest = np.full(ends.max() + 1, np.inf)
    np.minimum.at(nearest, ends, np.tile(scaled, 2))
    in_shell = np.tile(scaled, 2) <= SHELL * nearest[ends]
    count, in_first = np.bincount(ends), np.bincount(ends, weights=in_shell)
    fits = (count[ends] <= MOST_NEIGHBOURS) | (in_shell & (in_first[ends] <= MOST_NEIGHBOURS))
    return fits[: len(first)] & fits[len(first) :]


def _covalent_radii(structure: Structure) -> FloatArray:
    """Return the covalent radius (Å) of each site, the mean over its species, shape (n_sites,)."""
    return np.array([_mean_radius(site) for site in structure])


def _mean_radius(site: PeriodicSite) -> float:
    radii = [covalent_radii[element.Z] for element in site.species]
    return float(np.average(radii, weights=list(site.species.values())))


def _is_metal(structure: Structure) -> BoolArray:
    """Return whether metal fills more than half of what is filled of each site, (n_sites,)."""
    return np.array(
        [
            sum(part for element, part in site.species.items() if element.is_metal)
            > 0.5 * site.species.num_atoms
            for site in structure
        ]
    )


# --- drawn ---------------------------------------------------------------------------------------


def with_bonds(atoms: DrawnAtoms, bonded: Contacts, box: Box) -> tuple[DrawnAtoms, DrawnPairs]:
    """Return the atoms, the ghosts that bonds lead to, and the bonds.

    Bonds lead out of the box from the larger atom of each, as of a metal to its oxygen; where that
    takes more ghosts than stay legible, from atoms inside of the box alone, or from none.
    """
    drawn, pairs = with_contacts(atoms, bonded)
    start, end = pairs.atoms.T
    leads_out = end >= len(atoms.sites)
    radii = _covalent_radii(box.structure)[drawn.sites]
    is_larger = radii[start] > radii[end] - 1e-6
    for completes in (is_larger, is_larger & _is_inside(drawn, box)[start], ~leads_out):
        kept = ~leads_out | completes
        n_ghosts = len(np.unique(end[kept & leads_out]))
        if n_ghosts <= MOST_GHOSTS * np.count_nonzero(~atoms.is_ghost):
            break
    return without_loose(
        drawn, DrawnPairs(pairs.atoms[kept], pairs.contacts[kept]), len(atoms.sites)
    )


def _is_inside(atoms: DrawnAtoms, box: Box) -> BoolArray:
    """Return whether each atom lies in the box, and on none of its faces."""
    frac_coords = box.structure.frac_coords[atoms.sites] + atoms.images
    is_between = (frac_coords > ON_FACE) & (frac_coords < np.array(box.supercell) - ON_FACE)
    return np.all(is_between, axis=1)
