"""Hydrogen cages: the polyhedra of hydrogen around all other atoms.

The atoms of a cage follow from the Voronoi cell of its centre: a hydrogen belongs to it where the
two cells share a face. Faces that are very small next to the largest one come and go with the
rounding of coordinates, and are left out. In the clathrates of the catalogue this gives the numbers
of the literature without any distance to choose, such as 32 in LaH10.

All sites without hydrogen are tried, metal or not: the sulphur of H3S has its six. Where the
hydrogen does not enclose the atom, there is no cage.

The Voronoi cell is written by hand, through the convex hull of the inverted points, because
pymatgen's VoronoiNN takes far longer for an atom: too long for a step of a slider.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure
from pymatgen.optimization.neighbors import find_points_in_spheres
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull, QhullError

from tcexplore.crystal.primitive_sites import PrimitiveSites
from tcexplore.crystal.structure import site_occupancies
from tcexplore.hydrogen.contacts import HALF_OCCUPANCY, hydrogen_indices, hydrogen_occupancy
from tcexplore.typing import BoolArray, FloatArray, IntArray

REACHES = (4.0, 8.0, 16.0)  # Å; how far to look for the neighbours that close a Voronoi cell
SAME_POSITION = 0.1  # Å; atoms closer than this share one position and are no neighbours
LEAST_SHARE = 1 / 20  # of the largest face; the catalogue's clathrates have 1/11 and more
FLAT = 15.0  # degrees between triangles of one polygon; YH9's hexagons are bent by 12
INSIDE = 1e-6  # Å; an atom that is nearer to a face than this is not enclosed


@dataclass(frozen=True)
class Cage:
    """Hydrogen atoms around another atom, and the polygons between them."""

    centre: int
    """Index of that atom in the structure."""
    vertices: FloatArray
    """(Å) Cartesian positions around the centre in the home cell, shape (n_hydrogen, 3)."""
    faces: tuple[tuple[int, ...], ...]
    """Polygons of the convex hull, each as vertices in the order around it."""
    radius: float
    """(Å) Mean distance of the hydrogen from the centre."""


@dataclass(frozen=True)
class Surroundings:
    """Atoms that can enclose another one, and their cell."""

    frac_coords: FloatArray
    """(fractional) Of all atoms, shape (n_atoms, 3)."""
    is_hydrogen: BoolArray
    """Shape (n_atoms,)."""
    matrix: FloatArray
    """(Å) Lattice vectors as rows, shape (3, 3)."""


def centre_indices(structure: Structure) -> IntArray:
    """Return the indices of the sites that are more than half filled, and not by hydrogen."""
    occupancy = site_occupancies(structure)
    return np.flatnonzero(occupancy - hydrogen_occupancy(structure) > HALF_OCCUPANCY)


def surroundings(structure: Structure) -> Surroundings:
    """Return the atoms of a cell that count: sites that are more than half filled."""
    hydrogen, others = hydrogen_indices(structure), centre_indices(structure)
    coords = structure.frac_coords[np.concatenate([hydrogen, others])]
    is_hydrogen = np.repeat([True, False], [len(hydrogen), len(others)])
    return Surroundings(coords, is_hydrogen, structure.lattice.matrix)


def hydrogen_cages(structure: Structure, primitive: PrimitiveSites) -> tuple[Cage, ...]:
    """Return the cages of a cell, in the order of their centres.

    Parameters
    ----------
    primitive
        The sites in terms of the primitive cell: a cage is looked for once for each of its sites.
    """
    around, cages = surroundings(structure), []
    polyhedra: dict[int, tuple[FloatArray, tuple[tuple[int, ...], ...]] | None] = {}
    for centre in centre_indices(structure).tolist():
        site = int(primitive.site[centre])
        if site not in polyhedra:
            vertices = cage_vertices(around, structure.frac_coords[centre])
            polyhedra[site] = None if vertices is None else (vertices, polygons(vertices))
        if (polyhedron := polyhedra[site]) is not None:
            vertices, faces = polyhedron
            position = structure[centre].coords
            cages.append(Cage(centre, vertices + position, faces, mean_radius(vertices)))
    return tuple(cages)


def mean_radius(vertices: FloatArray) -> float:
    """Return the mean distance (Å) of points from the origin, shape (n, 3)."""
    return float(np.linalg.norm(vertices, axis=1).mean())


def cage_vertices(around: Surroundings, centre: FloatArray) -> FloatArray | None:
    """Return the hydrogen atoms of a cage.

    Parameters
    ----------
    centre
        (fractional) Shape (3,).

    Returns
    -------
    :
        (Å) From the centre, shape (n_hydrogen, 3); None where they do not enclose it.
    """
    for reach in REACHES:
        points, is_hydrogen = _neighbours(around, centre, reach)
        shares = face_shares(points, reach)
        if shares is not None:
            break
    else:
        return None
    shares = np.where(is_hydrogen, shares, 0.0)
    vertices = points[shares > LEAST_SHARE * shares.max()]
    return vertices if _encloses(vertices) else None


def _neighbours(
    around: Surroundings, centre: FloatArray, reach: float
) -> tuple[FloatArray, BoolArray]:
    """Return positions (Å) from the centre, shape (n, 3), and whether each is hydrogen."""
    origin = np.ascontiguousarray(centre[None] @ around.matrix)
    coords = np.ascontiguousarray(around.frac_coords @ around.matrix)
    _, atom, image, distance = find_points_in_spheres(
        coords,
        origin,
        r=reach,
        pbc=np.ones(3, dtype=np.int64),
        lattice=np.ascontiguousarray(around.matrix, dtype=float),
    )
    points = coords[atom] + image @ around.matrix - origin
    apart = distance > SAME_POSITION
    return points[apart], around.is_hydrogen[atom][apart]


def face_shares(points: FloatArray, reach: float) -> FloatArray | None:
    """Return the solid angle of the face that the origin's Voronoi cell shares with each point.

    The cell is found through its dual: a point has a face where it is a vertex of the convex hull
    of all points after inversion in the unit sphere, and each triangle of the hull is a corner.

    Parameters
    ----------
    points
        (Å) From the origin, shape (n, 3).
    reach
        (Å) Distance up to which all points are known.

    Returns
    -------
    :
        (sr) Shape (n,); None where points further away could cut the cell.
    """
    if len(points) < 4:
        return None
    try:
        hull = ConvexHull(points / (points**2).sum(axis=1, keepdims=True))
    except QhullError:  # all in one plane
        return None
    if hull.equations[:, 3].max() > -1e-9:
        return None
    corners = hull.equations[:, :3] / (-2 * hull.equations[:, 3:])  # (n_corners, 3)
    if 2 * np.linalg.norm(corners, axis=1).max() > reach:
        return None
    return _solid_angles(corners, hull.simplices, hull.neighbors, len(points))


def _solid_angles(
    corners: FloatArray,
    simplices: IntArray,
    neighbours: IntArray,
    n_points: int,
) -> FloatArray:
    """Return the solid angle (sr) of each face, added up around its middle, shape (n_points,)."""
    triangle, opposite = np.nonzero(neighbours > np.arange(len(neighbours))[:, None])
    start, end = corners[triangle], corners[neighbours[triangle, opposite]]
    middles = np.zeros((n_points, 3))
    np.add.at(middles, simplices, corners[:, None, :])
    angles = np.zeros(n_points)
    for beside in (1, 2):  # the two faces that an edge of the cell parts
        face = simplices[triangle, (opposite + beside) % 3]
        np.add.at(angles, face, triangle_angles(middles[face], start, end))
    return angles


def triangle_angles(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """Return the solid angle (sr) that triangles span at the origin, corners of shape (n, 3).

    References
    ----------
    van Oosterom and Strackee, IEEE Trans. Biomed. Eng. 30, 125 (1983).
    """
    a, b, c = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (a, b, c))
    volume = np.abs((a * np.cross(b, c)).sum(axis=1))
    cosines = (a * b).sum(axis=1) + (b * c).sum(axis=1) + (c * a).sum(axis=1)
    return 2 * np.arctan2(volume, 1 + cosines)


def _encloses(vertices: FloatArray) -> bool:
    """Return whether the origin lies inside the convex hull of points."""
    if len(vertices) < 4:
        return False
    try:
        return bool(ConvexHull(vertices).equations[:, 3].max() < -INSIDE)
    except QhullError:  # all in one plane
        return False


def polygons(vertices: FloatArray) -> tuple[tuple[int, ...], ...]:
    """Return the faces of a convex hull, triangles that are nearly coplanar made one.

    Parameters
    ----------
    vertices
        (Å) Around the origin, shape (n, 3).

    Returns
    -------
    :
        Vertices in the order around each face.
    """
    hull = ConvexHull(vertices)
    normals = hull.equations[:, :3]
    triangle = np.repeat(np.arange(len(normals)), 3)
    neighbour = hull.neighbors.ravel()
    flat = (normals[triangle] * normals[neighbour]).sum(axis=1) > np.cos(np.radians(FLAT))
    pairs = (triangle[flat], neighbour[flat])
    graph = coo_array((np.ones(flat.sum()), pairs), shape=(len(normals), len(normals)))
    count, face = connected_components(graph, directed=False)
    return tuple(
        _around(vertices, np.unique(hull.simplices[face == n]), normals[face == n].mean(axis=0))
        for n in range(count)
    )


def _around(vertices: FloatArray, members: IntArray, normal: FloatArray) -> tuple[int, ...]:
    """Return the vertices of a face in the order around its normal."""
    spokes = vertices[members] - vertices[members].mean(axis=0)
    along = spokes[0] - normal * (spokes[0] @ normal) / (normal @ normal)
    across = np.cross(normal, along)
    order = np.argsort(np.arctan2(spokes @ across, spokes @ along))
    return tuple(members[order].tolist())
