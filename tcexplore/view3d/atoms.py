"""Atoms, contacts and cell edges of a 3D view, and their positions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from pymatgen.core import PeriodicSite, Structure

from tcexplore.hydrogen.contacts import Contacts
from tcexplore.typing import BoolArray, FloatArray, IntArray

# Okabe and Ito's colours for all kinds of colour vision, without black and with a grey.
PALETTE = ("#e69f00", "#009e73", "#d55e00", "#cc79a7", "#0072b2", "#f0e442", "#8c8c8c")
HYDROGEN = "#56b4e9"  # hydrogen has the same colour in every structure
ON_FACE = 1e-3  # fractional; closer to a face than this counts as on it


@dataclass(frozen=True)
class Box:
    """Unit cells that are drawn."""

    structure: Structure
    supercell: tuple[int, int, int] = (1, 1, 1)

    @property
    def middle(self) -> FloatArray:
        """(Å) Shape (3,)."""
        return 0.5 * np.array(self.supercell) @ self.structure.lattice.matrix

    @property
    def cells(self) -> IntArray:
        """Lattice translations of the cells, shape (n_cells, 3)."""
        return np.array(list(np.ndindex(self.supercell)))


@dataclass(frozen=True)
class AtomKind:
    """Sites of the same species and occupancies, drawn in one colour."""

    label: str
    """In words, such as ``H, hydrogen`` or ``La 92.5 %, Sr 7.5 %``."""
    colour: str
    radius: float
    """(Å) As drawn."""
    sites: IntArray
    """Indices in the structure, shape (n_sites,)."""


@dataclass(frozen=True)
class DrawnAtoms:
    """Atoms by site and lattice translation: first those of the box, then ghosts around it."""

    sites: IntArray
    """Indices in the structure, shape (n,)."""
    images: IntArray
    """Lattice translation of each from the site's own coordinates, shape (n, 3)."""
    is_ghost: BoolArray
    """Outside the box, and drawn because a contact leads there, shape (n,)."""

    def cart_coords(self, structure: Structure) -> FloatArray:
        """Return the positions (Å), shape (n, 3)."""
        frac_coords = structure.frac_coords[self.sites] + self.images
        return frac_coords @ structure.lattice.matrix


@dataclass(frozen=True)
class DrawnPairs:
    """Contacts between drawn atoms."""

    atoms: IntArray
    """Indices of drawn atoms, shape (n, 2)."""
    contacts: IntArray
    """Indices of the given contacts that they are copies of, shape (n,)."""


def atom_kinds(structure: Structure) -> tuple[AtomKind, ...]:
    """Return the kinds of atoms of a structure, heaviest species first."""
    order = sorted(range(len(structure)), key=lambda index: -_mean_atomic_number(structure[index]))
    members: dict[str, list[int]] = {}
    for index in order:
        members.setdefault(_kind_label(structure[index]), []).append(index)
    colours = itertools.cycle(PALETTE)
    return tuple(
        AtomKind(
            label,
            HYDROGEN if _is_hydrogen(structure[sites[0]]) else next(colours),
            _drawn_radius(structure[sites[0]]),
            np.array(sites),
        )
        for label, sites in members.items()
    )


def atoms_in_box(box: Box) -> DrawnAtoms:
    """Return the atoms of a box with those on its faces, edges and corners repeated."""
    shift = translations_home(box.structure)
    on_face = np.abs(box.structure.frac_coords + shift) < ON_FACE
    translations = np.array(list(itertools.product(*(range(n + 1) for n in box.supercell))))
    beyond = translations == np.array(box.supercell)
    drawn = (~beyond[:, None, :] | on_face).all(axis=2)  # (n_translations, n_sites)
    translation, sites = np.nonzero(drawn)
    images = translations[translation] + shift[sites]
    return DrawnAtoms(sites, images, np.zeros(len(sites), dtype=bool))


def translations_home(structure: Structure) -> IntArray:
    """Return the lattice translation that brings each site into the first cell, shape (n, 3)."""
    return -np.floor(structure.frac_coords + ON_FACE).astype(int)


def with_contacts(atoms: DrawnAtoms, contacts: Contacts) -> tuple[DrawnAtoms, DrawnPairs]:
    """Return the atoms of a box, the ghosts that their contacts lead to, and these contacts."""
    n_contacts = len(contacts.first)
    first = np.concatenate([contacts.first, contacts.second])
    second = np.concatenate([contacts.second, contacts.first])
    translations = np.concatenate([contacts.image, -contacts.image]).reshape(-1, 3)

    order = np.argsort(first, kind="stable")
    begin = np.searchsorted(first[order], atoms.sites, side="left")
    count = np.searchsorted(first[order], atoms.sites, side="right") - begin
    start = np.repeat(np.arange(len(atoms.sites)), count)
    offset = np.arange(len(start)) - np.repeat(np.cumsum(count) - count, count)
    contact = order[begin[start] + offset]

    far_images = atoms.images[start] + translations[contact]
    drawn, end = _merged(atoms, second[contact], far_images)
    pairs, first_rows = np.unique(
        np.sort(np.stack([start, end], axis=1)), axis=0, return_index=True
    )
    return drawn, DrawnPairs(pairs, contact[first_rows] % max(n_contacts, 1))


def _merged(atoms: DrawnAtoms, sites: IntArray, images: IntArray) -> tuple[DrawnAtoms, IntArray]:
    """Return the atoms with further ones as ghosts, and the index of each of the further ones.

    A further atom that is among the atoms already is not added.
    """
    atom_keys = np.concatenate(
        [np.column_stack([atoms.sites, atoms.images]), np.column_stack([sites, images])]
    )
    _, firsts, inverse = np.unique(atom_keys, axis=0, return_index=True, return_inverse=True)
    kept = np.sort(firsts)  # the box's atoms come first and differ from each other
    rank = np.empty(len(atom_keys), dtype=int)
    rank[kept] = np.arange(len(kept))
    index = rank[firsts[inverse.ravel()]]
    is_ghost = np.arange(len(kept)) >= len(atoms.sites)
    return DrawnAtoms(atom_keys[kept, 0], atom_keys[kept, 1:], is_ghost), index[len(atoms.sites) :]


def cell_edges(matrix: FloatArray) -> FloatArray:
    """Return the twelve edges of a cell.

    Parameters
    ----------
    matrix
        (Å) Lattice vectors as rows, shape (3, 3).

    Returns
    -------
    :
        (Å) Start and end of each, shape (12, 2, 3).
    """
    corners = np.array(list(itertools.product((0, 1), repeat=3)))
    pairs = [
        (start, end)
        for start, end in itertools.combinations(corners, 2)
        if np.abs(start - end).sum() == 1
    ]
    return np.array(pairs) @ matrix


def _mean_atomic_number(site: PeriodicSite) -> float:
    return sum(element.Z * occupancy for element, occupancy in site.species.items())


def _is_hydrogen(site: PeriodicSite) -> bool:
    return site.is_ordered and site.specie.symbol == "H"


def _kind_label(site: PeriodicSite) -> str:
    if site.is_ordered:
        return f"{site.specie.symbol}, {str(site.specie.long_name).lower()}"
    parts = [f"{element.symbol} {occupancy:.1%}" for element, occupancy in site.species.items()]
    vacant = 1 - site.species.num_atoms
    if vacant > 5e-4:
        parts.append(f"vacant {vacant:.1%}")
    return " + ".join(parts).replace(".0%", "%").replace("%", " %")


def _drawn_radius(site: PeriodicSite) -> float:
    """Return a radius (Å) that leaves the cell transparent; hydrogen stays visible."""
    radii = [float(element.atomic_radius or 1.0) for element in site.species]
    return 0.16 + 0.24 * max(radii)
