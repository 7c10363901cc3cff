"""The list of held-out chemical systems: written down here, drawn again by the code."""

from pathlib import Path

import pytest

from tcexplore.datasets.compositions import atomic_fractions, chemical_system
from tcexplore.datasets.hold_out import is_held_out
from tcexplore.model.files import read_predictions

# Every row of cvcnn-2's data set with a Tc above 0 is a test row of one of these two splits.
EVALUATED = Path(__file__).parents[2] / "models" / "cvcnn-2"
SPLITS = ("chemical_system", "aside")

HELD_OUT = """
    B-H-Li C-H C-H-Y Ca-H-Y Cr-H Fe-H H-In H-La-S H-La-Y H-Mg-Si H-Mg-Sr H-Mg-Ti H-Sc-Y H-Si H-Tc
    Bi-Cu-O-Sr Ca-Cu-Ga-O-Sr-Y Cu-Gd-Ir-O-Ru-Sr Cu-Gd-O-Ru-Sr-Y Cu-La-O-Rb
    As-F-Fe-La-O-Y As-Fe-La-O-P As-Fe-Nd-O-Th As-Fe-O-Rh-Sm
    Al-Cu-Ti Al-F-Na Al-Mo-Si Al-Pd-Th-U As-Ba-Pd As-La-Pd Au-Zr B-C-Co-Ni-Y B-Ca-O B-Dy-Ir-Rh
    B-Er-Ho-Rh B-Er-Lu-Ru B-Ir-Mg B-Lu-Rh B-Mg-Ti B-Rh-Sc-Th Ba-O-Sb-Ti Ba-O-Sr-Ti Ba-Rh C-Co-Y Ce
    Ce-In-Ir-Pt Ce-Rh-Si Fe-V Ga-Sb-V Ga-Sc-Zn In-Mg-Ni La-Pb-Tl Nb-Pd Ni-Sc-Sn Ni-U Pd-Sn-Tm-Y
    Rh-S Ru-V
"""  # hydrides, cuprates, iron-based, others


@pytest.fixture(scope="module")
def rows():
    """Rows of the shipped model's data set: formula, family, tc, tc_kind and chemical system."""
    table = read_predictions(EVALUATED)
    table = table[table["split"].isin(SPLITS)].reset_index(drop=True)
    systems = [chemical_system(atomic_fractions(formula)) for formula in table["formula"]]
    return table.assign(chemical_system=systems)


def test_the_held_out_chemical_systems_are_the_ones_written_here(rows):
    assert len(rows) == 7226
    drawn = sorted(set(rows["chemical_system"][is_held_out(rows)]))
    assert drawn == sorted(HELD_OUT.split())


def test_the_held_out_rows_are_those_that_the_shipped_model_was_tested_on(rows):
    is_test_row = (rows["split"] == "aside").to_numpy()
    assert is_test_row.sum() == 144
    assert (is_held_out(rows) == is_test_row).all()
