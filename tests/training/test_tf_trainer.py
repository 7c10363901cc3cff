"""Training in real arithmetic learns the weights of the cvnn network."""

from dataclasses import replace

import numpy as np
import pytest

from tcexplore.model.config import NetworkConfig, TrainingConfig
from tcexplore.model.network import evaluate_network, real_network

pytestmark = pytest.mark.xdist_group("tensorflow")

SMALL = NetworkConfig(
    n_descriptors=12, filters=(4, 6), descriptor_units=(8, 8), joint_units=(16, 8), dropout=0.1
)


@pytest.fixture(scope="module")
def quick():
    return pytest.importorskip("tcexplore.training.tf_trainer")


def part(rng):
    shape = (64, *[SMALL.n_box] * 3, 2)
    image = (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex64)
    numbers = rng.normal(size=(64, 12)).astype(np.float32)
    return (image, numbers), 10 + 5 * numbers[:, 0], np.ones(64, np.float32)


@pytest.mark.parametrize("output", ["linear", "root"])
def test_its_forward_pass_is_that_of_the_cvnn_network(quick, rng, tmp_path, output):
    (image, numbers), tc, weight = part(rng)
    network, settings = replace(SMALL, output=output), TrainingConfig(epochs=2, batch_size=16)
    rows = (image, numbers), np.maximum(tc, 0), weight
    weights = quick.quick_fit(rows, network, settings, run_directory=tmp_path)
    expected = evaluate_network(real_network(weights, network), image, numbers)
    scale, shift = quick.UNITS[output]
    in_units = weights | {"tc/0": weights["tc/0"] / scale, "tc/1": weights["tc/1"] / scale - shift}
    found = quick.forward(in_units, network, quick.real_image(image), numbers, is_training=False)
    learned = (np.asarray(found) + shift) * scale
    learned = np.maximum(learned, 0) ** 2 if output == "root" else learned
    np.testing.assert_allclose(learned, expected, atol=1e-2)


@pytest.mark.parametrize("output", ["linear", "root"])
def test_training_reduces_the_error_and_is_not_repeated(quick, rng, tmp_path, output):
    inputs, tc, weight = part(rng)
    rows, network = (inputs, np.maximum(tc, 0), weight), replace(SMALL, output=output)

    def error(epochs):
        settings = TrainingConfig(epochs=epochs, batch_size=16, learning_rate=0.01)
        run = tmp_path / str(epochs)
        weights = quick.quick_fit(rows, network, settings, run_directory=run)
        again = quick.quick_fit(rows, network, settings, run_directory=run)
        np.testing.assert_array_equal(again["tc/0"], weights["tc/0"])
        return np.abs(evaluate_network(real_network(weights, network), *inputs) - rows[1]).mean()

    assert error(100) < 0.5 * error(1)


def test_networks_that_it_cannot_train_are_refused(quick, rng, tmp_path):
    with pytest.raises(ValueError, match="without batch normalisation"):
        quick.quick_fit(
            part(rng), replace(SMALL, output="relu"), TrainingConfig(), run_directory=tmp_path
        )
