"""Layers of a 3D view: atoms, contacts, cages, a density and the box of the cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from tcexplore.hydrogen.network import HydrogenNetwork
from tcexplore.typing import BoolArray, FloatArray, IntArray
from tcexplore.view3d.atoms import (
    AtomKind,
    Box,
    DrawnAtoms,
    DrawnPairs,
    cell_edges,
)
from tcexplore.view3d.bonds import HYDROGEN_REACH, MOST_BONDS, REACH
from tcexplore.view3d.colours import Share, paler
from tcexplore.view3d.density import CellDensity, isosurface
from tcexplore.view3d.sectors import sector_angles, sector_surface

EDGE = "#7d8a92"  # legible on light and on dark
SURFACE = "#2a9db8"
GHOST_SIZE = 0.6
SECTOR_LIFT = 1.02  # of a sector over its sphere, so that the sphere does not show through
BOND_RADIUS = 0.06  # Å
EDGE_RADIUS = 0.004  # of the longest lattice parameter
SURFACE_OPACITY = 0.6
# Told apart by width and by name as well as by colour.
HYDROGEN_NETWORKS = {
    0: ("molecules, 0D", "#cc79a7", 0.05),
    1: ("chains, 1D", "#e69f00", 0.07),
    2: ("layers, 2D", "#0072b2", 0.09),
    3: ("framework, 3D", "#d55e00", 0.11),
}


@dataclass(frozen=True)
class Spheres:
    """Atoms of one kind."""

    centres: FloatArray
    """(Å) From the middle of the box, shape (n, 3)."""
    is_ghost: BoolArray
    """Drawn smaller and paler, shape (n,)."""
    atoms: IntArray
    """Indices in the scene's atoms, shape (n,)."""
    radius: float
    """(Å)"""


@dataclass(frozen=True)
class Sticks:
    """Lines with a width."""

    ends: FloatArray
    """(Å) From the middle of the box, shape (n_ends, 3)."""
    pairs: IntArray
    """Indices of the two ends of each, shape (n, 2)."""
    radius: float
    """(Å)"""
    colours: tuple[str, ...] = ()
    """Of each end and the half of a line beside it; none where all have the layer's colour."""


@dataclass(frozen=True)
class Mesh:
    """A surface, drawn once for each of its shifts."""

    vertices: FloatArray
    """(Å) From the middle of the box, shape (n_vertices, 3)."""
    triangles: IntArray
    """Indices of vertices, shape (n_triangles, 3)."""
    opacity: float
    shifts: FloatArray
    """(Å) Shape (n_copies, 3)."""
    colour: str


@dataclass(frozen=True)
class Sign:
    """A word in the view."""

    text: str
    position: FloatArray
    """(Å) From the middle of the box, shape (3,)."""


@dataclass(frozen=True)
class Layer:
    """Atoms, sticks, meshes and signs that are switched on and off together."""

    name: str
    """Stays the same while numbers in the label change."""
    label: str
    colour: str
    mark: str
    """Its symbol in the legend: ``dot``, ``bond``, ``line``, ``patch``, ``surface`` or ``box``."""
    shares: tuple[Share, ...] = ()
    """Of the species of a shared site."""
    spheres: Spheres | None = None
    sticks: tuple[Sticks, ...] = ()
    meshes: tuple[Mesh, ...] = ()
    signs: tuple[Sign, ...] = ()

    @property
    def positions(self) -> FloatArray:
        """(Å) Its atoms, the ends of its sticks and its signs, shape (n, 3)."""
        centres = np.zeros((0, 3)) if self.spheres is None else self.spheres.centres
        signs = [sign.position[None] for sign in self.signs]
        return np.concatenate([centres, *(sticks.ends for sticks in self.sticks), *signs])


def turn() -> Rotation:
    """Return the first orientation: c upwards, seen from the side."""
    turns = (("x", 14), ("y", -22), ("x", -90))  # the last one is the first to be done
    first, second, third = (Rotation.from_euler(axis, angle, degrees=True) for axis, angle in turns)
    return first * second * third


def atom_layer(
    kind: AtomKind, primitive_site: IntArray, atoms: DrawnAtoms, coords: FloatArray
) -> Layer:
    """Return the atoms of one kind: spheres, those outside of the box smaller and paler.

    Parameters
    ----------
    primitive_site
        Number of each site in the primitive cell, shape (n_sites,).
    """
    members = np.flatnonzero(np.isin(atoms.sites, kind.sites))
    spheres = Spheres(coords[members], atoms.is_ghost[members], members, kind.radius)
    counts = _counts(len(np.unique(primitive_site[kind.sites])), spheres.is_ghost)
    meshes = tuple(
        mesh for angles in sector_angles(kind.shares) for mesh in _sectors(spheres, *angles)
    )
    label = f"{kind.label}: {counts}"
    return Layer(kind.label, label, kind.colour, "dot", kind.shares, spheres, meshes=meshes)


def _counts(n_primitive: int, is_ghost: BoolArray) -> str:
    outside = f" ({is_ghost.sum()} outside the cell)" if is_ghost.any() else ""
    return f"{n_primitive} in the primitive cell, {len(is_ghost)} drawn{outside}"


def _sectors(spheres: Spheres, colour: str, start: float, end: float) -> Iterable[Mesh]:
    """Return one species' part of the spheres: of atoms in the box, and of ghosts."""
    vertices, triangles = sector_surface(start, end, turn())
    vertices = SECTOR_LIFT * spheres.radius * vertices
    inside, ghosts = spheres.centres[~spheres.is_ghost], spheres.centres[spheres.is_ghost]
    yield Mesh(vertices, triangles, 1.0, inside, colour)
    if len(ghosts):
        yield Mesh(GHOST_SIZE * vertices, triangles, 1.0, ghosts, paler(colour))


def bond_layer(
    kinds: Sequence[AtomKind],
    atoms: DrawnAtoms,
    pairs: DrawnPairs,
    coords: FloatArray,
    *,
    between_hydrogen: bool,
) -> Layer:
    """Return the bonds, each half in the colour of its atom, or a note that they are too many.

    Parameters
    ----------
    between_hydrogen
        Whether some of them can be.
    """
    if len(pairs.atoms) > MOST_BONDS:
        note = f"Bonds: {len(pairs.atoms):,}, too many to draw (above {MOST_BONDS:,})"
        return Layer("Bonds", note, EDGE, "bond")
    ends, indices = np.unique(pairs.atoms, return_inverse=True)
    of_site = {site: kind.colour for kind in kinds for site in kind.sites.tolist()}
    colours = tuple(of_site[site] for site in atoms.sites[ends].tolist())
    sticks = Sticks(coords[ends], indices.reshape(-1, 2), BOND_RADIUS, colours)
    rule = f"up to {REACH:g} × covalent radii"
    rule += f", H–H up to {HYDROGEN_REACH:g} Å" if between_hydrogen else ""
    label = f"Bonds {rule}: {len(pairs.atoms):,} drawn"
    return Layer("Bonds", label, EDGE, "bond", sticks=(sticks,))


def contact_layers(
    hydrogen_network: HydrogenNetwork, atoms: DrawnAtoms, pairs: DrawnPairs, coords: FloatArray
) -> list[Layer]:
    """Return a layer for the contacts of all components of one dimensionality."""
    dimensionality = np.zeros(len(hydrogen_network.structure), dtype=int)
    for component in hydrogen_network.components:
        dimensionality[list(component.sites)] = component.dimensionality
    of_pair = dimensionality[atoms.sites[pairs.atoms[:, 0]]]
    return [
        _contact_layer(hydrogen_network.cutoff, value, coords, pairs.atoms[of_pair == value])
        for value in HYDROGEN_NETWORKS
        if (of_pair == value).any()
    ]


def _contact_layer(cutoff: float, value: int, coords: FloatArray, pairs: IntArray) -> Layer:
    name, colour, radius = HYDROGEN_NETWORKS[value]
    ends, pairs = np.unique(pairs, return_inverse=True)
    sticks = Sticks(coords[ends], pairs.reshape(-1, 2), radius)
    label = f"H–H contacts up to {cutoff:g} Å: {name}"
    return Layer(name, label, colour, "line", sticks=(sticks,))


def density_layer(box: Box, density: CellDensity, level: float) -> Layer:
    """Return the isosurface of a density in each cell."""
    surface = isosurface(density, level)
    matrix = box.structure.lattice.matrix
    vertices = surface.vertices @ matrix - box.middle
    mesh = Mesh(vertices, surface.triangles, SURFACE_OPACITY, box.cells @ matrix, SURFACE)
    name = f"{density.quantity.capitalize()} density"
    label = f"{name} of {level:.3g} {density.unit}"
    if not len(mesh.triangles):
        label += (
            f": no surface, it runs from {density.values.min():.3g} to {density.values.max():.3g}"
        )
    return Layer(name, label, SURFACE, "surface", meshes=(mesh,))


def box_layer(box: Box) -> Layer:
    """Return the edges of the box, with the names of the lattice vectors."""
    matrix = box.structure.lattice.matrix * np.array(box.supercell)[:, None]
    ends = cell_edges(matrix).reshape(-1, 3) - box.middle
    radius = EDGE_RADIUS * max(box.structure.lattice.abc)
    edges = Sticks(ends, np.arange(24).reshape(12, 2), radius)
    beside = _beside_axes(matrix) - box.middle
    signs = tuple(Sign(name, position) for name, position in zip("abc", beside, strict=True))
    return Layer("Cell", "Cell", EDGE, "box", sticks=(edges,), signs=signs)


def _beside_axes(matrix: FloatArray) -> FloatArray:
    """Return the positions of the lattice vectors' names: beside the middle of each edge."""
    return 0.5 * matrix - 0.09 * (matrix.sum(axis=0) - matrix)
