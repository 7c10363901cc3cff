"""Atoms, contacts and cell edges of a 3D view, and their positions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from pymatgen.core import PeriodicSite, Structure

from tcexplore.hydrogen.contacts import Contacts
from tcexplore.typing import BoolArray, FloatArray, IntArray
from tcexplore.view3d.colours import VACANT, Share, element_colour

ON_FACE = 1e-3  # fractional; closer to a face than this counts as on it
LEAST_VACANT = 5e-4  # of a site


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
    """Of the species that fills most of it."""
    radius: float
    """(Å) As drawn."""
    sites: IntArray
    """Indices in the structure, shape (n_sites,)."""
    shares: tuple[Share, ...] = ()
    """Of the species and of the vacancies, the largest first; none where one species fills it."""


@dataclass(frozen=True)
class DrawnAtoms:
    """Atoms by site and lattice translation: first those of the box, then ghosts around it."""

    sites: IntArray
    """Indices in the structure, shape (n,)."""
    images: IntArray
    """Lattice translation of each from the site's own coordinates, shape (n, 3)."""
    is_ghost: BoolArray
    """Outside the box, and drawn because a contact or a cage reaches there, shape (n,)."""

    def cart_coords(self, structure: Structure) -> FloatArray:
        """Return the positions (Å), shape (n, 3)."""
        frac_coords = structure.frac_coords[self.sites] + self.images
        return frac_coords @ structure.lattice.matrix


@dataclass(frozen=True)
class DrawnPairs:
    """Contacts between drawn atoms, or bonds."""

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
    return tuple(_kind(label, structure, sites) for label, sites in members.items())


def _kind(label: str, structure: Structure, sites: list[int]) -> AtomKind:
    site = structure[sites[0]]
    main = max(site.species.items(), key=lambda item: item[1])[0]
    shares = () if site.is_ordered else _shares(site)
    return AtomKind(label, element_colour(main.Z), _drawn_radius(site), np.array(sites), shares)


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
    """Return the atoms, the ghosts that contacts of those in the box lead to, and the contacts."""
    n_contacts, box_atoms = len(contacts.first), np.flatnonzero(~atoms.is_ghost)
    first = np.concatenate([contacts.first, contacts.second])
    second = np.concatenate([contacts.second, contacts.first])
    translations = np.concatenate([contacts.image, -contacts.image]).reshape(-1, 3)

    order = np.argsort(first, kind="stable")
    begin = np.searchsorted(first[order], atoms.sites[box_atoms], side="left")
    count = np.searchsorted(first[order], atoms.sites[box_atoms], side="right") - begin
    start = np.repeat(box_atoms, count)
    offset = np.arange(len(start)) - np.repeat(np.cumsum(count) - count, count)
    contact = order[np.repeat(begin, count) + offset]

    far_images = atoms.images[start] + translations[contact]
    drawn, end = with_ghosts(atoms, second[contact], far_images)
    pairs, first_rows = np.unique(
        np.sort(np.stack([start, end], axis=1)), axis=0, return_index=True
    )
    return drawn, DrawnPairs(pairs, contact[first_rows] % max(n_contacts, 1))


def with_ghosts(
    atoms: DrawnAtoms, sites: IntArray, images: IntArray
) -> tuple[DrawnAtoms, IntArray]:
    """Return the atoms with further ones as ghosts, and the index of each of the further ones.

    A further atom that is among the atoms already is not added.
    """
    atom_keys = np.concatenate(
        [np.column_stack([atoms.sites, atoms.images]), np.column_stack([sites, images])]
    )
    _, firsts, inverse = np.unique(atom_keys, axis=0, return_index=True, return_inverse=True)
    kept = np.sort(firsts)  # the atoms come first and differ from each other
    rank = np.empty(len(atom_keys), dtype=int)
    rank[kept] = np.arange(len(kept))
    index = rank[firsts[inverse.ravel()]]
    is_ghost = np.ones(len(kept), dtype=bool)
    is_ghost[: len(atoms.sites)] = atoms.is_ghost
    return DrawnAtoms(atom_keys[kept, 0], atom_keys[kept, 1:], is_ghost), index[len(atoms.sites) :]


def without_loose(
    atoms: DrawnAtoms, pairs: DrawnPairs, n_kept: int
) -> tuple[DrawnAtoms, DrawnPairs]:
    """Return the atoms without those after the first `n_kept` that no pair holds, and the pairs."""
    kept = np.arange(len(atoms.sites)) < n_kept
    kept[pairs.atoms] = True
    rank = np.cumsum(kept) - 1
    fewer = DrawnAtoms(atoms.sites[kept], atoms.images[kept], atoms.is_ghost[kept])
    return fewer, DrawnPairs(rank[pairs.atoms], pairs.contacts)


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


def _shares(site: PeriodicSite) -> tuple[Share, ...]:
    shares = [Share(element_colour(element.Z), part) for element, part in site.species.items()]
    if (vacant := 1 - site.species.num_atoms) > LEAST_VACANT:
        shares.append(Share(VACANT, vacant))
    return tuple(sorted(shares, key=lambda share: -share.part))


def _kind_label(site: PeriodicSite) -> str:
    if site.is_ordered:
        return f"{site.specie.symbol}, {str(site.specie.long_name).lower()}"
    parts = [f"{element.symbol} {occupancy:.1%}" for element, occupancy in site.species.items()]
    vacant = 1 - site.species.num_atoms
    if vacant > LEAST_VACANT:
        parts.append(f"vacant {vacant:.1%}")
    return " + ".join(parts).replace(".0%", "%").replace("%", " %")


def _drawn_radius(site: PeriodicSite) -> float:
    """Return a radius (Å) that leaves the cell transparent; hydrogen stays visible."""
    radii = [float(element.atomic_radius or 1.0) for element in site.species]
    return 0.16 + 0.24 * max(radii)
