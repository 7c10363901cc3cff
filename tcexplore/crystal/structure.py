"""Crystal structures: the checks that they must pass, their atoms as arrays, occupancies.

The convention for the cell, stated once: the rows of ``structure.lattice.matrix`` are the lattice
vectors (Å), and an atom at fractional coordinates x lies at x @ matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pymatgen.core import DummySpecies, Element, Lattice, Species, Structure

from tcexplore.typing import FloatArray, IntArray

MAX_SITES = 500
SHORTEST_DISTANCE = 0.4  # Å; H2 under 500 GPa keeps about 0.7 Å
LONGEST_LATTICE_VECTOR = 200.0  # Å
VOLUME_PER_SITE = (0.5, 1000.0)  # Å³; compressed hydrogen has about 1.5 Å³, a molecule in a box 200
LATTICE_ANGLE = (5.0, 175.0)  # degrees
OCCUPANCY_TOLERANCE = 1e-3


class StructureError(ValueError):
    """Structure that cannot be used; the message names the fault and the remedy."""


@dataclass(frozen=True)
class AtomArrays:
    """The atoms of a cell as arrays, one row for each species of each site."""

    atomic_numbers: IntArray
    """Shape (n_atoms,)."""
    occupancies: FloatArray
    """Shape (n_atoms,), each in (0, 1]."""
    frac_coords: FloatArray
    """(fractional) Shape (n_atoms, 3)."""


def check_structure(structure: Structure, *, name: str = "structure") -> None:
    """Raise `StructureError` where a structure cannot be a crystal that one would predict.

    Parameters
    ----------
    structure
        The structure as it was read.
    name
        What the message calls it, such as its file name.

    Raises
    ------
    StructureError
        No or too many sites, numbers that are not finite, a flat or absurd cell, an occupancy that
        is not above 0, species that are no element, or atoms that nearly coincide.
    """
    try:
        _check_sites(structure)
        _check_lattice(structure)
        _check_species(structure)
        _check_distances(structure)
    except StructureError as error:
        raise StructureError(f"{name}: {error}") from None


def _check_sites(structure: Structure) -> None:
    if len(structure) == 0:
        raise StructureError("holds no atoms; give a structure with at least one site")
    if len(structure) > MAX_SITES:
        raise StructureError(
            f"has {len(structure)} sites, more than the {MAX_SITES} that can be predicted;"
            " give its primitive cell"
        )
    if not np.isfinite(structure.frac_coords).all():
        site = int(np.flatnonzero(~np.isfinite(structure.frac_coords).all(axis=1))[0])
        raise StructureError(f"site {site + 1} has a coordinate that is no number; correct it")


def _check_lattice(structure: Structure) -> None:
    lengths, angles = np.array(structure.lattice.abc), np.array(structure.lattice.angles)
    if not np.isfinite(structure.lattice.matrix).all() or not np.isfinite(angles).all():
        raise StructureError("has a lattice with a value that is no number; correct the lattice")
    if lengths.max() > LONGEST_LATTICE_VECTOR:
        raise StructureError(
            f"has a lattice vector of {lengths.max():.4g} Å; expected at most"
            f" {LONGEST_LATTICE_VECTOR:g} Å (are the lengths in Å?)"
        )
    if angles.min() < LATTICE_ANGLE[0] or angles.max() > LATTICE_ANGLE[1]:
        wrong = angles.min() if angles.min() < LATTICE_ANGLE[0] else angles.max()
        raise StructureError(
            f"has a lattice angle of {wrong:.4g}°; expected {LATTICE_ANGLE[0]:g}° to"
            f" {LATTICE_ANGLE[1]:g}° (give a less oblique cell)"
        )
    per_site = abs(structure.volume) / len(structure)
    if not VOLUME_PER_SITE[0] <= per_site <= VOLUME_PER_SITE[1]:
        raise StructureError(
            f"has {per_site:.3g} Å³ per site; expected {VOLUME_PER_SITE[0]:g} to"
            f" {VOLUME_PER_SITE[1]:g} Å³ (are the lattice vectors complete and in Å?)"
        )


def _check_species(structure: Structure) -> None:
    for number, site in enumerate(structure, start=1):
        amounts = np.array(list(site.species.values()), dtype=float)
        if not np.isfinite(amounts).all() or amounts.size == 0 or amounts.min() <= 0:
            raise StructureError(
                f"site {number} ({site.species_string}) has an occupancy that is not above 0;"
                " correct it"
            )
        for species in site.species:
            if isinstance(species, DummySpecies):
                raise StructureError(
                    f"site {number} holds {species.symbol!r}, which is no chemical element;"
                    " name the element"
                )


def _check_distances(structure: Structure) -> None:
    """Raise where two atoms nearly coincide, unless they only ever share one place."""
    occupancy = site_occupancies(structure)
    together = occupancy[:, None] + occupancy[None, :] > 1 + OCCUPANCY_TOLERANCE
    distances = np.where(together, structure.distance_matrix, np.inf)
    np.fill_diagonal(distances, np.inf)
    i, j = np.unravel_index(np.argmin(distances), distances.shape)
    shortest, own_image = distances[i, j], _shortest_lattice_vector(structure.lattice)
    if own_image < SHORTEST_DISTANCE:
        raise StructureError(
            f"has a lattice vector of {own_image:.3g} Å; expected at least {SHORTEST_DISTANCE} Å"
        )
    if shortest < SHORTEST_DISTANCE:
        raise StructureError(
            f"sites {i + 1} ({structure[i].species_string}) and {j + 1}"
            f" ({structure[j].species_string}) are {shortest:.3g} Å apart; expected at least"
            f" {SHORTEST_DISTANCE} Å (check lattice and coordinates, or remove the double)"
        )


def _shortest_lattice_vector(lattice: Lattice) -> float:
    return float(min(lattice.get_lll_reduced_lattice().abc))


def atom_arrays(structure: Structure) -> AtomArrays:
    """Return the atoms of a cell as arrays, a row for each species of each site."""
    rows = [
        (_element(species).Z, occupancy, site.frac_coords)
        for site in structure
        for species, occupancy in site.species.items()
    ]
    numbers, occupancies, coords = zip(*rows, strict=True)
    return AtomArrays(np.array(numbers), np.array(occupancies, dtype=float), np.array(coords))


def _element(species: Element | Species | DummySpecies) -> Element:
    return species if isinstance(species, Element) else Element(species.symbol)


def site_occupancies(structure: Structure) -> FloatArray:
    """Return the occupancy of each site by all its species together, 0 to 1, shape (n_sites,)."""
    return np.array([site.species.num_atoms for site in structure], dtype=float)


def on_lattice(structure: Structure, lattice_vectors: FloatArray) -> Structure:
    """Return the structure on another lattice, with its fractional coordinates.

    Parameters
    ----------
    lattice_vectors
        (Å) As rows, shape (3, 3).
    """
    return Structure(Lattice(lattice_vectors), structure.species_and_occu, structure.frac_coords)


def replaced(structure: Structure, old: str, new: str) -> Structure:
    """Return the structure with every atom of one element made another element."""
    changed = structure.copy()
    changed.replace_species({old: new})
    return changed


def neutral(structure: Structure) -> Structure:
    """Return the structure with elements in the place of ions."""
    copy = structure.copy()
    copy.remove_oxidation_states()
    return copy
