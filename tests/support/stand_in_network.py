"""Hydrogen networks by a slow and obvious way, for tests of what draws them."""

from dataclasses import dataclass

import numpy as np
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.primitive_sites import PrimitiveSites, primitive_sites


@dataclass(frozen=True)
class Contacts:
    first: np.ndarray
    second: np.ndarray
    image: np.ndarray
    distance: np.ndarray


@dataclass(frozen=True)
class Component:
    sites: tuple[int, ...]
    dimensionality: int


@dataclass(frozen=True)
class Cage:
    centre: int
    vertices: np.ndarray
    faces: tuple[tuple[int, ...], ...]
    radius: float


@dataclass(frozen=True)
class Network:
    structure: Structure
    cutoff: float
    contacts: Contacts
    components: tuple[Component, ...]
    primitive: PrimitiveSites
    cages: tuple[Cage, ...] = ()


def stand_in_network(structure, *, cutoff, dimensionality=3, cages=()):
    """Contacts between all atoms of hydrogen, taken as one component."""
    hydrogen = [index for index, site in enumerate(structure) if "H" in site.species]
    first, second, image, distance = structure.get_neighbor_list(cutoff)
    forward = [
        i in hydrogen and j in hydrogen and (i, j, *t) < (j, i, *-t)
        for i, j, t in zip(first, second, image.astype(int), strict=True)
    ]
    kept = np.flatnonzero(forward)
    contacts = Contacts(first[kept], second[kept], image[kept].astype(int), distance[kept])
    component = Component(tuple(hydrogen), dimensionality)
    primitive = primitive_sites(structure)
    return Network(structure, cutoff, contacts, (component,), primitive, tuple(cages))


def caesium_chloride_hydride(a=2.0):
    """LaH of the CsCl type and its cage: a cube of eight H, with square faces."""
    structure = Structure(Lattice.cubic(a), ["La", "H"], [[0.5, 0.5, 0.5], [0, 0, 0]])
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]) * a
    faces = ((0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5))
    return structure, Cage(0, corners, faces, np.sqrt(3) * a / 2)
