import numpy as np
import pytest
from pymatgen.core import Composition, Lattice, Structure

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.fractions import composition_amounts
from tcexplore.equation_of_state.additive import PRESSURES, holds, reason_against
from tcexplore.equation_of_state.estimate import crystal_pressure, pressure_scale
from tcexplore.equation_of_state.files import load_equation_of_state, save_equation_of_state

HYDRIDES = ("H3S", "LaH10", "Li2MgH16", "MgH13", "YbH6", "CsH7")


def amounts(formula):
    return composition_amounts(Composition(formula))[:94]


@pytest.mark.parametrize("formula", HYDRIDES)
def test_volume_and_pressure_there_and_back(formula):
    equation = load_equation_of_state()
    pressures = np.linspace(*PRESSURES, 50)
    volumes = equation.volume(pressures, amounts(formula))
    assert (np.diff(volumes) < 0).all()
    np.testing.assert_allclose(equation.pressure(volumes, amounts(formula)), pressures, rtol=1e-9)


def test_pressure_of_many_compositions_at_once_equals_each_alone():
    equation = load_equation_of_state()
    rows = np.stack([amounts(formula) for formula in HYDRIDES])
    volumes = 1.05 * equation.volume(200.0, rows)
    together = equation.pressure(volumes, rows)
    alone = [float(equation.pressure(v, row)) for v, row in zip(volumes, rows, strict=True)]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


def test_volume_of_a_supercell_is_a_multiple():
    equation = load_equation_of_state()
    one = equation.volume(150.0, amounts("CaH6"))
    assert equation.volume(150.0, 4 * amounts("CaH6")) == pytest.approx(4 * one, rel=1e-12)


def test_compressibility_is_the_slope_of_the_curve():
    equation, row = load_equation_of_state(), amounts("LaH10")
    low, high = equation.volume(np.array([199.0, 201.0]), row)
    slope = -np.log(high / low) / np.log(201.0 / 199.0)
    assert float(equation.compressibility(200.0, row)) == pytest.approx(slope, rel=1e-4)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("MgB2", "of hydrides"),
        ("H", "pure hydrogen"),
        ("LaBH8", "covalent B-H"),
        ("LaBeH8", "covalent Be-H"),
        ("PdH", "1 H for each other atom, fewer than 2"),
    ],
)
def test_no_estimate_where_the_equation_does_not_hold(formula, words):
    row = amounts(formula)
    assert not holds(row)
    assert words in reason_against(row)
    assert np.isnan(load_equation_of_state().pressure(10.0, row))


def test_no_pressure_outside_the_range():
    equation, row = load_equation_of_state(), amounts("LaH10")
    assert np.isnan(equation.pressure(equation.volume(30.0, row), row))
    assert np.isnan(equation.pressure(equation.volume(900.0, row), row))
    assert np.isnan(equation.pressure(1000.0, row))


def test_an_element_without_hydride_cells_has_the_wider_error():
    equation = load_equation_of_state()
    assert not equation.is_fitted[amounts("Cs") > 0].any()
    fitted, expected = (float(equation.error_factor(200.0, amounts(f))) for f in ("LaH6", "CsH6"))
    assert expected > fitted > 1


def test_heavier_elements_are_refused_by_name():
    structure = Structure(Lattice.cubic(4.0), ["Am", "H", "H"], [[0, 0, 0], [0.5] * 3, [0.2] * 3])
    with pytest.raises(ValueError, match="Am is heavier than Pu"):
        pressure_scale(structure)
    assert "Am is heavier" in crystal_pressure(structure).reason


@pytest.mark.parametrize("stated", [0.0, 20.0, 900.0])
def test_a_stated_pressure_outside_the_range_leaves_no_estimate(stated):
    structure = catalogue_entry("h3s-im-3m-200gpa").structure()
    scale = pressure_scale(structure, stated)
    assert f"{stated:g} GPa is stated, and the equation of state holds from 50" in scale.reason
    assert np.isnan(scale.pressures(np.array([structure.volume])).value).all()
    with pytest.raises(ValueError, match="is stated"):
        scale.volumes(np.array([100.0]))


def test_file_there_and_back(tmp_path):
    equation = load_equation_of_state()
    save_equation_of_state(equation, tmp_path / "again.json")
    written = (tmp_path / "again.json").read_text()
    from importlib.resources import files

    shipped = files("tcexplore.equation_of_state") / "equation_of_state.json"
    assert written == shipped.read_text()


@pytest.mark.parametrize(
    ("entry_id", "lattice_parameter", "measured"),
    [("h3s-im-3m-200gpa", 3.088, 155.0), ("lah10-fm-3m-150gpa", 4.97, 185.0)],
)
def test_measured_lattices_from_the_catalogue_anchors(entry_id, lattice_parameter, measured):
    entry = catalogue_entry(entry_id)
    structure = entry.structure()
    scale = pressure_scale(structure, entry.pressure)
    volume = structure.volume * (lattice_parameter / structure.lattice.a) ** 3
    pressures = scale.pressures(np.array([volume, structure.volume]))
    assert abs(pressures.value[0] - measured) <= 20
    assert pressures.low[0] < pressures.value[0] < pressures.high[0]
    assert pressures.value[1] == pytest.approx(entry.pressure, rel=1e-9)
    assert pressures.low[1] == pytest.approx(pressures.high[1])


def test_anchored_volumes_there_and_back():
    structure = catalogue_entry("h3s-im-3m-200gpa").structure()
    scale = pressure_scale(structure, 200.0)
    pressures = np.array([100.0, 200.0, 300.0])
    volumes = scale.volumes(pressures)
    assert volumes[1] == pytest.approx(structure.volume)
    np.testing.assert_allclose(scale.pressures(volumes).value, pressures, rtol=1e-9)


def test_pressure_does_not_depend_on_the_cell():
    structure = catalogue_entry("yh9-p63mmc-201gpa").structure()
    supercell = structure.copy() * [[2, 1, 0], [0, 1, 0], [0, 0, 3]]
    primitive = structure.get_primitive_structure()
    estimates = [crystal_pressure(cell) for cell in (structure, primitive)]
    assert crystal_pressure(supercell).value == pytest.approx(estimates[0].value, rel=1e-9)
    assert estimates[0].value == pytest.approx(estimates[1].value, rel=1e-9)
    assert estimates[0].low < estimates[0].value < estimates[0].high
    assert estimates[0].kind == "estimated"


def test_stated_pressure_is_told_and_ambient_is_no_estimate():
    structure = catalogue_entry("nb3sn").structure()
    ambient = crystal_pressure(structure, 0.0)
    assert (ambient.kind, ambient.value, ambient.estimated) == ("stated", 0.0, None)
    unknown = crystal_pressure(structure)
    assert (unknown.kind, unknown.value) == ("unknown", None)
    assert "hydrides" in unknown.reason


def test_volume_at_a_pressure_outside_the_range_is_refused():
    scale = pressure_scale(catalogue_entry("h3s-im-3m-200gpa").structure())
    with pytest.raises(ValueError, match=r"20.* GPa; expected 50 to 600 GPa"):
        scale.volumes(np.array([20.0]))
    with pytest.raises(ValueError, match="of hydrides"):
        pressure_scale(catalogue_entry("nb3sn").structure()).volumes(np.array([100.0]))


def test_stated_pressure_that_the_volume_contradicts_is_told():
    structure = catalogue_entry("h3s-im-3m-200gpa").structure()
    assert crystal_pressure(structure, 200.0).agrees
    assert not crystal_pressure(structure, 50.0).agrees
