"""The Gaussian process: it passes through what it saw, and equals the plain formula."""

import numpy as np
import pytest

from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.elements import ELEMENTS
from tcexplore.features.descriptors import descriptors
from tcexplore.features.hydrogen_symmetry_functions import hydrogen_symmetry_functions
from tcexplore.features.pair_distances import pair_distances
from tcexplore.features.scaling import fit_scaling_with_scalars, network_columns, scaled_descriptors
from tcexplore.model.config import GaussianProcessConfig
from tcexplore.model.gaussian_process import gaussian_process_tc, short_range
from tcexplore.training.gaussian_process_fit import fit_gaussian_process


@pytest.fixture
def values(mgb2, disordered, spinel, polar, triclinic, rng):
    """Descriptors and contacts of sixty crystals, and a Tc that follows the volume per atom."""
    rows, tc = [], []
    for number in range(60):
        cell = canonical_cell((mgb2, disordered, spinel, polar, triclinic)[number % 5])
        scale = rng.uniform(0.8, 1.2)
        structure = cell.structure.copy().scale_lattice(cell.structure.volume * scale)
        geometry = hydrogen_symmetry_functions(structure), pair_distances(structure)
        own = descriptors(structure, cell.space_group_number, elements=ELEMENTS)
        rows.append(np.concatenate([own, *geometry]))
        tc.append(100 * scale)
    return np.array(rows), np.array(tc)


@pytest.fixture
def scaling(values):
    image = np.ones((len(values[0]), 1, 1, 1, 2))
    return fit_scaling_with_scalars(image, values[0], n_elements=len(ELEMENTS), n_statistics=89)


def test_it_passes_through_what_it_saw(values, scaling):
    rows, tc = values
    config = GaussianProcessConfig(noise=1e-4, short_range_noise=1e-4)
    process = fit_gaussian_process(rows, tc, np.ones(60), scaling, config)
    found = gaussian_process_tc(process, scaled_descriptors(rows, scaling))
    np.testing.assert_allclose(found.smooth, tc, rtol=0.05)
    np.testing.assert_allclose(found.tc, tc, rtol=0.05)


def test_it_equals_the_plain_formulas(values, scaling):
    rows, tc = values
    config = GaussianProcessConfig(
        noise=0.1, short_range=0.4, short_range_noise=0.02, short_range_length=0.5
    )
    process = fit_gaussian_process(rows[:50], tc[:50], np.ones(50), scaling, config)
    scaled = scaled_descriptors(rows, scaling)
    r = np.sqrt(3) * distances(scaled * process.lengths)
    roots = np.sqrt(rows[:, 89:183] / rows[:, 89:183].sum(axis=1, keepdims=True))
    short = np.exp(-distances(roots) / 0.5)
    smooth = regression((1 + r) * np.exp(-r), tc[:50], 0.1)
    with_short_range = regression((1 + r) * np.exp(-r) + 0.4 * short, tc[:50], 0.02)
    found = gaussian_process_tc(process, scaled)
    np.testing.assert_allclose(found.smooth, smooth, atol=0.05)
    similarity = short[:, :50].max(axis=1)
    np.testing.assert_allclose(
        found.short_range, similarity * (with_short_range - smooth), atol=0.1
    )


def distances(x):
    x = x.astype(float)
    return np.linalg.norm(x[:, None] - x[None, :50], axis=-1)


def regression(k, tc, noise):
    """Tc by the process of one kernel, the mean of Tc and of the square of its root."""
    fitted = [
        y.mean() + k @ np.linalg.solve(k[:50] + (noise + 1e-5) * np.eye(50), y - y.mean())
        for y in (tc, np.sqrt(tc))
    ]
    return (np.maximum(fitted[0], 0) + np.maximum(fitted[1], 0) ** 2) / 2


def test_without_the_cell_only_the_composition_counts(values, scaling):
    rows, tc = values
    process = fit_gaussian_process(
        rows, tc, np.ones(60), scaling, GaussianProcessConfig(uses_cell=False)
    )
    found = gaussian_process_tc(process, scaled_descriptors(rows, scaling)).tc.reshape(12, 5)
    np.testing.assert_allclose(found, np.broadcast_to(found[0], (12, 5)), atol=0.05)
    assert np.ptp(tc) > 10


def test_a_trained_composition_is_as_near_as_can_be(values, scaling):
    """Else single precision shows: a composition then lies 0.004 from itself."""
    rows, tc = values
    process = fit_gaussian_process(rows, tc, np.ones(60), scaling, GaussianProcessConfig())
    amounts = scaled_descriptors(rows, scaling)[:, process.is_amount]
    similarity = short_range(process, amounts).similarity
    np.testing.assert_allclose(similarity, 1.0, atol=1e-5)


def test_far_from_every_known_composition_nothing_is_reprocessed(values, scaling):
    rows, tc = values
    process = fit_gaussian_process(rows, tc, np.ones(60), scaling, GaussianProcessConfig())
    other = rows[:1].copy()
    other[:, 89:183] = 0.0
    other[:, 89 + ELEMENTS.index("Pu")] = 3.0
    assert (
        abs(gaussian_process_tc(process, scaled_descriptors(other, scaling)).short_range[0]) < 0.01
    )


def test_bins_fill_one_after_the_other(values, scaling):
    scaled = scaled_descriptors(values[0], scaling)
    columns = network_columns(scaled, scaling)[:, len(ELEMENTS) :]
    filled = columns.reshape(60, 6, -1)  # (structures, bins, columns)
    assert filled.min() >= 0
    assert filled.max() <= 1
    for low, high in zip(range(5), range(1, 6), strict=True):
        wide = (np.diff(scaling.edges, axis=0)[[low, high]] > 0).all(axis=0)
        assert (filled[:, low, wide][filled[:, high, wide] > 0] == 1).all()
