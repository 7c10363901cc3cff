"""Densities on a grid and their surfaces."""

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from scipy.interpolate import RegularGridInterpolator

from tcexplore.view3d.density import CellDensity, cell_density, isosurface

CELLS = {
    "cubic": Lattice.cubic(4.0),
    "hexagonal": Lattice.hexagonal(4.0, 4.4),
    "triclinic": Lattice.from_parameters(4.1, 4.6, 5.3, 75, 82, 97),
}


@pytest.fixture(params=CELLS)
def lone_atom(request):
    return Structure(CELLS[request.param], ["Mg"], [[0.5, 0.5, 0.5]])


def surface_of(structure, level=0.5, quantity="charge"):
    density = cell_density(structure, quantity)
    surface = isosurface(density, level)
    return density, surface, surface.vertices @ structure.lattice.matrix


def signed_volume(corners):
    return np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6


def test_surface_is_a_sphere_around_its_atom_in_any_cell(lone_atom):
    _, surface, coords = surface_of(lone_atom)
    distances = np.linalg.norm(coords - lone_atom.cart_coords[0], axis=1)
    assert distances.min() > 0.3
    assert np.ptp(distances) < 0.03 * distances.mean()
    volume = signed_volume((coords - lone_atom.cart_coords[0])[surface.triangles])
    assert volume == pytest.approx(4 / 3 * np.pi * distances.mean() ** 3, rel=0.03)


def test_closed_surface_has_two_triangles_at_each_edge(lone_atom):
    _, surface, _ = surface_of(lone_atom)
    edges = np.concatenate([surface.triangles[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
    _, counts = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    assert (counts == 2).all()


def test_density_has_the_level_on_its_surface(any_structure):
    density = cell_density(any_structure, "charge")
    level = 0.3 * density.values.max()
    surface = isosurface(density, level)
    wrapped = np.pad(density.values, (0, 1), mode="wrap")
    axes = [np.linspace(0, 1, n) for n in wrapped.shape]
    # Off the grid's edges a trilinear density differs from the tetrahedra's: look at those on it.
    steps = surface.vertices * density.values.shape
    on_edge = (np.abs(steps - steps.round()) < 1e-9).sum(axis=1) == 2
    values = RegularGridInterpolator(axes, wrapped)(surface.vertices[on_edge])
    assert on_edge.sum() > 100
    assert np.allclose(values, level, rtol=1e-6)


def test_surfaces_nest_with_the_level(lone_atom):
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


@pytest.mark.parametrize("level", [-1.0, 99.0])
def test_no_surface_where_the_density_does_not_reach(level):
    density = CellDensity(np.random.default_rng(1).random((9, 10, 11)), "mass")
    surface = isosurface(density, level)
    assert surface.triangles.shape == (0, 3)
    assert surface.vertices.shape == (0, 3)
