"""The layers of a 3D view: atoms, contacts, cages, a density and the box of the cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Structure

from tcexplore.densities import CellDensity, isosurface
from tcexplore.drawn_atoms import AtomKind, DrawnAtoms, DrawnPairs, cell_edges
from tcexplore.network_protocols import Cage, Network

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.integer]

EDGE = "#7d8a92"  # legible on light and on dark
SURFACE = "#2a9db8"
GHOST_GREY = np.array([0x9A, 0xA4, 0xAA])  # what ghosts pale to: half-way between light and dark
GHOST_SIZE = 0.6
BOTH_SIDES = 2  # as 3Dmol calls it
EDGE_RADIUS = 0.008  # of the mean lattice parameter
# Told apart by width and by name as well as by colour.
NETWORKS = {
    0: ("molecules, 0D", "#cc79a7", 0.05),
    1: ("chains, 1D", "#e69f00", 0.07),
    2: ("layers, 2D", "#0072b2", 0.09),
    3: ("framework, 3D", "#d55e00", 0.11),
}


@dataclass(frozen=True)
class Call:
    """One call of a 3Dmol viewer."""

    method: str
    arguments: tuple[Any, ...]
    """Fit for JSON."""


@dataclass(frozen=True)
class Mesh:
    """A translucent surface, drawn once for each of its shifts."""

    vertices: FloatArray
    """(Å) From the middle of the box, shape (n_vertices, 3)."""
    triangles: IntArray
    """Indices of vertices, shape (n_triangles, 3)."""
    colour: str
    opacity: float
    shifts: FloatArray
    """(Å) Shape (n_copies, 3)."""

    def calls(self) -> tuple[Call, ...]:
        """Return a call for each copy."""
        look = {"color": self.colour, "opacity": self.opacity, "side": BOTH_SIDES}
        faces = self.triangles.ravel().tolist()
        return tuple(
            Call(
                "addCustom",
                ({"vertexArr": points(self.vertices + shift), "faceArr": faces, **look},),
            )
            for shift in self.shifts
        )


@dataclass(frozen=True)
class Layer:
    """What is switched on and off together."""

    name: str
    """Stays the same while numbers in the label change."""
    label: str
    colour: str
    mark: str
    """What stands for it in the legend: ``dot``, ``line``, ``patch``, ``surface`` or ``box``."""
    calls: tuple[Call, ...] = ()
    meshes: tuple[Mesh, ...] = ()
    atoms: tuple[int, ...] = ()
    """Atoms of the scene, in the order of the first call's model; empty where none can be
    clicked."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not (self.calls or self.meshes)


def atom_layer(kind: AtomKind, atoms: DrawnAtoms, coords: FloatArray) -> Layer:
    """Return the atoms of one kind: spheres, those outside of the box smaller and paler."""
    members = np.flatnonzero(np.isin(atoms.sites, kind.sites))
    styles = [
        {"sphere": {"color": kind.colour, "radius": round(kind.radius, 3)}},
        {"sphere": {"color": _paler(kind.colour), "radius": round(GHOST_SIZE * kind.radius, 3)}},
    ]
    call = _model(coords[members], styles, style_of=atoms.is_ghost[members].astype(int))
    label = f"{kind.label} ({len(kind.sites)})"
    return Layer(kind.label, label, kind.colour, "dot", (call,), atoms=tuple(members.tolist()))


def _paler(colour: str) -> str:
    rgb = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)])
    return "#" + "".join(f"{value:02x}" for value in (0.5 * rgb + 0.5 * GHOST_GREY).astype(int))


def contact_layers(
    network: Network, atoms: DrawnAtoms, pairs: DrawnPairs, coords: FloatArray
) -> list[Layer]:
    """Return a layer for the contacts of all components of one dimensionality."""
    dimensionality = np.zeros(len(network.structure), dtype=int)
    for component in network.components:
        dimensionality[list(component.sites)] = component.dimensionality
    of_pair = dimensionality[atoms.sites[pairs.atoms[:, 0]]]
    return [
        _contact_layer(network.cutoff, value, coords, pairs.atoms[of_pair == value])
        for value in NETWORKS
        if (of_pair == value).any()
    ]


def _contact_layer(cutoff: float, value: int, coords: FloatArray, pairs: IntArray) -> Layer:
    name, colour, radius = NETWORKS[value]
    ends, bonds = np.unique(pairs, return_inverse=True)
    style = {"stick": {"color": colour, "radius": radius}}
    call = _model(coords[ends], [style], bonds=bonds.reshape(-1, 2))
    return Layer(name, f"H–H contacts below {cutoff:g} Å: {name}", colour, "line", (call,))


def cage_layers(
    network: Network, kinds: Iterable[AtomKind], atoms: DrawnAtoms, middle: FloatArray
) -> list[Layer]:
    """Return a layer for the cages around all sites of one kind."""
    layers = []
    for kind in kinds:
        cages = [cage for cage in network.cages if cage.centre in kind.sites and len(cage.faces)]
        if cages:
            layers.append(_cage_layer(kind, cages, network.structure, atoms, middle))
    return layers


def _cage_layer(
    kind: AtomKind,
    cages: Sequence[Cage],
    structure: Structure,
    atoms: DrawnAtoms,
    middle: FloatArray,
) -> Layer:
    parts = [_cage_parts(cage, kind.colour, structure, atoms, middle) for cage in cages]
    counts = sorted({len(cage.vertices) for cage in cages})
    name = f"Cages around {kind.label.split(',')[0]}"
    label = f"{name}: {' or '.join(map(str, counts))} H"
    rims, meshes = zip(*parts, strict=True)
    return Layer(name, label, kind.colour, "patch", rims, meshes)


def _cage_parts(
    cage: Cage, colour: str, structure: Structure, atoms: DrawnAtoms, middle: FloatArray
) -> tuple[Call, Mesh]:
    """Return the edges of a cage and its faces, around each atom of the box on its site."""
    images = atoms.images[(atoms.sites == cage.centre) & ~atoms.is_ghost]
    shifts = images @ structure.lattice.matrix
    vertices = cage.vertices - middle
    sides = np.unique([sorted(side) for face in cage.faces for side in _sides(face)], axis=0)
    first = len(vertices) * np.arange(len(shifts))
    rim = _model(
        (vertices + shifts[:, None]).reshape(-1, 3),
        [{"stick": {"color": colour, "radius": 0.015}}],
        bonds=(sides + first[:, None, None]).reshape(-1, 2),
    )
    return rim, _flat_faces(vertices, cage.faces, colour, shifts)


def _sides(face: Sequence[int]) -> Iterable[tuple[int, int]]:
    return zip(face, [*face[1:], face[0]], strict=True)


def _flat_faces(
    vertices: FloatArray, faces: Sequence[Sequence[int]], colour: str, shifts: FloatArray
) -> Mesh:
    """Return faces with corners of their own, so that light does not round the edges."""
    triangles, first = [], 0
    for face in faces:
        triangles += [[first, first + one, first + one + 1] for one in range(1, len(face) - 1)]
        first += len(face)
    corners = np.concatenate([vertices[list(face)] for face in faces])
    return Mesh(corners, np.array(triangles), colour, 0.3, shifts)


def density_layer(
    structure: Structure,
    density: CellDensity,
    level: float,
    supercell: Sequence[int],
    middle: FloatArray,
) -> Layer:
    """Return the surface where a density has a value, in each cell."""
    surface = isosurface(density, level)
    matrix = structure.lattice.matrix
    cells = np.stack(np.unravel_index(np.arange(np.prod(supercell)), supercell), axis=1)
    mesh = Mesh(surface.vertices @ matrix - middle, surface.triangles, SURFACE, 0.5, cells @ matrix)
    name = f"{density.quantity.capitalize()} density"
    label = f"{name} of {level:.3g} {density.unit}"
    return Layer(name, label, SURFACE, "surface", meshes=(mesh,) if len(mesh.triangles) else ())


def box_layer(structure: Structure, supercell: Sequence[int], middle: FloatArray) -> Layer:
    """Return the edges of the box, with the names of the lattice vectors."""
    lattice = structure.lattice.matrix
    matrix = lattice * np.array(supercell)[:, None]
    ends = cell_edges(matrix).reshape(-1, 3) - middle
    radius = round(EDGE_RADIUS * float(np.linalg.norm(lattice, axis=1).mean()), 4)
    style = {"stick": {"color": EDGE, "radius": radius}}
    edges = _model(ends, [style], bonds=np.arange(24).reshape(12, 2))
    font = {"fontColor": EDGE, "showBackground": False, "fontSize": 15, "inFront": True}
    labels = [
        Call("addLabel", (name, {**font, "position": place, "alignment": "center"}))
        for name, place in zip("abc", points(_beside_axes(matrix) - middle), strict=True)
    ]
    return Layer("Cell", "Cell", EDGE, "box", (edges, *labels))


def _beside_axes(matrix: FloatArray) -> FloatArray:
    """Return where the names of the lattice vectors stand: beside the middle of each edge."""
    return 0.5 * matrix - 0.09 * (matrix.sum(axis=0) - matrix)


# --- calls --------------------------------------------------------------------------------------


def _model(
    coords: FloatArray,
    styles: Sequence[dict[str, Any]],
    *,
    style_of: IntArray | None = None,
    bonds: IntArray | None = None,
) -> Call:
    """Return points and sticks between them as one model: 3Dmol draws a model at once.

    The format is ChemDoodle's JSON, which carries bonds and styles.
    """
    chosen = np.zeros(len(coords), dtype=int) if style_of is None else style_of
    rows = zip(coords.round(4).tolist(), chosen.tolist(), strict=True)
    points = [{"x": x, "y": y, "z": z, "l": "X", "s": style} for (x, y, z), style in rows]
    pairs = [] if bonds is None else [{"b": first, "e": second} for first, second in bonds.tolist()]
    return Call("addModel", ({"m": [{"a": points, "b": pairs, "s": list(styles)}]}, "cdjson"))


def points(coords: FloatArray) -> list[dict[str, float]]:
    """Return positions as 3Dmol takes them."""
    return [dict(zip("xyz", row, strict=True)) for row in np.round(coords, 4).tolist()]
