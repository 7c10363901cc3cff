"""The list of best substitutions: mirror images in X and Y are one material."""

import numpy as np
import pandas as pd
import pytest
from pymatgen.core import Lattice, Structure
from support.stand_in_model import stand_in_predictor

from tcexplore.display.element_swap import best_pairs, swap_table
from tcexplore.studies.element_swap import element_swap


def table(*lines):
    return pd.DataFrame(lines, columns=["x", "y", "formula", "tc"])


def test_a_pair_and_its_mirror_image_are_listed_once():
    best = best_pairs(
        table(
            ("Al", "La", "LaAl", 30.001),
            ("La", "Al", "LaAl", 30.004),  # the same crystal, its Tc rounded otherwise
            ("La", "La", "La", 40.0),
        ),
        3,
    )
    assert best[["x", "y"]].to_numpy().tolist() == [["La", "La"], ["La", "Al"]]


def test_one_formula_on_other_sites_is_another_material():
    """In a compound whose X and Y are not equivalent, AB and BA are two crystals."""
    pairs = table(("Al", "La", "LaAlH6", 30.0), ("La", "Al", "LaAlH6", 50.0))
    assert best_pairs(pairs, 5)["tc"].tolist() == [50.0, 30.0]


def test_two_materials_of_one_tc_stay_two():
    assert len(best_pairs(table(("Al", "La", "LaAl", 30.0), ("Y", "La", "YLa", 30.0)), 5)) == 2


def test_mirror_images_do_not_take_the_room_of_others():
    """Two are asked for: the second is the next material, not the first one again."""
    pairs = table(("Al", "La", "LaAl", 9.0), ("La", "Al", "LaAl", 9.0), ("Y", "Y", "Y", 7.0))
    assert best_pairs(pairs, 2)["formula"].tolist() == ["LaAl", "Y"]


@pytest.mark.parametrize("scale", [0.9, 1.1])
def test_a_swap_on_the_two_sites_of_caesium_chloride_lists_each_material_once(scale):
    predictor, symbols = stand_in_predictor(), ("Al", "Y", "La", "Nb")
    structure = Structure(Lattice.cubic(4.0), ["Cs", "Cl"], [[0, 0, 0], [0.5] * 3])
    swap = element_swap(
        predictor, predictor.cell(structure), x_sites=(0,), y_sites=(1,), x=symbols, y=symbols,
        scales=[scale],
    )  # fmt: skip
    pairs = swap_table(swap)
    np.testing.assert_allclose(swap.tc, swap.tc.T, atol=2e-3)
    assert len(pairs) == 16
    best = best_pairs(pairs, 16)
    assert len(best) == 10  # 4 elements and 6 compounds
    assert {frozenset(pair) for pair in best[["x", "y"]].to_numpy()} == {
        frozenset(pair) for pair in pairs[["x", "y"]].to_numpy()
    }
