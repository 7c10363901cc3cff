"""The held-out chemical systems: the very ones that the shipped model never saw."""

import pytest

from tcexplore.datasets.compositions import atomic_fractions, chemical_system
from tcexplore.datasets.hold_out import HELD_OUT_SYSTEMS, is_held_out
from tcexplore.model import DEFAULT_MODEL
from tcexplore.model.files import read_predictions
from tcexplore.resources import MODELS

# Every row of the model's data set with a Tc above 0 is a test row of one of these two splits.
EVALUATED = MODELS / DEFAULT_MODEL
SPLITS = ("chemical_system", "aside")


@pytest.fixture(scope="module")
def rows():
    """Rows of the shipped model's data set: formula, family, tc, tc_kind and chemical system."""
    table = read_predictions(EVALUATED)
    table = table[table["split"].isin(SPLITS)].reset_index(drop=True)
    systems = [chemical_system(atomic_fractions(formula)) for formula in table["formula"]]
    return table.assign(chemical_system=systems)


def test_the_held_out_systems_are_those_that_the_shipped_model_was_tested_on(rows):
    assert len(rows) == 7368
    is_test_row = (rows["split"] == "aside").to_numpy()
    assert is_test_row.sum() == 147
    assert (is_held_out(rows) == is_test_row).all()
    assert sorted(HELD_OUT_SYSTEMS) == sorted(set(rows["chemical_system"][is_test_row]))
    assert len(HELD_OUT_SYSTEMS) == 58
