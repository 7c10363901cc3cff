"""Scalars of the cell: right by hand, independent of the cell."""

import numpy as np
import pytest

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.features.cell_scalars import SCALARS, cell_scalars
from tcexplore.features.descriptors import descriptors


def scalars(structure):
    [values] = cell_scalars(descriptors(structure, 1, elements=ELEMENTS)[None])
    return dict(zip(SCALARS, values, strict=True))


def test_scalars_by_hand_and_in_a_supercell(mgb2):
    found, doubled = scalars(mgb2), scalars(mgb2 * [1, 1, 2])
    volume = mgb2.volume
    assert found["charge_density"] == pytest.approx((12 + 2 * 5) / volume)
    assert found["log_volume_per_atom"] == pytest.approx(np.log(volume / 3))
    assert found["c_over_a"] == pytest.approx(3.524 / 3.086)
    assert found["hydrogen_density"] == 0
    for name in set(SCALARS) - {"c_over_a", "log_atoms_in_cell"}:
        assert doubled[name] == pytest.approx(found[name])
