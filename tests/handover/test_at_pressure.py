"""Cell at a pressure: the volume that the equation of state gives, or the reason why none."""

import numpy as np
import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.equation_of_state.estimate import crystal_pressure, pressure_scale
from tcexplore.handover.at_pressure import cell_at_pressure

LAH10 = "lah10-fm-3m-150gpa"


def test_the_scaled_cell_has_the_pressure():
    structure = catalogue_entry(LAH10).structure()
    scaled = cell_at_pressure(structure, 250.0)
    assert crystal_pressure(scaled.structure).estimated == pytest.approx(250)
    np.testing.assert_array_equal(scaled.structure.frac_coords, structure.frac_coords)
    assert scaled.structure.lattice.angles == pytest.approx(structure.lattice.angles)
    assert "scaled by 0.9498" in scaled.note


def test_a_stated_pressure_anchors_the_volume():
    structure = catalogue_entry(LAH10).structure()
    assert cell_at_pressure(structure, 150.0, stated=150.0).structure == structure
    [volume] = pressure_scale(structure, 150.0).volumes(np.array([200.0]))
    scaled = cell_at_pressure(structure, 200.0, stated=150.0)
    assert scaled.structure.volume == pytest.approx(volume)


@pytest.mark.parametrize(
    ("entry_id", "pressure", "stated", "reason"),
    [
        (LAH10, 20.0, 150.0, "holds from 50 to 600 GPa, not at 20 GPa"),
        (LAH10, 200.0, 0.0, "0 GPa is stated"),
        ("mgb2", 200.0, None, "equation of state is of hydrides"),
    ],
)
def test_without_an_estimate_the_cell_stays_and_says_why(entry_id, pressure, stated, reason):
    structure = catalogue_entry(entry_id).structure()
    scaled = cell_at_pressure(structure, pressure, stated=stated)
    assert scaled.structure == structure
    assert scaled.note.startswith("The cell keeps its volume: ")
    assert reason in scaled.note


def test_notes_of_the_file_stay_with_the_scaled_cell():
    structure = catalogue_entry(LAH10).structure()
    structure.properties["warnings"] = ("D is read as H.",)
    assert cell_at_pressure(structure, 200.0).structure.properties == structure.properties


@pytest.mark.parametrize("pressure", [-1.0, np.nan, np.inf])
def test_a_pressure_is_a_number_from_0_on(pressure, mgb2):
    with pytest.raises(ValueError, match="expected a number from 0 on"):
        cell_at_pressure(mgb2, pressure)


def test_the_cell_at_its_own_pressure_needs_no_estimate(mgb2):
    scaled = cell_at_pressure(mgb2, 0.0, stated=0.0)
    assert scaled.structure == mgb2
    assert scaled.note == "The cell is that of 0 GPa."
