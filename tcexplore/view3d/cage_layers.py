"""Cage layers of a 3D view: whole cages around the atoms that are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tcexplore.hydrogen.cages import Cage
from tcexplore.hydrogen.contacts import hydrogen_indices
from tcexplore.typing import FloatArray, IntArray
from tcexplore.view3d.atoms import AtomKind, Box, DrawnAtoms, with_ghosts
from tcexplore.view3d.layers import Layer, Mesh, Sticks

RIM_RADIUS = 0.015  # Å
CAGE_OPACITY = 0.5


def with_cages(atoms: DrawnAtoms, cages: Iterable[Cage], box: Box) -> DrawnAtoms:
    """Return the atoms, and as ghosts those of cages that are not among them."""
    hydrogen = hydrogen_indices(box.structure)
    parts = [_cage_atoms(atoms, cage, box, hydrogen) for cage in cages]
    if not parts:
        return atoms
    sites, images = (np.concatenate(part) for part in zip(*parts, strict=True))
    return with_ghosts(atoms, sites, images)[0]


def _cage_atoms(
    atoms: DrawnAtoms, cage: Cage, box: Box, hydrogen: IntArray
) -> tuple[IntArray, IntArray]:
    """Return sites, shape (n,), and lattice translations, (n, 3), of the hydrogen of all copies."""
    frac_coords = box.structure.lattice.get_fractional_coords(cage.vertices)
    away = frac_coords[:, None] - box.structure.frac_coords[hydrogen]
    images = np.rint(away).astype(int)  # (n_vertices, n_hydrogen, 3)
    nearest = np.linalg.norm(away - images, axis=2).argmin(axis=1)
    images = images[np.arange(len(nearest)), nearest]
    every = images[None] + centre_images(atoms, cage)[:, None]
    return np.tile(hydrogen[nearest], len(every)), every.reshape(-1, 3)


def centre_images(atoms: DrawnAtoms, cage: Cage) -> IntArray:
    """Return the lattice translations of the drawn atoms of the box that have a cage, (n, 3)."""
    return atoms.images[(atoms.sites == cage.centre) & ~atoms.is_ghost]


def cage_layers(
    cages: Iterable[Cage], kinds: Iterable[AtomKind], atoms: DrawnAtoms, box: Box
) -> list[Layer]:
    """Return a layer for the cages around all drawn atoms of one kind."""
    closed = [cage for cage in cages if len(cage.faces)]
    by_kind = [(kind, [cage for cage in closed if cage.centre in kind.sites]) for kind in kinds]
    return [_cage_layer(kind, cages, atoms, box) for kind, cages in by_kind if cages]


def _cage_layer(kind: AtomKind, cages: Sequence[Cage], atoms: DrawnAtoms, box: Box) -> Layer:
    name = f"Cages around {kind.label.split(',')[0]}"
    counts = sorted({len(cage.vertices) for cage in cages})
    rims, meshes = zip(*(_cage_parts(kind, cage, atoms, box) for cage in cages), strict=True)
    n_drawn = sum(len(mesh.shifts) for mesh in meshes)
    label = f"{name}: {' or '.join(map(str, counts))} H each, {n_drawn} drawn"
    return Layer(name, label, kind.colour, "patch", sticks=rims, meshes=meshes)


def _cage_parts(kind: AtomKind, cage: Cage, atoms: DrawnAtoms, box: Box) -> tuple[Sticks, Mesh]:
    """Return the edges of a cage and its faces."""
    shifts = centre_images(atoms, cage) @ box.structure.lattice.matrix
    vertices = cage.vertices - box.middle
    sides = np.unique([sorted(side) for face in cage.faces for side in _sides(face)], axis=0)
    first = len(vertices) * np.arange(len(shifts))
    pairs = (sides + first[:, None, None]).reshape(-1, 2)
    rim = Sticks((vertices + shifts[:, None]).reshape(-1, 3), pairs, RIM_RADIUS)
    return rim, _flat_faces(vertices, cage.faces, shifts, kind.colour)


def _sides(face: Sequence[int]) -> Iterable[tuple[int, int]]:
    return zip(face, [*face[1:], face[0]], strict=True)


def _flat_faces(
    vertices: FloatArray, faces: Sequence[Sequence[int]], shifts: FloatArray, colour: str
) -> Mesh:
    """Return faces that share no corners, so that light does not round the edges."""
    triangles, first = [], 0
    for face in faces:
        triangles += [[first, first + n, first + n + 1] for n in range(1, len(face) - 1)]
        first += len(face)
    corners = np.concatenate([vertices[list(face)] for face in faces])
    return Mesh(corners, np.array(triangles), CAGE_OPACITY, shifts, colour)
