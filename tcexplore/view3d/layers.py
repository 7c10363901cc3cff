"""Layers of a 3D view: atoms, contacts, cages, a density and the box of the cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tcexplore.hydrogen.cages import Cage
from tcexplore.hydrogen.network import HydrogenNetwork
from tcexplore.typing import BoolArray, FloatArray, IntArray
from tcexplore.view3d.atoms import (
    AtomKind,
    Box,
    DrawnAtoms,
    DrawnPairs,
    cell_edges,
    translations_home,
)
from tcexplore.view3d.density import CellDensity, isosurface

EDGE = "#7d8a92"  # legible on light and on dark
SURFACE = "#2a9db8"
GHOST_GREY = np.array([0x9A, 0xA4, 0xAA])  # ghosts pale to it: half-way between light and dark
GHOST_SIZE = 0.6
RIM_RADIUS = 0.015  # Å
EDGE_RADIUS = 0.004  # of the longest lattice parameter
CAGE_OPACITY, SURFACE_OPACITY = 0.5, 0.6
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


@dataclass(frozen=True)
class Mesh:
    """A translucent surface, drawn once for each of its shifts."""

    vertices: FloatArray
    """(Å) From the middle of the box, shape (n_vertices, 3)."""
    triangles: IntArray
    """Indices of vertices, shape (n_triangles, 3)."""
    opacity: float
    shifts: FloatArray
    """(Å) Shape (n_copies, 3)."""


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
    """Its symbol in the legend: ``dot``, ``line``, ``patch``, ``surface`` or ``box``."""
    spheres: Spheres | None = None
    sticks: tuple[Sticks, ...] = ()
    meshes: tuple[Mesh, ...] = ()
    signs: tuple[Sign, ...] = ()

    @property
    def positions(self) -> FloatArray:
        """(Å) Its atoms and the ends of its sticks, shape (n, 3)."""
        centres = np.zeros((0, 3)) if self.spheres is None else self.spheres.centres
        return np.concatenate([centres, *(sticks.ends for sticks in self.sticks)])


def atom_layer(kind: AtomKind, atoms: DrawnAtoms, coords: FloatArray) -> Layer:
    """Return the atoms of one kind: spheres, those outside of the box smaller and paler."""
    members = np.flatnonzero(np.isin(atoms.sites, kind.sites))
    spheres = Spheres(coords[members], atoms.is_ghost[members], members, kind.radius)
    return Layer(kind.label, f"{kind.label} ({len(kind.sites)})", kind.colour, "dot", spheres)


def paler(colour: str) -> str:
    """Return the colour of ghosts of a colour."""
    rgb = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)])
    return "#" + "".join(f"{value:02x}" for value in (0.5 * rgb + 0.5 * GHOST_GREY).astype(int))


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


def cage_layers(cages: Iterable[Cage], kinds: Iterable[AtomKind], box: Box) -> list[Layer]:
    """Return a layer for the cages around all sites of one kind, once for each cell."""
    closed = [cage for cage in cages if len(cage.faces)]
    by_kind = [(kind, [cage for cage in closed if cage.centre in kind.sites]) for kind in kinds]
    return [_cage_layer(kind, cages, box) for kind, cages in by_kind if cages]


def _cage_layer(kind: AtomKind, cages: Sequence[Cage], box: Box) -> Layer:
    name = f"Cages around {kind.label.split(',')[0]}"
    counts = sorted({len(cage.vertices) for cage in cages})
    label = f"{name}: {' or '.join(map(str, counts))} H"
    rims, meshes = zip(*(_cage_parts(cage, box) for cage in cages), strict=True)
    return Layer(name, label, kind.colour, "patch", sticks=rims, meshes=meshes)


def _cage_parts(cage: Cage, box: Box) -> tuple[Sticks, Mesh]:
    """Return the edges of a cage and its faces."""
    images = box.cells + translations_home(box.structure)[cage.centre]
    shifts = images @ box.structure.lattice.matrix
    vertices = cage.vertices - box.middle
    sides = np.unique([sorted(side) for face in cage.faces for side in _sides(face)], axis=0)
    first = len(vertices) * np.arange(len(shifts))
    pairs = (sides + first[:, None, None]).reshape(-1, 2)
    rim = Sticks((vertices + shifts[:, None]).reshape(-1, 3), pairs, RIM_RADIUS)
    return rim, _flat_faces(vertices, cage.faces, shifts)


def _sides(face: Sequence[int]) -> Iterable[tuple[int, int]]:
    return zip(face, [*face[1:], face[0]], strict=True)


def _flat_faces(vertices: FloatArray, faces: Sequence[Sequence[int]], shifts: FloatArray) -> Mesh:
    """Return faces that share no corners, so that light does not round the edges."""
    triangles, first = [], 0
    for face in faces:
        triangles += [[first, first + n, first + n + 1] for n in range(1, len(face) - 1)]
        first += len(face)
    corners = np.concatenate([vertices[list(face)] for face in faces])
    return Mesh(corners, np.array(triangles), CAGE_OPACITY, shifts)


def density_layer(box: Box, density: CellDensity, level: float) -> Layer:
    """Return the isosurface of a density in each cell."""
    surface = isosurface(density, level)
    matrix = box.structure.lattice.matrix
    vertices = surface.vertices @ matrix - box.middle
    mesh = Mesh(vertices, surface.triangles, SURFACE_OPACITY, box.cells @ matrix)
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
