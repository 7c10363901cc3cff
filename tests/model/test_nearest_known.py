"""The nearest known materials."""

import pandas as pd
import pytest
from pymatgen.core import Composition

from tcexplore.model.nearest_known import nearest_known

KNOWN = pd.DataFrame(
    {
        "formula": ["LaH10", "YH9", "MgB2", "NaN", "Mg0.9Al0.1B2"],
        "tc": [250.0, 240.0, 39.0, 1.0, 35.0],
        "tc_kind": ["experiment"] * 5,
        "space_group_number": [225, 194, 191, 225, 191],
        "source": [f"source:{i}" for i in range(5)],
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
