"""The nearest known materials."""

import pandas as pd
import pytest
from pymatgen.core import Composition

from tcexplore.display.crystal.structure import neighbour_table
from tcexplore.equation_of_state.estimate import composition_pressure
from tcexplore.model import DEFAULT_MODEL
from tcexplore.model.files import load_model_files
from tcexplore.model.nearest_known import nearest_known
from tcexplore.model.predictor import model_directory

KNOWN = pd.DataFrame(
    {
        "formula": ["LaH10", "YH9", "MgB2", "NaN", "Mg0.9Al0.1B2"],
        "tc": [250.0, 240.0, 39.0, 1.0, 35.0],
        "tc_kind": ["experiment"] * 5,
        "space_group_number": [225, 194, 191, 225, 191],
        "source": ["a:200GPa_LaH10.cif", "a:YH9.cif", "3DSC_MP:mp-763", "a:NaN.cif", "a:b.cif"],
        "volume_per_atom": [2.9, 2.7, 9.7, 9.0, 9.7],
    }
)


def test_nearest_first_with_the_share_of_exchanged_atoms():
    first, second, *_ = nearest_known(Composition("MgB2"), KNOWN, count=3)
    assert (first.formula, first.tc, first.distance) == ("MgB2", 39.0, 0.0)
    assert second.formula == "Mg0.9Al0.1B2"
    assert second.distance == pytest.approx(0.1 / 3)


def test_amounts_do_not_matter_but_ratios_do():
    for formula in ("H10Y", "Y2H20"):
        nearest = nearest_known(Composition(formula), KNOWN, count=2)
        assert [n.formula for n in nearest] == ["YH9", "LaH10"]
        assert nearest[1].distance == pytest.approx(1 / 11)


def test_nothing_in_common_is_a_distance_of_one():
    assert nearest_known(Composition("Fe"), KNOWN, count=1)[0].distance == pytest.approx(1)


def test_an_element_that_no_model_knows_has_neighbours_too():
    assert nearest_known(Composition("AmH10"), KNOWN, count=1)[0].formula == "LaH10"


def test_pressures_are_stated_estimated_or_unknown_and_never_zero_for_unknown():
    near = nearest_known(Composition("MgB2"), KNOWN, count=5)
    table = neighbour_table(near).set_index("Formula")["Pressure"]
    assert table["LaH₁₀"] == "200 GPa"
    assert table["MgB₂"] == "ambient"
    assert table["NaN"] == table["Mg₀.₉Al₀.₁B₂"] == "not known"
    estimate = composition_pressure(Composition("YH9"), 10 * 2.7)
    assert 50 < estimate.low < estimate.estimated < estimate.high < 600
    assert table["YH₉"] == f"about {estimate.estimated:.0f}\u00a0GPa" + (
        f" ({estimate.low:.0f} to {estimate.high:.0f})"
    )


def test_materials_of_the_shipped_model_are_named_after_their_pressures():
    known = load_model_files(model_directory(DEFAULT_MODEL)).known
    [h3s] = [near for near in nearest_known(Composition("H3S"), known, count=30)
             if near.source.startswith("hydrides:200GPa_Im-3m")]  # fmt: skip
    assert h3s.pressure.stated == 200
    assert h3s.pressure.estimated == pytest.approx(200, rel=0.1)
