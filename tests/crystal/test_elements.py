"""The element table against pymatgen, against known facts, and its rules for what is missing."""

import csv
from dataclasses import fields
from importlib import resources

import numpy as np
import pytest
from pymatgen.core import Element

from tcexplore.crystal.elements import ELEMENTS, PAPER_ELEMENTS, element_table

COLUMNS = [field.name for field in fields(element_table())]
EV = 96.48533212  # kJ/mol


def value(column, symbol):
    return getattr(element_table(), column)[ELEMENTS.index(symbol)]


def from_pymatgen(attribute):
    """Return an attribute of every element, nan where pymatgen has none."""
    values = [getattr(Element(symbol), attribute) for symbol in ELEMENTS]
    return np.array([np.nan if v is None else float(v) for v in values])


def read_rows():
    text = resources.files("tcexplore.crystal").joinpath("elements.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_elements_follow_the_atomic_number():
    assert [Element(symbol).Z for symbol in ELEMENTS] == list(range(1, 95))
    assert PAPER_ELEMENTS[-1] == "Rn"
    assert len(PAPER_ELEMENTS) == 86


def test_rows_of_the_file_are_the_elements_in_order():
    assert [row["symbol"] for row in read_rows()] == list(ELEMENTS)
    assert [int(row["atomic_number"]) for row in read_rows()] == list(range(1, 95))


def test_file_has_a_column_for_each_field_and_no_other():
    assert list(read_rows()[0]) == ["atomic_number", "symbol", *COLUMNS]


@pytest.mark.parametrize("column", COLUMNS)
def test_column_has_one_finite_value_per_element(column):
    values = getattr(element_table(), column)
    assert values.shape == (94,)
    assert values.dtype == np.float64
    assert column == "atomic_radius" or np.isfinite(values).all()


@pytest.mark.parametrize("column", COLUMNS)
def test_values_are_positive_or_a_documented_zero(column):
    values = getattr(element_table(), column)
    smallest = 0.0 if column in {"electron_affinity", "valence"} else 1e-3
    assert np.nanmin(values) >= smallest


def test_table_is_cached_and_cannot_be_written():
    assert element_table() is element_table()
    with pytest.raises(ValueError, match="read-only"):
        element_table().valence[0] = 7.0


def test_radius_is_pymatgens_and_missing_where_nothing_is_predicted():
    np.testing.assert_array_equal(element_table().atomic_radius, from_pymatgen("atomic_radius"))
    missing = np.isnan(element_table().atomic_radius)
    assert set(np.array(ELEMENTS)[missing]) == {"He", "Ne", "Kr", "Xe", "At", "Rn", "Fr"}


def test_masses_agree_with_pymatgen():
    expected = from_pymatgen("atomic_mass")
    np.testing.assert_allclose(element_table().atomic_mass, expected, rtol=0.02)
    stable = [ELEMENTS.index(symbol) for symbol in ELEMENTS if Element(symbol).Z < 84]
    np.testing.assert_allclose(element_table().atomic_mass[stable], expected[stable], rtol=2e-3)


def test_ionisation_energies_agree_with_pymatgen():
    expected = from_pymatgen("ionization_energy") * EV
    np.testing.assert_allclose(element_table().first_ionisation_energy, expected, rtol=1e-4)


def test_bound_anions_have_pymatgens_electron_affinity_and_unbound_ones_zero():
    expected = np.maximum(from_pymatgen("electron_affinity") * EV, 0.0)
    np.testing.assert_allclose(element_table().electron_affinity, expected, atol=0.01)
    unbound = {s for s in ELEMENTS if value("electron_affinity", s) == 0}
    noble_gases = {"He", "Ne", "Ar", "Kr", "Xe", "Rn"}
    assert unbound == noble_gases | {"Be", "N", "Mg", "Mn", "Zn", "Cd", "Yb", "Hg", "Pu"}


def test_valence_is_the_largest_common_oxidation_state():
    states = [Element(symbol).common_oxidation_states for symbol in ELEMENTS]
    expected = [max(map(abs, of_one), default=0) for of_one in states]
    np.testing.assert_array_equal(element_table().valence, expected)


def test_conductivities_are_pymatgens():
    known = [s for s in ELEMENTS if Element(s).data.get("Thermal conductivity") is not None]
    expected = [float(Element(symbol).data["Thermal conductivity"]) for symbol in known]
    assert set(ELEMENTS) - set(known) == {"Fr"}
    assert [value("thermal_conductivity", symbol) for symbol in known] == expected


def test_densities_of_solids_agree_with_pymatgen():
    solids = [s for s in ELEMENTS if Element(s).data.get("Density of solid") is not None]
    expected = [float(Element(symbol).data["Density of solid"]) for symbol in solids]
    found = [value("density", symbol) for symbol in solids]
    assert len(solids) > 70
    np.testing.assert_allclose(found, expected, rtol=0.06)


@pytest.mark.parametrize("gas", ["H", "He", "N", "O", "F", "Ne", "Cl", "Ar", "Kr", "Xe", "Rn"])
def test_density_of_a_gas_is_the_ideal_one_at_25_celsius(gas):
    atoms_per_molecule = 2 if gas in {"H", "N", "O", "F", "Cl"} else 1
    molar_volume = 8.314462618 * 298.15 / 101325  # m³/mol
    expected = atoms_per_molecule * value("atomic_mass", gas) * 1e-3 / molar_volume
    assert value("density", gas) == pytest.approx(expected, rel=6e-3)


@pytest.mark.parametrize(
    ("symbol", "kj_per_mol"),
    [
        ("H", 0.06),
        ("O", 0.222),
        ("Al", 10.71),
        ("K", 2.33),
        ("Hg", 2.295),
        ("W", 52.3),
        ("P", 0.66),
    ],
)
def test_fusion_heat_is_per_mole_of_atoms(symbol, kj_per_mol):
    assert value("fusion_heat", symbol) == pytest.approx(kj_per_mol, rel=0.02)


def test_metals_melt_with_an_entropy_of_the_size_of_the_gas_constant():
    """Richards' rule; from 3 (Pu) to 20 J/(mol K) (Bi), so that a wrong unit or mole is seen."""
    metals = [s for s in ELEMENTS if Element(s).is_metal and Element(s).melting_point]
    for symbol in set(metals) - {"Fr"}:
        entropy = 1e3 * value("fusion_heat", symbol) / float(Element(symbol).melting_point)
        assert 3 < entropy < 21, symbol


def test_missing_fusion_heat_and_conductivity_are_interpolated():
    empty = {row["symbol"] for row in read_rows() if not row["fusion_heat"]}
    assert empty == {"He", "Pm", "At", "Rn", "Fr"}
    assert value("fusion_heat", "Pm") == pytest.approx((7.14 + 8.62) / 2)
    assert value("thermal_conductivity", "Fr") == pytest.approx((0.00361 + 19) / 2)


def test_fields_say_their_unit_and_what_is_missing():
    source = (
        resources.files("tcexplore.crystal").joinpath("elements.py").read_text(encoding="utf-8")
    )
    for column in COLUMNS:
        docstring = source.split(f"    {column}: FloatArray\n")[1].split('"""')[1]
        assert docstring.startswith("(")
        assert "by way of" in docstring
