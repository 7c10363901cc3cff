"""The cvnn network: its shape, what reaches its output, its learning, its real-arithmetic twin."""

from dataclasses import replace

import numpy as np
import pytest

from tcexplore.features.scaling import NetworkInputs
from tcexplore.model.config import ModelConfig, NetworkConfig, TrainingConfig
from tcexplore.model.network import evaluate_network, real_network
from tcexplore.training.data import TrainingRows

SMALL = NetworkConfig(
    n_descriptors=12, filters=(4, 6), descriptor_units=(8, 8), joint_units=(16, 8), dropout=0.1
)


@pytest.fixture(scope="module")
def networks():
    return pytest.importorskip("tcexplore.training.cvnn_network")


def random_inputs(config, n, rng, n_box=None):
    shape = (n, *[n_box or config.n_box] * 3, 2)
    coefficients = (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex64)
    return coefficients, rng.normal(size=(n, config.n_descriptors)).astype(np.float32)


def training_rows(coefficients, columns):
    tc = (20 + 5 * columns[:, 0]).astype(np.float32)
    inputs = NetworkInputs(coefficients, columns, columns)
    return TrainingRows(inputs, tc, np.ones(len(tc), np.float32))


def shaken(weights, rng):
    """Weights with biases and normalisations that are not 0 and 1."""
    return {
        name: (np.abs(w) + rng.random(w.shape) + 0.5 if name.endswith("norm/3") else w)
        + (0 if name.endswith("norm/3") else rng.normal(scale=0.05, size=w.shape))
        for name, w in weights.items()
    }


def test_the_paper_s_layers(networks):
    network = networks.build_network(NetworkConfig())
    shapes = [w.shape for w in network.get_layer("conv_0").get_weights()]
    assert shapes == [(3, 3, 3, 2, 32), (3, 3, 3, 2, 32), (32,), (32,)]
    assert network.get_layer("joint_0").get_weights()[0].shape == (32 + 256, 512)
    assert [network.get_layer(f"descriptor_{i}").units for i in range(4)] == [256] * 4


@pytest.mark.parametrize(("n_planes", "n_box"), [(13, 10), (14, 14), (12, 10), (25, 22)])
def test_cropping_to_the_box_is_exact(n_planes, n_box):
    """A plain count: which input planes does a chain of two convolutions and poolings use?"""
    used = np.arange(n_planes)
    for _ in range(2):
        windows = [used[i : i + 3] for i in range(len(used) - 2)]
        pairs = [windows[i : i + 2] for i in range(0, len(windows) - 1, 2)]
        used = np.arange(len(pairs))
        reach = pairs
    last = reach[-1][-1][-1]  # plane of the first pooling that is used last
    assert 2 * last + 1 + 2 == n_box - 1
    assert NetworkConfig(n_planes=n_planes).n_box == n_box


def test_planes_beyond_the_box_do_not_reach_the_output(networks, rng):
    """The convolutions of cvnn on 13 planes see exactly what they see on the first 10."""
    weights = networks.network_weights(networks.build_network(SMALL))
    coefficients, _ = random_inputs(SMALL, 3, rng, n_box=13)
    found = []
    for box in (coefficients, coefficients[:, :10, :10, :10]):
        image = networks.complex_layers.complex_input(box.shape[1:])
        branch = networks.keras.Model(image, networks.convolutions(image, SMALL))
        for name in ("conv_0", "conv_1"):
            branch.get_layer(name).set_weights([weights[f"{name}/{i}"] for i in range(4)])
        found.append(branch.predict(box, verbose=0))
    np.testing.assert_array_equal(found[0], found[1])


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("output", ["linear", "relu", "root"])
@pytest.mark.parametrize("n_planes", [13, 18])
def test_real_arithmetic_equals_cvnn(networks, rng, batch_norm, output, n_planes):
    config = replace(SMALL, batch_norm=batch_norm, output=output, n_planes=n_planes)
    weights = shaken(networks.network_weights(networks.build_network(config)), rng)
    coefficients, descriptors = random_inputs(config, 20, rng)
    linear = real_network(weights, replace(config, output="linear"))
    middle = np.median(evaluate_network(linear, coefficients, descriptors))
    weights["tc/1"] -= middle  # a rectified output then passes half of the rows, whatever was drawn
    network = networks.load_network(config, weights)
    expected = network.predict([coefficients, descriptors], verbose=0)[:, 0]
    found = evaluate_network(real_network(weights, config), coefficients, descriptors)
    assert np.std(expected) > 0
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_few_steps_reduce_the_loss_and_a_cut_off_run_goes_on(networks, rng, tmp_path):
    training = TrainingConfig(epochs=8, batch_size=16, learning_rate=3e-3, seed=1)
    config = ModelConfig(network=SMALL, training=training)
    inputs = random_inputs(SMALL, 64, rng)
    rows = training_rows(*inputs)
    weights, history = networks.fit(rows, rows, config, run_directory=tmp_path / "whole")
    assert len(history) == 8
    assert history["loss"].iloc[-1] < 0.5 * history["loss"].iloc[0]
    again, _ = networks.fit(rows, rows, config, run_directory=tmp_path / "again")
    for name, values in weights.items():
        np.testing.assert_allclose(again[name], values, atol=1e-6, err_msg=name)


def test_resumes_from_the_last_whole_epoch(networks, rng, tmp_path, monkeypatch):
    inputs = random_inputs(SMALL, 32, rng)
    rows = training_rows(*inputs)
    config = ModelConfig(network=SMALL, training=TrainingConfig(epochs=5, batch_size=16))

    class CutOff(networks.keras.callbacks.CSVLogger):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            if epoch == 2:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(networks.keras.callbacks, "CSVLogger", CutOff)
        with pytest.raises(KeyboardInterrupt):
            networks.fit(rows, rows, config, run_directory=tmp_path)
    _, history = networks.fit(rows, rows, config, run_directory=tmp_path)
    assert history["epoch"].iloc[-1] == 4
    assert history["epoch"].iloc[0] == 0
    assert len(history) <= 6
