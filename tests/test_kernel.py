"""The Gaussian process: it passes through what it saw, and equals the plain formula."""

import numpy as np
import pytest

from tcexplore.configs import KernelConfig
from tcexplore.constants import ELEMENTS
from tcexplore.descriptors import descriptors
from tcexplore.kernel import fit_kernel, scaled_kernel_tc
from tcexplore.scalars import hydrogen_contacts
from tcexplore.scaling import fit_scaling_with_scalars, network_columns, scaled_descriptors
from tcexplore.structure import canonical_cell


@pytest.fixture
def values(mgb2, disordered, spinel, polar, triclinic, rng):
    """Descriptors and contacts of sixty crystals, and a Tc that follows the volume per atom."""
    rows, tc = [], []
    for number in range(60):
        cell = canonical_cell((mgb2, disordered, spinel, polar, triclinic)[number % 5])
        scale = rng.uniform(0.8, 1.2)
        structure = cell.structure.copy().scale_lattice(cell.structure.volume * scale)
        own = descriptors(structure, cell.space_group_number, elements=ELEMENTS)
        rows.append(np.concatenate([own, hydrogen_contacts(structure)]))
        tc.append(100 * scale)
    return np.array(rows), np.array(tc)


@pytest.fixture
def scaling(values):
    image = np.ones((len(values[0]), 1, 1, 1, 2))
    return fit_scaling_with_scalars(image, values[0], n_elements=len(ELEMENTS), n_statistics=89)


def test_it_passes_through_what_it_saw(values, scaling):
    rows, tc = values
    member = fit_kernel(rows, tc, np.ones(60), scaling, KernelConfig(noise=1e-4))
    found = scaled_kernel_tc(member, scaled_descriptors(rows, scaling))
    np.testing.assert_allclose(found, tc, rtol=0.05)


def test_it_equals_the_plain_formula(values, scaling):
    rows, tc = values
    config = KernelConfig(noise=0.1)
    member = fit_kernel(rows[:50], tc[:50], np.ones(50), scaling, config)
    scaled = scaled_descriptors(rows, scaling)
    x = (scaled * member.lengths).astype(float)
    r = np.sqrt(3) * np.linalg.norm(x[:, None] - x[None, :50], axis=-1)
    k = (1 + r) * np.exp(-r)
    fitted = [
        y.mean() + k @ np.linalg.solve(k[:50] + (0.1 + 1e-5) * np.eye(50), y - y.mean())
        for y in (tc[:50], np.sqrt(tc[:50]))
    ]
    expected = (np.maximum(fitted[0], 0) + np.maximum(fitted[1], 0) ** 2) / 2
    np.testing.assert_allclose(scaled_kernel_tc(member, scaled), expected, atol=0.05)


def test_bins_fill_one_after_the_other(values, scaling):
    scaled = scaled_descriptors(values[0], scaling)
    columns = network_columns(scaled, scaling)[:, len(ELEMENTS) :]
    filled = columns.reshape(60, 6, -1)  # (structures, bins, columns)
    assert filled.min() >= 0
    assert filled.max() <= 1
    for low, high in zip(range(5), range(1, 6), strict=True):
        wide = (np.diff(scaling.edges, axis=0)[[low, high]] > 0).all(axis=0)
        assert (filled[:, low, wide][filled[:, high, wide] > 0] == 1).all()
