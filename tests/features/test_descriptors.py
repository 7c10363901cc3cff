"""The descriptors: by hand, against a slow loop, and what must not change them."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Lattice, Structure
from support.descriptor_oracle import slow_composition_descriptors

from tcexplore.crystal.elements import ELEMENTS, PAPER_ELEMENTS, element_table
from tcexplore.crystal.structure import StructureError
from tcexplore.features.descriptors import (
    composition_descriptors,
    descriptor_matrix,
    descriptor_names,
    descriptor_units,
    descriptors,
    element_amounts,
)

WITH_RADIUS = [s for s, r in zip(ELEMENTS, element_table().atomic_radius, strict=True) if r > 0]
COMPOSITIONS = st.dictionaries(
    st.sampled_from(WITH_RADIUS), st.floats(0.01, 50.0), min_size=1, max_size=7
)


def as_row(amounts, elements=ELEMENTS):
    row = np.zeros((1, len(elements)))
    for symbol, amount in amounts.items():
        row[0, elements.index(symbol)] = amount
    return row


def named(amounts, elements=ELEMENTS):
    """Return the composition's descriptors by name."""
    values = composition_descriptors(as_row(amounts, elements), elements=elements)[0]
    return dict(zip(descriptor_names(elements)[8:89], values, strict=True))


def magnesium_diboride():
    coords = [[0, 0, 0], [1 / 3, 2 / 3, 0.5], [2 / 3, 1 / 3, 0.5]]
    return Structure(Lattice.hexagonal(3.086, 3.524), ["Mg", "B", "B"], coords)


def triclinic_alloy():
    lattice = Lattice.from_parameters(3.1, 4.2, 5.3, 71.0, 82.0, 103.0)
    coords = [[0.1, 0.2, 0.3], [0.6, 0.7, 0.8], [0.4, 0.9, 0.1]]
    return Structure(lattice, [{"La": 0.925, "Sr": 0.075}, "Cu", "O"], coords)


STRUCTURES = pytest.mark.parametrize("build", [magnesium_diboride, triclinic_alloy])


# names and units


@pytest.mark.parametrize(("elements", "total"), [(PAPER_ELEMENTS, 175), (ELEMENTS, 183)])
def test_there_are_as_many_values_as_names_and_units(elements, total):
    names, units = descriptor_names(elements), descriptor_units(elements)
    values = descriptors(magnesium_diboride(), 191, elements=elements)
    assert values.shape == (total,)
    assert values.dtype == np.float64
    assert len(names) == len(set(names)) == len(units) == total


def test_the_order_is_cell_composition_amounts():
    names = descriptor_names(PAPER_ELEMENTS)
    assert names[:9] == (
        *("a", "b", "c", "alpha", "beta", "gamma", "volume"),
        *("space_group_number", "number_of_elements"),
    )
    assert names[9] == "mean_atomic_mass"
    assert names[88] == "weighted_standard_deviation_valence"
    assert names[89:91] == ("amount_H", "amount_He")
    assert names[-1] == "amount_Rn"


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("a", "Å"),
        ("gamma", "°"),
        ("volume", "Å³"),
        ("range_atomic_mass", "Da"),
        ("entropy_atomic_mass", "1"),
        ("weighted_entropy_density", "1"),
        ("weighted_mean_density", "kg/m³"),
        ("mean_atomic_radius", "Å"),
        ("standard_deviation_thermal_conductivity", "W/(m K)"),
        ("mean_valence", "1"),
        ("amount_H", "1"),
    ],
)
def test_unit(name, unit):
    names = descriptor_names(PAPER_ELEMENTS)
    assert descriptor_units(PAPER_ELEMENTS)[names.index(name)] == unit


# by hand


def test_magnesium_diboride_by_hand():
    found = dict(
        zip(
            descriptor_names(ELEMENTS),
            descriptors(magnesium_diboride(), 191, elements=ELEMENTS),
            strict=True,
        )
    )
    assert found["a"] == found["b"] == pytest.approx(3.086)
    assert found["c"] == pytest.approx(3.524)
    assert (found["alpha"], found["gamma"]) == pytest.approx((90.0, 120.0))
    assert found["volume"] == pytest.approx(3.086**2 * np.sqrt(3) / 2 * 3.524)
    assert found["space_group_number"] == 191
    assert found["number_of_elements"] == 2
    assert (found["amount_Mg"], found["amount_B"], found["amount_H"]) == (1, 2, 0)
    mg, b = 24.305, 10.81
    assert found["mean_atomic_mass"] == pytest.approx((mg + b) / 2)
    assert found["weighted_mean_atomic_mass"] == pytest.approx((mg + 2 * b) / 3)
    assert found["geometric_mean_atomic_mass"] == pytest.approx(np.sqrt(mg * b))
    assert found["weighted_geometric_mean_atomic_mass"] == pytest.approx(np.cbrt(mg * b * b))
    w, v = mg / (mg + b), mg / (mg + 2 * b)
    assert found["entropy_atomic_mass"] == pytest.approx(-w * np.log(w) - (1 - w) * np.log(1 - w))
    assert found["weighted_entropy_atomic_mass"] == pytest.approx(
        -v * np.log(v) - (1 - v) * np.log(1 - v)
    )
    assert found["range_atomic_mass"] == pytest.approx(mg - b)
    assert found["weighted_range_atomic_mass"] == pytest.approx((mg - 2 * b) / 3)
    assert found["standard_deviation_atomic_mass"] == pytest.approx((mg - b) / 2)
    assert found["weighted_standard_deviation_atomic_mass"] == pytest.approx(
        np.sqrt(2) / 3 * (mg - b)
    )
    assert found["mean_valence"] == 2.5
    assert found["mean_electron_affinity"] == pytest.approx(26.99 / 2)


def test_atomic_mass_of_the_first_row_of_hamidiehs_published_table():
    """Ba0.2La1.8CuO4 in the data of arXiv:1803.10260 (its masses are an older revision)."""
    found = named({"Ba": 0.2, "La": 1.8, "Cu": 1, "O": 4})
    expected = {
        "mean": 88.9444675,
        "weighted_mean": 57.86269229,
        "geometric_mean": 66.36159243,
        "weighted_geometric_mean": 36.11661205,
        "entropy": 1.181795393,
        "weighted_entropy": 1.062395536,
        "range": 122.90607,
        "weighted_range": 31.79492071,
        "standard_deviation": 51.96882786,
        "weighted_standard_deviation": 53.62253482,
    }
    for statistic, value in expected.items():
        assert found[f"{statistic}_atomic_mass"] == pytest.approx(value, rel=2e-5), statistic
    assert found["mean_thermal_conductivity"] == pytest.approx(107.756645)
    assert found["mean_valence"] == 2.25
    assert found["weighted_mean_valence"] == pytest.approx(2.257142857)


# against the slow loop


def assert_as_slow(amounts):
    ordered = {s: amounts[s] for s in ELEMENTS if s in amounts}
    found = composition_descriptors(as_row(ordered), elements=ELEMENTS)[0]
    expected = slow_composition_descriptors(ordered)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_doped_cuprate_as_by_the_slow_loop():
    assert_as_slow({"La": 1.85, "Sr": 0.15, "Cu": 1.0, "O": 4.0})


@settings(deadline=None)
@given(COMPOSITIONS)
def test_any_composition_as_by_the_slow_loop(amounts):
    assert_as_slow(amounts)


@settings(deadline=None)
@given(st.lists(COMPOSITIONS, min_size=1, max_size=12))
def test_a_family_is_its_members_one_by_one(family):
    rows = np.concatenate([as_row(amounts) for amounts in family])
    together = composition_descriptors(rows, elements=ELEMENTS)
    apart = [composition_descriptors(row[np.newaxis], elements=ELEMENTS)[0] for row in rows]
    np.testing.assert_allclose(together, apart, rtol=1e-13)


# what must be true


@settings(deadline=None)
@given(COMPOSITIONS, st.floats(0.1, 20.0))
def test_a_multiple_of_the_formula_changes_nothing(amounts, factor):
    row = as_row(amounts)
    once = composition_descriptors(row, elements=ELEMENTS)
    multiple = composition_descriptors(factor * row, elements=ELEMENTS)
    np.testing.assert_allclose(multiple, once, rtol=1e-9, atol=1e-9)


@settings(deadline=None)
@given(COMPOSITIONS)
def test_statistics_keep_their_bounds(amounts):
    found = named(amounts)
    for name in (name.removeprefix("mean_") for name in found if name.startswith("mean_")):
        assert found[f"geometric_mean_{name}"] > 0
        assert 0 <= found[f"entropy_{name}"] <= np.log(len(amounts)) + 1e-12
        assert 0 <= found[f"weighted_entropy_{name}"] <= np.log(len(amounts)) + 1e-12
        assert found[f"range_{name}"] >= 0
        assert found[f"standard_deviation_{name}"] <= found[f"range_{name}"] / 2 + 1e-9


@pytest.mark.parametrize("symbol", WITH_RADIUS)
def test_a_single_element_has_its_own_property_and_no_spread(symbol):
    found = named({symbol: 3.0})
    assert found["number_of_elements"] == 1
    for name in (name.removeprefix("mean_") for name in found if name.startswith("mean_")):
        value = getattr(element_table(), name)[ELEMENTS.index(symbol)]
        assert found[f"mean_{name}"] == found[f"weighted_mean_{name}"] == value
        if value > 0:
            assert found[f"geometric_mean_{name}"] == pytest.approx(value)
        spreads = ("entropy", "range", "standard_deviation")
        for spread in (*spreads, *(f"weighted_{spread}" for spread in spreads)):
            assert found[f"{spread}_{name}"] == 0
            assert not np.signbit(found[f"{spread}_{name}"])


def test_an_element_set_of_another_order_gives_the_same():
    shuffled = tuple(np.random.default_rng(1).permutation(ELEMENTS))
    amounts = {"La": 1.85, "Sr": 0.15, "Cu": 1.0, "O": 4.0}
    one, other = named(amounts), named(amounts, shuffled)
    assert other == pytest.approx(one)


@pytest.mark.parametrize("symbol", ["Mg", "Ar"])
def test_a_property_of_zero_counts_as_the_smallest_positive_one_in_logarithms(symbol):
    column = "electron_affinity" if symbol == "Mg" else "valence"
    values = getattr(element_table(), column)
    smallest, of_oxygen = values[values > 0].min(), values[ELEMENTS.index("O")]
    found = named({symbol: 1, "O": 3})
    assert found[f"mean_{column}"] == pytest.approx(of_oxygen / 2)
    assert found[f"geometric_mean_{column}"] == pytest.approx(np.sqrt(smallest * of_oxygen))
    assert found[f"weighted_geometric_mean_{column}"] == pytest.approx(
        smallest**0.25 * of_oxygen**0.75
    )
    share = smallest / (smallest + of_oxygen)
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert found[f"entropy_{column}"] == pytest.approx(entropy)


def test_only_zeros_give_finite_logarithms():
    found = named({"Mg": 1, "Zn": 2})
    assert found["mean_electron_affinity"] == 0
    assert found["entropy_electron_affinity"] == pytest.approx(np.log(2))


def test_a_missing_radius_is_nan_in_the_radius_of_that_member_alone():
    rows = np.concatenate([as_row({"Nb": 1}), as_row({"La": 1, "Xe": 2}), as_row({"Pb": 1})])
    found = composition_descriptors(rows, elements=ELEMENTS)
    is_radius = ["radius" in name for name in descriptor_names(ELEMENTS)[8:89]]
    assert np.isnan(found[1][is_radius]).all()
    assert np.isfinite(found[1][np.logical_not(is_radius)]).all()
    assert np.isfinite(found[[0, 2]]).all()


# structures


@STRUCTURES
def test_permuted_sites_and_rotated_axes_change_nothing(build):
    structure = build()
    expected = descriptors(structure, 1, elements=ELEMENTS)
    permuted = Structure.from_sites(list(structure)[::-1])
    rotation, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))
    rotated = Structure(
        Lattice(structure.lattice.matrix @ rotation),
        structure.species_and_occu,
        structure.frac_coords,
    )
    for other in (permuted, rotated):
        found = descriptors(other, 1, elements=ELEMENTS)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@STRUCTURES
def test_a_supercell_doubles_volume_and_amounts_only(build):
    structure = build()
    once = descriptors(structure, 1, elements=ELEMENTS)
    twice = descriptors(structure.make_supercell([1, 1, 2], in_place=False), 1, elements=ELEMENTS)
    np.testing.assert_allclose(twice[8:89], once[8:89], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(twice[89:], 2 * once[89:], rtol=1e-12)
    assert twice[6] == pytest.approx(2 * once[6])


def test_the_triclinic_cell_is_in_degrees_and_angstroms():
    found = descriptors(triclinic_alloy(), 2, elements=ELEMENTS)
    np.testing.assert_allclose(found[:6], [3.1, 4.2, 5.3, 71.0, 82.0, 103.0])
    assert found[6] == pytest.approx(triclinic_alloy().volume)
    assert found[7] == 2


def test_amounts_are_weighted_by_occupancy():
    amounts = element_amounts(triclinic_alloy(), elements=ELEMENTS)
    np.testing.assert_allclose(
        amounts, as_row({"La": 0.925, "Sr": 0.075, "Cu": 1, "O": 1})[0], rtol=1e-15
    )


def test_the_oxidation_state_of_a_species_does_not_matter():
    charged = magnesium_diboride().add_oxidation_state_by_element({"Mg": 2, "B": -1})
    expected = descriptors(magnesium_diboride(), 191, elements=ELEMENTS)
    np.testing.assert_array_equal(descriptors(charged, 191, elements=ELEMENTS), expected)


def test_a_structure_is_not_changed():
    structure = triclinic_alloy()
    descriptors(structure, 2, elements=ELEMENTS)
    assert structure == triclinic_alloy()


def test_one_structure_is_a_row_of_the_matrix():
    structures = [magnesium_diboride(), triclinic_alloy()]
    matrix = descriptor_matrix(
        np.array([structure.lattice.parameters for structure in structures]),
        np.array([structure.volume for structure in structures]),
        np.array([191, 2]),
        np.array([element_amounts(structure, elements=ELEMENTS) for structure in structures]),
        elements=ELEMENTS,
    )
    apart = [
        descriptors(s, n, elements=ELEMENTS) for s, n in zip(structures, (191, 2), strict=True)
    ]
    np.testing.assert_allclose(matrix, apart, rtol=1e-13)


def test_an_empty_family_has_no_rows():
    assert composition_descriptors(np.zeros((0, 94)), elements=ELEMENTS).shape == (0, 81)


def test_a_map_of_7396_members_takes_a_fraction_of_a_second():
    first, second = np.divmod(np.arange(86 * 86), 86)
    amounts = np.zeros((86 * 86, 94))
    np.add.at(amounts, (np.arange(len(amounts)), first), 1)
    np.add.at(amounts, (np.arange(len(amounts)), second), 1)
    amounts[:, 0] += 12
    start = time.perf_counter()
    found = composition_descriptors(amounts, elements=ELEMENTS)
    assert time.perf_counter() - start < 1.0  # 0.04 s on two idle cores
    assert found.shape == (7396, 81)


# messages


def test_an_element_that_is_not_counted_is_refused():
    uranium = Structure(Lattice.cubic(3.5), ["U"], [[0, 0, 0]])
    message = (
        r"^U is not among the elements of this model; expected H to Rn \(86 elements\);"
        r" replace U or use a model that knows it$"
    )
    with pytest.raises(StructureError, match=message):
        descriptors(uranium, 221, elements=PAPER_ELEMENTS)
    assert np.isfinite(descriptors(uranium, 221, elements=ELEMENTS)).all()


def test_an_unknown_symbol_is_refused():
    message = r"^'Xx' is no element; expected symbols of H to Pu \(94 elements\)$"
    with pytest.raises(ValueError, match=message):
        composition_descriptors(np.ones((1, 2)), elements=("H", "Xx"))


@pytest.mark.parametrize("bad", [[0.0, 0.0], [1.0, -0.5], [1.0, np.nan], [np.inf, 1.0]])
def test_unsound_amounts_are_refused(bad):
    amounts = np.array([[1.0, 2.0], bad])
    with pytest.raises(ValueError, match=r"^composition 1 has the amounts .*; remove it$"):
        composition_descriptors(amounts, elements=("H", "S"))


def test_amounts_of_other_elements_are_refused():
    message = r"^amounts have shape \(1, 86\); expected \(n, 94\), a column for each of H to Pu"
    with pytest.raises(ValueError, match=message):
        composition_descriptors(np.ones((1, 86)), elements=ELEMENTS)
