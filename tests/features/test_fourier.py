"""The Fourier coefficients: by hand, against a plain loop, there and back, and their symmetries."""

from itertools import product

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.elements import element_table
from tcexplore.crystal.structure import StructureError, atom_arrays
from tcexplore.features.fourier import (
    RepresentationConfig,
    density_on_grid,
    fourier_coefficients,
    structure_factors,
)

SYMMETRIC = RepresentationConfig(n_hkl=5, hkl_range="symmetric")


def coefficients_by_loop(structure, config):
    """Equation 13 as it stands, one atom and one index at a time."""
    table, atoms = element_table(), atom_arrays(structure)
    n = len(config.indices)
    grid = np.zeros((n, n, n, 2), dtype=complex)
    for (i, h), (j, k), (m, l) in product(*[list(enumerate(config.indices))] * 3):  # noqa: E741
        g = structure.lattice.reciprocal_lattice_crystallographic.get_cartesian_coords([h, k, l])
        for number, occupancy, x in zip(
            atoms.atomic_numbers, atoms.occupancies, atoms.frac_coords, strict=True
        ):
            mass, radius = table.atomic_mass[number - 1], table.atomic_radius[number - 1]
            phase = np.exp(-2j * np.pi * np.dot([h, k, l], x))
            for channel, (held, width) in enumerate(
                [(number, config.gamma_charge * radius), (mass, config.gamma_mass * mass)]
            ):
                shape = np.exp(-2 * np.pi**2 * width * g @ g)
                grid[i, j, m, channel] += occupancy * held * shape * phase / structure.volume
    return grid


@pytest.mark.parametrize("hkl_range", ["octant", "symmetric"])
def test_equals_the_plain_loop(any_structure, hkl_range):
    config = RepresentationConfig(n_hkl=3, hkl_range=hkl_range)
    expected = coefficients_by_loop(any_structure, config)
    np.testing.assert_allclose(fourier_coefficients(any_structure, config), expected, atol=1e-6)


def test_caesium_chloride_by_hand():
    """S(100) = f_Cs - f_Cl and S(110) = f_Cs + f_Cl."""
    coords = np.array([[0, 0, 0], [0.5, 0.5, 0.5]])
    caesium, chlorine = (structure_factors(coords[[i]], np.ones(1), np.arange(2)) for i in range(2))
    total = 55 * caesium + 17 * chlorine
    assert total[1, 0, 0] == pytest.approx(55 - 17)
    assert total[1, 1, 0] == pytest.approx(55 + 17)
    assert total[0, 0, 0] == pytest.approx(55 + 17)


def test_first_coefficient_is_charge_and_mass_per_volume(any_structure):
    first = fourier_coefficients(any_structure)[0, 0, 0] * any_structure.volume
    charge = sum(e.Z * n for e, n in any_structure.composition.items())
    mass = float(any_structure.composition.weight)
    np.testing.assert_allclose(first, [charge, mass], rtol=1e-3)


def test_friedel(any_structure):
    coefficients = fourier_coefficients(any_structure, SYMMETRIC)
    opposite = coefficients[::-1, ::-1, ::-1]
    np.testing.assert_allclose(coefficients, opposite.conj(), atol=1e-5)


def test_octant_is_a_part_of_the_symmetric_range(triclinic):
    octant = fourier_coefficients(triclinic, RepresentationConfig(n_hkl=5))
    np.testing.assert_array_equal(octant, fourier_coefficients(triclinic, SYMMETRIC)[4:, 4:, 4:])


def test_shifted_origin_changes_phases_alone(triclinic):
    shifted = triclinic.copy().translate_sites(range(4), [0.1, 0.2, 0.3])
    before, after = (
        np.abs(fourier_coefficients(s, RepresentationConfig(n_hkl=5))) for s in (triclinic, shifted)
    )
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_there_and_back_to_the_density(triclinic):
    """The inverse is the sum of Gaussians that one gets by adding up atoms and their images."""
    config = RepresentationConfig(n_hkl=14, hkl_range="symmetric", gamma_mass=0.25)
    structure = Structure(triclinic.lattice, ["Y", "S"], triclinic.frac_coords[:2])
    density = density_on_grid(fourier_coefficients(structure, config), config, n_grid=30)
    table, points = element_table(), np.array([[0, 0, 0], [3, 7, 11], [15, 9, 20]])
    for point in points:
        expected = np.zeros(2)
        for site in structure:
            number = site.specie.Z
            images = np.array(list(product(range(-3, 4), repeat=3)))
            shifts = point / 30 - site.frac_coords + images
            squares = np.square(shifts @ structure.lattice.matrix).sum(axis=1)
            mass = table.atomic_mass[number - 1]
            for channel, (held, width) in enumerate(
                [(number, 0.25 * table.atomic_radius[number - 1]), (mass, 0.25 * mass)]
            ):
                gaussians = np.exp(-squares / (2 * width)) / (2 * np.pi * width) ** 1.5
                expected[channel] += held * gaussians.sum()
        assert density[tuple(point)][0] == pytest.approx(expected[0], abs=0.01)
    total = density.mean(axis=(0, 1, 2)) * structure.volume
    np.testing.assert_allclose(total, [39 + 16, float(structure.composition.weight)], rtol=1e-3)


def test_a_density_needs_the_symmetric_range_and_a_grid_that_is_fine_enough(mgb2):
    config = RepresentationConfig(n_hkl=3)
    with pytest.raises(ValueError, match="hkl_range is 'octant'; expected 'symmetric'"):
        density_on_grid(fourier_coefficients(mgb2, config), config, n_grid=9)
    with pytest.raises(ValueError, match="n_grid is 4; expected at least 9"):
        density_on_grid(fourier_coefficients(mgb2, SYMMETRIC), SYMMETRIC, n_grid=4)


@pytest.mark.parametrize("symbol", ["He", "Ne", "Kr", "Xe", "Rn"])
def test_elements_without_a_radius_are_not_predicted(symbol):
    with pytest.raises(StructureError, match=f"{symbol} is not predicted: it has no atomic radius"):
        fourier_coefficients(Structure(Lattice.cubic(4), [symbol], [[0, 0, 0]]))


def test_elements_beyond_the_table_are_not_predicted():
    with pytest.raises(StructureError, match="element 95 is not predicted; expected H to Pu"):
        fourier_coefficients(Structure(Lattice.cubic(4), ["Am"], [[0, 0, 0]]))
