"""Element swaps at a pressure: every pair at its own volume."""

import dataclasses

import numpy as np
import pytest
from support.stand_in_model import stand_in_predictor

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.orbits import site_choices
from tcexplore.crystal.structure import StructureError
from tcexplore.display.element_swap import swap_figure, swap_table
from tcexplore.equation_of_state.estimate import crystal_pressure
from tcexplore.scans.scan import member
from tcexplore.studies.element_swap import element_swap
from tcexplore.studies.swap_pressure import swap_pressures

X, Y = ("Mg", "La", "Be", "He", "H"), ("H", "Ca", "N")


@pytest.fixture(scope="module")
def predictor():
    return stand_in_predictor()


def swap_of(predictor, entry_id, **options):
    parent = predictor.cell(catalogue_entry(entry_id).structure())
    sites = list(site_choices(parent.structure).values())
    return element_swap(
        predictor, parent, x_sites=sites[0][:1], y_sites=sites[-1][:1], x=X, y=Y, **options
    )


@pytest.mark.parametrize("entry_id", ["mgh13-fm-3m-200gpa", "li2mgh16-p-3m1-300gpa"])
def test_every_material_has_the_pressure_and_the_tc_of_its_own_cell(predictor, entry_id):
    swap = swap_of(predictor, entry_id, pressures=[150.0])
    assert np.isnan(swap.tc[:, X.index("Be")]).all(), "Be-H units: no volume is known"
    assert np.isnan(swap.tc[:, X.index("He")]).all(), "He has no atomic radius"
    for x in ("Mg", "La", "H"):
        for y in ("Ca", "N"):
            structure = swap.structure(x, y)
            pressure = crystal_pressure(structure)
            assert pressure.value == pytest.approx(150.0), (x, y)
            assert pressure.low < 150.0 < pressure.high
    pressures = swap_pressures(swap)
    np.testing.assert_allclose(pressures.value[np.isfinite(swap.tc)], 150.0)
    with pytest.raises(ValueError, match="X = Be, Y = H is not predicted: its volume"):
        swap.structure("Be", "H")


@pytest.mark.parametrize("entry_id", ["mgh13-fm-3m-200gpa", "yh9-p63mmc-201gpa"])
def test_fast_path_equals_the_members_one_by_one(predictor, entry_id):
    swap = swap_of(predictor, entry_id, pressures=[100.0])
    scan, lattice = swap.scan, swap.scan.parent.structure.lattice.matrix
    n_compared = 0
    for row, place in enumerate(map(tuple, swap.places)):
        if np.isfinite(swap.tc[place]):
            alone = dataclasses.replace(scan, lattices=swap.peak_scale[place] * lattice[None])
            expected = predictor.tc([member(alone, row, 0)])
            for values, part in zip(
                (swap.tc, swap.tc_low, swap.tc_high), expected.parts, strict=True
            ):
                np.testing.assert_allclose(values[place], part[0], atol=1e-3)
            n_compared += 1
    assert n_compared == np.isfinite(swap.tc).sum() >= 8


def test_maximum_over_pressures_is_that_of_the_single_ones(predictor):
    single = [swap_of(predictor, "mgh13-fm-3m-200gpa", pressures=[p]) for p in (50.0, 150.0, 300.0)]
    swap = swap_of(predictor, "mgh13-fm-3m-200gpa", pressures=[50.0, 150.0, 300.0])
    stacked = np.stack([one.tc for one in single])
    np.testing.assert_allclose(swap.tc, np.fmax.reduce(stacked), atol=1e-3)
    best = np.array([50.0, 150.0, 300.0])[np.nan_to_num(stacked, nan=-1.0).argmax(axis=0)]
    held = np.isfinite(swap.tc)
    np.testing.assert_allclose(swap_pressures(swap).value[held], best[held])


def test_table_and_map_tell_the_pressures(predictor):
    swap = swap_of(predictor, "mgh13-fm-3m-200gpa")
    table = swap_table(swap)
    row = table.set_index(["x", "y"]).loc[("La", "H")]
    own = crystal_pressure(swap.structure("La", "H"))
    assert row["pressure_gpa"] == pytest.approx(own.value, abs=0.06)
    assert (row["pressure_low"], row["pressure_high"]) == pytest.approx(
        (own.low, own.high), abs=0.06
    )
    figure = swap_figure(table, x=X, y=Y, quantity="pressure")
    [cells] = [trace for trace in figure.data if trace.name == "pressure"]
    assert cells.z[Y.index("H")][X.index("La")] == pytest.approx(own.value, abs=0.06)
    [points] = [trace for trace in figure.data if trace.name == "materials"]
    assert any("GPa (" in text for details in points.customdata for text in details)


def test_no_map_at_a_pressure_without_hydrides(predictor):
    parent = predictor.cell(catalogue_entry("mgb2").structure())
    with pytest.raises(StructureError, match="the equation of state is of hydrides"):
        element_swap(predictor, parent, x_sites=[0], x=X, pressures=[200.0])
    with pytest.raises(StructureError, match="a pressure of 20 GPa; expected 50 to 600 GPa"):
        swap_of(predictor, "mgh13-fm-3m-200gpa", pressures=[20.0])
