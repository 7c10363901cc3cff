"""Weights of the training rows in the Gaussian process: noise of a row = noise / weight."""

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

from tcexplore.catalogue.entries import load_catalogue
from tcexplore.crystal.canonical import canonical_cell
from tcexplore.features.scaling import fit_scaling_with_scalars, scaled_descriptors
from tcexplore.model.config import GaussianProcessConfig, ModelConfig
from tcexplore.model.gaussian_process import gaussian_process_tc
from tcexplore.model.predictor import unscaled_inputs
from tcexplore.training.gaussian_process_fit import JITTER, fit_gaussian_process

N_ROWS = 30
CONFIG = GaussianProcessConfig(
    noise=0.3, short_range=0.4, short_range_noise=0.1, short_range_length=0.5
)
WEIGHT = np.repeat([1.0, 2.0, 3.0, 1.0, 2.0, 4.0], 5)  # whole numbers, to be written out as rows
TC = np.tile([4.0, 20.0, 45.0, 90.0, 160.0], 6)  # (K) the same mean under every weight


@pytest.fixture(scope="module")
def descriptors():
    """Unscaled descriptors of thirty crystals of the catalogue, hydrogen contacts last."""
    cells = [canonical_cell(entry.structure()) for entry in load_catalogue()[:N_ROWS]]
    return unscaled_inputs(cells, ModelConfig(has_scalars=True))[1]


@pytest.fixture(scope="module")
def scaling(descriptors):
    image = np.ones((N_ROWS, 1, 1, 1, 2), complex)
    return fit_scaling_with_scalars(image, descriptors, n_elements=94, n_statistics=89)


def tc_of(process, descriptors, scaling):
    return gaussian_process_tc(process, scaled_descriptors(descriptors, scaling))


def test_a_row_of_weight_w_counts_as_w_equal_rows(descriptors, scaling):
    weighted = fit_gaussian_process(descriptors, TC, WEIGHT, scaling, CONFIG)
    copies = np.repeat(np.arange(N_ROWS), WEIGHT.astype(int))
    repeated = fit_gaussian_process(
        descriptors[copies], TC[copies], np.ones(len(copies)), scaling, CONFIG
    )
    found, expected = (tc_of(p, descriptors, scaling) for p in (weighted, repeated))
    np.testing.assert_allclose(found.smooth, expected.smooth, atol=0.02)
    np.testing.assert_allclose(found.short_range, expected.short_range, atol=0.02)
    unweighted = fit_gaussian_process(descriptors, TC, np.ones(N_ROWS), scaling, CONFIG)
    assert np.abs(tc_of(unweighted, descriptors, scaling).smooth - found.smooth).max() > 1


def test_weights_act_as_the_noise_of_each_sample_in_scikit_learn(descriptors, scaling, rng):
    weight = rng.uniform(0.1, 1.0, N_ROWS)  # as in the data: one over the rows that share a label
    process = fit_gaussian_process(descriptors, TC, weight, scaling, CONFIG)
    long, short = matern(process.lengths, 1.5), matern(process.composition_lengths, 0.5)
    with_memory = long + ConstantKernel(CONFIG.short_range, "fixed") * short
    scaled = scaled_descriptors(descriptors, scaling).astype(float)
    found = tc_of(process, descriptors, scaling)  # at trained compositions memory counts in full
    expected = regressed_tc(long, scaled, weight, CONFIG.noise)
    np.testing.assert_allclose(found.smooth, expected, atol=0.05)
    expected = regressed_tc(with_memory, scaled, weight, CONFIG.short_range_noise)
    np.testing.assert_allclose(found.tc, expected, atol=0.05)


def matern(factors, nu):
    """Matérn's kernel of scikit-learn; a factor of 0 is an endless length."""
    lengths = 1.0 / np.maximum(factors.astype(float), 1e-12)
    return Matern(length_scale=lengths, length_scale_bounds="fixed", nu=nu)


def regressed_tc(kernel, points, weight, noise):
    """Tc (K) at the training rows: the mean of regressions of Tc and of its root, squared."""
    regressions = [
        np.average(y, weights=weight)
        + GaussianProcessRegressor(kernel, alpha=noise / weight + JITTER, optimizer=None)
        .fit(points, y - np.average(y, weights=weight))
        .predict(points)
        for y in (TC, np.sqrt(TC))
    ]
    return (np.maximum(regressions[0], 0) + np.maximum(regressions[1], 0) ** 2) / 2
