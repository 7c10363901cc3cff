"""Densities on a grid and their isosurfaces."""

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from scipy.interpolate import RegularGridInterpolator
from scipy.spatial import cKDTree

from tcexplore.view3d.density import CellDensity, cell_density, isosurface

CELLS = {
    "cubic": Lattice.cubic(4.0),
    "hexagonal": Lattice.hexagonal(4.0, 4.4),
    "triclinic": Lattice.from_parameters(4.1, 4.6, 5.3, 75, 82, 97),
}
ORIGINS = {"middle": (0.5, 0.5, 0.5), "corner": (0, 0, 0), "face": (0.4, 0.0, 0.7)}
SIGMA, RADIUS = 0.8, 1.137  # Å; no grid point has exactly the level


@pytest.fixture(params=CELLS)
def lattice(request):
    return CELLS[request.param]


@pytest.fixture
def lone_atom(lattice):
    return Structure(lattice, ["Mg"], [[0.5, 0.5, 0.5]])


def gaussian(lattice, centre=(0.5, 0.5, 0.5), shape=(40, 44, 48)):
    """A Gaussian of height 1 around the nearest image of a centre."""
    steps = np.stack(np.meshgrid(*(np.arange(n) / n for n in shape), indexing="ij"), axis=-1)
    images = np.stack(np.meshgrid(*[(-1, 0, 1)] * 3), axis=-1).reshape(-1, 3)
    across = (steps - centre)[..., None, :] - images
    distances = np.linalg.norm(across @ lattice.matrix, axis=-1).min(axis=-1)
    return CellDensity(np.exp(-0.5 * (distances / SIGMA) ** 2), "charge")


def schwarz_p(n=24):
    """The function whose surfaces have genus 3 in a cubic cell."""
    cosines = np.cos(2 * np.pi * np.arange(n) / n)
    values = cosines[:, None, None] + cosines[:, None] + cosines
    return CellDensity(values, "charge")


def corners(surface, lattice):
    """(Å) Shape (n_triangles, 3, 3)."""
    return (surface.vertices @ lattice.matrix)[surface.triangles]


def area(triangles):
    across = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    return np.linalg.norm(across, axis=1).sum() / 2


def signed_volume(triangles):
    return np.linalg.det(triangles).sum() / 6


def periodic_edges(surface):
    """Vertices that the faces of the cell join made one: number of vertices, directed edges."""
    home = surface.vertices.round(7) % 1
    vertices, merged = np.unique(home, axis=0, return_inverse=True)
    triangles = merged.reshape(-1)[surface.triangles]
    edges = np.concatenate([triangles[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
    return len(vertices), edges


def sphere_level(radius):
    return np.exp(-0.5 * (radius / SIGMA) ** 2)


def test_isosurface_of_a_gaussian_is_a_sphere(lattice):
    surface = isosurface(gaussian(lattice), sphere_level(RADIUS))
    centre = lattice.get_cartesian_coords([0.5, 0.5, 0.5])
    distances = np.linalg.norm(surface.vertices @ lattice.matrix - centre, axis=1)
    assert np.allclose(distances, RADIUS, rtol=5e-3)
    triangles = corners(surface, lattice)
    assert area(triangles) == pytest.approx(4 * np.pi * RADIUS**2, rel=1e-2)
    assert signed_volume(triangles - centre) == pytest.approx(4 / 3 * np.pi * RADIUS**3, rel=2e-2)


@pytest.mark.parametrize("origin", ORIGINS)
def test_isosurface_closes_over_the_faces_of_the_cell(lattice, origin):
    surface = isosurface(gaussian(lattice, ORIGINS[origin]), sphere_level(RADIUS))
    n_vertices, edges = periodic_edges(surface)
    directed, counts = np.unique(edges, axis=0, return_counts=True)
    assert (counts == 1).all(), "neighbouring triangles run along an edge in opposite directions"
    assert set(map(tuple, directed)) == set(map(tuple, directed[:, ::-1]))
    assert n_vertices - len(edges) // 2 + len(surface.triangles) == 2  # Euler: a sphere
    assert area(corners(surface, lattice)) == pytest.approx(4 * np.pi * RADIUS**2, rel=1e-2)


def test_euler_characteristic_of_a_framework():
    surface = isosurface(schwarz_p(), 0.13)
    n_vertices, edges = periodic_edges(surface)
    assert n_vertices - len(edges) // 2 + len(surface.triangles) == -4  # genus 3


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_mirrored_density_has_the_mirrored_isosurface(any_structure, axis):
    density = cell_density(any_structure, "charge")
    mirrored = CellDensity(np.roll(np.flip(density.values, axis), 1, axis), "charge")
    level = 0.31 * density.values.max()
    vertices, expected = (isosurface(d, level).vertices for d in (mirrored, density))
    expected = np.where(np.arange(3) == axis, 1 - expected, expected)
    assert len(vertices) == len(expected) > 100
    assert cKDTree(expected).query(vertices)[0].max() < 1e-4


def test_area_does_not_depend_on_the_origin(any_structure):
    shifted = any_structure.copy()
    shifted.translate_sites(range(len(shifted)), [0.137, 0.291, 0.413], to_unit_cell=False)
    densities = [cell_density(structure, "charge") for structure in (any_structure, shifted)]
    level = 0.2 * densities[0].values.max()
    before, after = (area(corners(isosurface(d, level), any_structure.lattice)) for d in densities)
    assert after == pytest.approx(before, rel=1e-2)


def test_area_is_nearly_that_on_a_finer_grid(lone_atom, monkeypatch):
    def shown():
        surface = isosurface(cell_density(lone_atom, "charge"), 0.5)
        return area(corners(surface, lone_atom.lattice))

    coarse = shown()
    monkeypatch.setattr("tcexplore.view3d.density.N_GRID", 120)
    assert coarse == pytest.approx(shown(), rel=2e-2)


def test_density_has_the_level_on_its_isosurface(any_structure):
    density = cell_density(any_structure, "charge")
    level = 0.3 * density.values.max()
    surface = isosurface(density, level)
    wrapped = np.pad(density.values, (0, 1), mode="wrap")
    axes = [np.linspace(0, 1, n) for n in wrapped.shape]
    # Within a cube marching cubes may set a vertex beside the level: look at those on its edges.
    steps = surface.vertices * density.values.shape
    on_edge = (np.abs(steps - steps.round()) < 1e-5).sum(axis=1) == 2
    values = RegularGridInterpolator(axes, wrapped)(surface.vertices[on_edge])
    assert on_edge.sum() > 100
    assert np.allclose(values, level, rtol=1e-4)


def test_isosurfaces_nest_with_the_level(lone_atom):
    density = cell_density(lone_atom, "charge")
    radii = [
        np.linalg.norm(
            isosurface(density, level).vertices @ lone_atom.lattice.matrix
            - lone_atom.cart_coords[0],
            axis=1,
        ).mean()
        for level in (0.2, 0.21, 0.5, 1.0)
    ]
    assert (np.diff(radii) < -1e-3).all()


def test_densities_hold_the_cells_charge_and_mass(any_structure):
    for quantity, content in (
        ("charge", sum(site.species.total_electrons for site in any_structure)),
        ("mass", any_structure.composition.weight),
    ):
        density = cell_density(any_structure, quantity)
        assert density.values.mean() * any_structure.volume == pytest.approx(content, rel=1e-3)


@pytest.mark.parametrize("level", [-1.0, 0.0, 1.0, 99.0])
def test_no_isosurface_where_the_density_does_not_cross_the_level(level):
    values = np.random.default_rng(1).integers(0, 2, (9, 10, 11)).astype(float)
    surface = isosurface(CellDensity(values, "mass"), level)
    assert surface.triangles.shape == (0, 3)
    assert surface.vertices.shape == (0, 3)
