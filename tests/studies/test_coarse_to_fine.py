"""The maximum over lattices from coarse steps to fine ones: that of the full scan."""

import numpy as np
import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.orbits import site_choices
from tcexplore.model.predictor import load_predictor
from tcexplore.scans.scan_tc import scan_tc
from tcexplore.studies.element_swap import element_swap, pair_places

ELEMENTS = ("H", "Li", "N", "Mg", "S", "Ca", "Cu", "Y", "Nb", "La", "Ce", "Pb")


@pytest.mark.parametrize("entry", ["mgh13-fm-3m-200gpa", "h3s-im-3m-200gpa"])
def test_maximum_equals_that_of_the_full_scan(entry):
    """Within 0.5 K, and the scale and the band are those of a lattice that has this Tc."""
    predictor = load_predictor()
    parent = predictor.cell(catalogue_entry(entry).structure())
    sites = list(site_choices(parent.structure).values())
    swap = element_swap(
        predictor,
        parent,
        x_sites=sites[0][:1],
        y_sites=sites[1][:1],
        x=ELEMENTS,
        y=ELEMENTS,
        scales=np.linspace(0.7, 1.9, 31),
    )
    full = scan_tc(predictor, swap.scan)
    places = tuple(pair_places(swap.scan, swap.x, swap.y).T)
    assert len(np.unique(swap.peak_scale)) > 2
    np.testing.assert_allclose(swap.tc[places], full.tc.max(axis=1), atol=0.5)
    lattice = np.abs(swap.scales - swap.peak_scale[places][:, None]).argmin(axis=1)
    rows = np.arange(len(lattice))
    for found, expected in zip((swap.tc, swap.tc_low, swap.tc_high), full.parts, strict=True):
        np.testing.assert_allclose(found[places], expected[rows, lattice], atol=1e-3)
