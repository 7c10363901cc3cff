"""Training in real arithmetic learns the weights of the cvnn network."""

from dataclasses import replace

import numpy as np
import pytest

from tcexplore.configs import NetworkConfig, TrainingConfig
from tcexplore.engine import evaluate_network, real_network

pytestmark = pytest.mark.xdist_group("tensorflow")

SMALL = NetworkConfig(
    n_descriptors=12, filters=(4, 6), descriptor_units=(8, 8), joint_units=(16, 8), dropout=0.1
)


@pytest.fixture(scope="module")
def quick():
    return pytest.importorskip("tcexplore.quick_fit")


def part(rng):
    shape = (64, *[SMALL.n_box] * 3, 2)
    image = (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex64)
    numbers = rng.normal(size=(64, 12)).astype(np.float32)
    return (image, numbers), 10 + 5 * numbers[:, 0], np.ones(64, np.float32)


def test_its_forward_pass_is_that_of_the_cvnn_network(quick, rng, tmp_path):
    rows = part(rng)
    settings = TrainingConfig(epochs=2, batch_size=16)
    weights = quick.quick_fit(rows, SMALL, settings, run_directory=tmp_path)
    (image, numbers), *_ = rows
    expected = evaluate_network(real_network(weights, SMALL), image, numbers)
    in_units = weights | {name: weights[name] / quick.UNIT for name in ("tc/0", "tc/1")}
    found = quick.forward(in_units, SMALL, quick.real_image(image), numbers, is_training=False)
    np.testing.assert_allclose(np.asarray(found) * quick.UNIT, expected, atol=1e-2)


def test_training_reduces_the_error_and_is_not_repeated(quick, rng, tmp_path):
    rows = part(rng)

    def error(epochs):
        settings = TrainingConfig(epochs=epochs, batch_size=16, learning_rate=0.01)
        run = tmp_path / str(epochs)
        weights = quick.quick_fit(rows, SMALL, settings, run_directory=run)
        again = quick.quick_fit(rows, SMALL, settings, run_directory=run)
        np.testing.assert_array_equal(again["tc/0"], weights["tc/0"])
        return np.abs(evaluate_network(real_network(weights, SMALL), *rows[0]) - rows[1]).mean()

    assert error(40) < 0.5 * error(1)


def test_networks_that_it_cannot_train_are_refused(quick, rng, tmp_path):
    with pytest.raises(ValueError, match="without batch normalisation"):
        quick.quick_fit(
            part(rng), replace(SMALL, output="relu"), TrainingConfig(), run_directory=tmp_path
        )
