"""Training in real arithmetic learns the weights of the cvnn network."""

from dataclasses import replace

import numpy as np
import pytest

from tcexplore.features.scaling import NetworkInputs
from tcexplore.model.config import NetworkConfig, TrainingConfig
from tcexplore.model.network import evaluate_network, real_network
from tcexplore.training.data import TrainingRows

SMALL = NetworkConfig(
    n_descriptors=12, filters=(4, 6), descriptor_units=(8, 8), joint_units=(16, 8), dropout=0.1
)


@pytest.fixture(scope="module")
def trainer():
    return pytest.importorskip("tcexplore.training.tf_trainer")


def training_rows(rng):
    shape = (64, *[SMALL.n_box] * 3, 2)
    image = (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex64)
    columns = rng.normal(size=(64, 12)).astype(np.float32)
    tc = np.maximum(10 + 5 * columns[:, 0], 0)
    return TrainingRows(NetworkInputs(image, columns, columns), tc, np.ones(64, np.float32))


@pytest.mark.parametrize("output", ["linear", "root"])
def test_its_forward_pass_is_that_of_the_cvnn_network(trainer, rng, tmp_path, output):
    rows = training_rows(rng)
    image, columns = rows.inputs.coefficients, rows.inputs.columns
    network, settings = replace(SMALL, output=output), TrainingConfig(epochs=2, batch_size=16)
    weights = trainer.fit(rows, network, settings, run_directory=tmp_path)
    expected = evaluate_network(real_network(weights, network), image, columns)
    scale, shift = trainer.UNITS[output]
    in_units = weights | {"tc/0": weights["tc/0"] / scale, "tc/1": weights["tc/1"] / scale - shift}
    found = trainer.forward(
        in_units, network, trainer.real_image(image), columns, is_training=False
    )
    learned = (np.asarray(found) + shift) * scale
    learned = np.maximum(learned, 0) ** 2 if output == "root" else learned
    np.testing.assert_allclose(learned, expected, atol=1e-2)


@pytest.mark.parametrize("output", ["linear", "root"])
def test_training_reduces_the_error_and_is_not_repeated(trainer, rng, tmp_path, output):
    rows, network = training_rows(rng), replace(SMALL, output=output)
    inputs = rows.inputs.coefficients, rows.inputs.columns

    def error(epochs):
        settings = TrainingConfig(epochs=epochs, batch_size=16, learning_rate=0.01)
        run = tmp_path / str(epochs)
        weights = trainer.fit(rows, network, settings, run_directory=run)
        again = trainer.fit(rows, network, settings, run_directory=run)
        np.testing.assert_array_equal(again["tc/0"], weights["tc/0"])
        return np.abs(evaluate_network(real_network(weights, network), *inputs) - rows.tc).mean()

    assert error(100) < 0.5 * error(1)


def test_networks_that_it_cannot_train_are_refused(trainer, rng, tmp_path):
    with pytest.raises(ValueError, match="without batch normalisation"):
        trainer.fit(
            training_rows(rng),
            replace(SMALL, output="relu"),
            TrainingConfig(),
            run_directory=tmp_path,
        )
