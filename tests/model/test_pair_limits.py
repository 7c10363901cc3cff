"""Limits of distances and volumes that training hydrides set, and the reasons they give."""

import numpy as np
import pandas as pd
import pytest
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.crystal.site_kinds import site_kinds
from tcexplore.features.scaling import InputScaling, scaled_fractions
from tcexplore.model.applicability_domain import (
    EDGE,
    OUTSIDE,
    build_known_materials,
    known_fractions,
    separations,
)
from tcexplore.model.pair_limits import (
    MANY,
    build_pair_limits,
    distances_from_text,
    distances_text,
)
from tcexplore.model.predictor import f_electron_warnings
from tcexplore.scans.scan_domain import cell_distances

Y_H = 2.1  # Å


def cubic(a, metal="Y"):
    """A metal with hydrogen half way along the three axes: H-metal a / 2, H-H a / √2."""
    sites = [[0, 0, 0], [0.5, 0, 0], [0, 0.5, 0], [0, 0, 0.5]]
    return Structure(Lattice.cubic(a), [metal, "H", "H", "H"], sites)


def training(n_lanthanum=2):
    structures = [cubic(2 * Y_H + 0.02 * n) for n in range(MANY)]
    structures += [cubic(5.0 + 0.02 * n, "La") for n in range(n_lanthanum)]
    known = pd.DataFrame(
        {
            "formula": [s.composition.reduced_formula for s in structures],
            "volume_per_atom": [s.volume / 4 for s in structures],
            "space_group_number": 1,
            "contact": 0.9,
            "distances": [cell_distances(s) for s in structures],
        }
    )
    return known.assign(separation=separations(known), tc_held_out=np.nan)


def domain_of(known, structure):
    materials, kinds = build_known_materials(known), site_kinds(structure)
    apart = shortest_distances(
        structure.frac_coords, kinds.occupancy, kinds.of_site, structure.lattice.matrix[None]
    )
    volume, member = np.array([structure.volume / 4]), (np.array([0]), np.array([0]))
    tightness = materials.pair_limits.tightness(
        apart, kinds.species, kinds.fractions, volume, member
    )
    return materials.domain(
        kinds.fractions,
        volume_per_atom=volume,
        space_group_number=1,
        shortest_distance=np.array([1.0]),
        contact=np.array([0.9]),
        tightness=tightness,
    )


def test_distances_are_read_as_they_were_written():
    text = cell_distances(cubic(4.2))
    assert text == "H-H 2.96985; H-Y 2.1; Y-Y 4.2"
    assert distances_text(distances_from_text(text)) == text
    assert cell_distances(Structure(Lattice.cubic(3), ["Nb"], [[0, 0, 0]])) == ""


def test_a_pair_with_many_materials_has_the_shortest_of_these():
    known = training(n_lanthanum=MANY)
    limits = build_pair_limits(known, known_fractions(known))
    assert limits.shortest[0, 56] == limits.shortest[56, 0] == pytest.approx(2.5, abs=1e-3)


def test_a_pair_with_few_materials_has_that_of_its_class_by_radii():
    known = training()
    limits = build_pair_limits(known, known_fractions(known))
    ratio = min(2.1 / (0.35 + 1.8), 2.5 / (0.35 + 1.95))
    assert limits.shortest[0, 56] == pytest.approx(ratio * (0.35 + 1.95), rel=2e-3)


def test_what_is_squeezed_is_at_the_edge_and_then_outside_with_the_reason():
    known = training()
    assert domain_of(known, cubic(4.2)).reason(0) == ""
    edge = domain_of(known, cubic(4.15))
    assert edge.words[0] == EDGE
    assert edge.reason(0).startswith("H-H 2.93 Å is shorter than any in training (2.97 Å)")
    outside = domain_of(known, cubic(3.9))
    assert outside.words[0] == OUTSIDE
    assert "below the smallest volume" in outside.reason(0)


def test_a_metal_on_a_hydrogen_site_is_outside_at_the_same_volume():
    wrong = cubic(4.2)
    wrong.translate_sites([0], [0.25, 0, 0])
    domain = domain_of(training(), wrong)
    assert domain.words[0] == OUTSIDE
    assert domain.reason(0) == "H-Y 1.05 Å is shorter than any in training (2.10 Å)"


def test_hydrides_with_f_electrons_are_flagged():
    flagged = {"CeH9": True, "ThH10": True, "LaH10": False, "YH6": False, "CeCoIn5": False}
    for formula, expected in flagged.items():
        composition = Structure(Lattice.cubic(3), ["H"], [[0, 0, 0]]).composition
        composition = type(composition)(formula)
        assert bool(f_electron_warnings(composition)) is expected, formula


def test_members_of_a_scan_are_as_tight_as_each_alone():
    known, parent = training(), cubic(4.2)
    limits = build_pair_limits(known, known_fractions(known))
    numbers, sizes = np.array([[39], [57], [1]]), np.array([4.0, 5.0])
    kinds = site_kinds(parent, [[0]], numbers)
    lattices = sizes[:, None, None] * np.eye(3)
    apart = shortest_distances(parent.frac_coords, kinds.occupancy, kinds.of_site, lattices)
    rows, places = np.array([0, 1, 1, 2]), np.array([1, 0, 1, 0])
    volumes = sizes[places] ** 3 / 4
    members = limits.tightness(apart, kinds.species, kinds.fractions, volumes, (rows, places))
    for number, (row, place) in enumerate(zip(rows, places, strict=True)):
        alone = limits.tightness(
            apart[[place]],
            kinds.species[[row]],
            kinds.fractions[[row]],
            volumes[[number]],
            (np.array([0]), np.array([0])),
        )
        for name in ("distance_ratio", "distance", "pair", "volume_ratio"):
            assert getattr(members, name)[number] == getattr(alone, name)[0]
    assert members.pair[3] == 128 + 1  # all hydrogen


def test_the_fractions_of_scaled_descriptors_are_those_of_the_composition():
    amounts, factors = np.array([[6.0, 1.0, 0.0]]), np.array([2.0, 0.5, 3.0])
    plain = InputScaling(np.ones(1), np.zeros((101, 2)), factors)
    scaled = np.hstack([np.zeros((1, 2)), np.log1p(amounts) * factors])
    np.testing.assert_allclose(scaled_fractions(scaled, plain), [[6 / 7, 1 / 7, 0]])
    roots = InputScaling(np.ones(1), np.zeros((101, 2)), factors, np.zeros(1), np.ones(1))
    scaled = np.hstack([np.zeros((1, 2)), np.sqrt(amounts / 7) * factors, np.ones((1, 4))])
    np.testing.assert_allclose(scaled_fractions(scaled, roots), [[6 / 7, 1 / 7, 0]])
