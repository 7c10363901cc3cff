"""Pair distances: right by hand, the same for any cell, and short where a structure is wrong."""

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure

from tcexplore.features.pair_distances import (
    HYDROGEN_RADIUS,
    LARGEST,
    PAIR_DISTANCES,
    pair_class_distances,
    pair_distances,
    pair_radii,
)

RADIUS = {"Mg": 1.5, "B": 0.85}  # Å, of Slater
H_H, H_METAL, H_METAL_SPACING, METAL, METAL_SPACING = range(len(PAIR_DISTANCES))


def test_distances_of_a_cubic_hydride_by_hand():
    a = 2.4
    crystal = Structure(Lattice.cubic(a), ["Mg", "H"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    across, spacing = a * np.sqrt(3) / 2, np.cbrt(a**3 / 2)
    distances = pair_distances(crystal)
    assert distances[H_H] == LARGEST[H_H] < a
    assert distances[H_METAL] == pytest.approx(across / (RADIUS["Mg"] + HYDROGEN_RADIUS))
    assert distances[H_METAL_SPACING] == pytest.approx(across / spacing)
    assert distances[METAL] == pytest.approx(a / (2 * RADIUS["Mg"]))
    assert distances[METAL_SPACING] == pytest.approx(a / spacing)


def test_without_hydrogen_only_the_metals_have_distances(mgb2):
    distances = pair_distances(mgb2)
    np.testing.assert_array_equal(distances[:3], LARGEST[:3])
    centre, other, _, bonds = mgb2.get_neighbor_list(4.0)
    radii = np.array([RADIUS[site.specie.symbol] for site in mgb2])
    assert distances[METAL] == pytest.approx((bonds / (radii[centre] + radii[other])).min())


def test_distances_are_those_of_any_cell(triclinic):
    expected = pair_distances(triclinic)
    assert (expected < LARGEST).any()
    for change in ([2, 1, 1], [[1, 1, 0], [0, 1, 0], [0, 0, 1]], [[1, 0, 0], [2, 1, 0], [0, 3, 1]]):
        np.testing.assert_allclose(pair_distances(triclinic * change), expected, atol=1e-8)


def test_a_site_is_of_the_class_of_most_of_its_atoms():
    lattice, coords = Lattice.cubic(3.0), [[0, 0, 0], [0.5, 0.5, 0.5]]
    mostly = Structure(lattice, [{"H": 0.6, "Mg": 0.4}, "Mg"], coords)
    barely = Structure(lattice, [{"H": 0.4, "Mg": 0.6}, "Mg"], coords)
    assert pair_distances(mostly)[H_METAL] < LARGEST[H_METAL]
    assert pair_distances(barely)[H_METAL] == LARGEST[H_METAL]


def test_each_row_has_radii_of_its_own():
    apart = np.array([[[3.0, 2.0], [2.0, np.inf]]])
    species = np.zeros((2, 2, 94))
    species[0, 0, 11] = species[1, 0, 4] = 1.0  # Mg and B
    species[:, 1, 0] = 1.0
    kinds = pair_radii(species)
    found = [
        pair_class_distances(apart, kinds.of_rows([row]), np.array([8.0]))[0] for row in (0, 1)
    ]
    for distances, symbol in zip(found, ("Mg", "B"), strict=True):
        assert distances[H_METAL] == min(2.0 / (RADIUS[symbol] + HYDROGEN_RADIUS), LARGEST[H_METAL])
        assert distances[H_METAL_SPACING] == 1.0
    assert found[0][METAL] == 3.0 / (2 * RADIUS["Mg"])
