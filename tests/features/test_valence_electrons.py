"""Statistics of valence electrons: right by hand, the same for any multiple of a formula."""

import numpy as np
import pytest

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.features.valence_electrons import (
    BLOCKS,
    N_ELECTRONS,
    PROPERTIES,
    electron_statistics,
)


def statistics(**amounts):
    """The statistics of one composition by property: mean, deviation, range."""
    row = np.array([[amounts.get(symbol, 0.0) for symbol in ELEMENTS]])
    [values] = electron_statistics(row, elements=ELEMENTS)
    assert values.shape == (N_ELECTRONS,)
    n = len(PROPERTIES)
    found = {name: values[[i, n + i, 2 * n + i]] for i, name in enumerate(PROPERTIES)}
    return found | dict(zip(BLOCKS, values[3 * n :], strict=True))


def test_lanthanum_hydride_by_hand():
    found = statistics(La=1, H=10)
    np.testing.assert_allclose(found["s_electrons"], [12 / 11, np.sqrt(10) / 11, 1.0])
    np.testing.assert_allclose(found["d_electrons"], [1 / 11, np.sqrt(10) / 11, 1.0])
    np.testing.assert_allclose(found["group"][[0, 2]], [13 / 11, 2.0])
    assert found["d_block"] == pytest.approx(1 / 11)
    assert found["s_block"] == pytest.approx(10 / 11)


@pytest.mark.parametrize(
    ("symbol", "electrons", "block"),
    [
        ("Cu", (1, 0, 10, 0), "d_block"),
        ("Ga", (2, 1, 0, 0), "p_block"),  # its closed d shell is core
        ("Pb", (2, 2, 0, 0), "p_block"),  # and so is a closed f shell
        ("Hf", (2, 0, 2, 0), "d_block"),
        ("U", (2, 0, 1, 3), "f_block"),
    ],
)
def test_valence_electrons_of_elements(symbol, electrons, block):
    found = statistics(**{symbol: 1})
    names = [f"{shell}_electrons" for shell in "spdf"]
    assert tuple(found[name][0] for name in names) == electrons
    assert found["valence_electrons"][0] == sum(electrons)
    assert found[block] == 1


def test_a_multiple_of_a_formula_is_the_same():
    once, thrice = statistics(Mg=1, B=2), statistics(Mg=3, B=6)
    for name in once:
        np.testing.assert_allclose(once[name], thrice[name])
