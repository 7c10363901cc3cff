"""Splits, scaling and the whole way from rows to a model folder that predicts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.elements import ELEMENTS
from tcexplore.datasets import Dataset
from tcexplore.datasets.dataset import structure_arrays
from tcexplore.features.scaling import fit_scaling, scaled_coefficients, scaled_descriptors
from tcexplore.model.config import ModelConfig, NetworkConfig, TrainingConfig
from tcexplore.model.files import read_predictions
from tcexplore.model.hashes import ModelError
from tcexplore.model.predictor import load_predictor
from tcexplore.training.data import (
    build_inputs,
    fit_input_scaling,
    random_groups,
    train_and_validation,
)
from tcexplore.training.known_materials import rewrite_known_materials
from tcexplore.training.train import train_model, train_network

ROWS = pd.DataFrame(
    {
        "formula": [f"A{i % 40}B" for i in range(200)],
        "chemical_system": [f"A{i % 20}-B" for i in range(200)],
    }
)


@pytest.mark.parametrize("split", ["random", "formula", "chemical_system"])
def test_a_split_keeps_groups_together_and_has_its_share(split):
    test = random_groups(ROWS, split=split, share=0.2, seed=3)
    assert 0.2 <= test.mean() <= 0.25
    if split != "random":
        assert not set(ROWS[split][test]) & set(ROWS[split][~test])
    np.testing.assert_array_equal(test, random_groups(ROWS, split=split, share=0.2, seed=3))
    assert (test != random_groups(ROWS, split=split, share=0.2, seed=4)).any()


def test_no_share_is_no_rows():
    assert not random_groups(ROWS, split="formula", share=0.0, seed=0).any()


def test_validation_rows_are_no_test_rows_and_share_no_group_with_training():
    config = ModelConfig(training=TrainingConfig(split="chemical_system"))
    test = random_groups(ROWS, split="chemical_system", share=0.2, seed=0)
    train, validation = train_and_validation(ROWS, test, config)
    assert (train.astype(int) + validation + test == 1).all()
    assert validation.any()
    assert not set(ROWS["chemical_system"][train]) & set(ROWS["chemical_system"][validation])


def test_scaling_is_monotone_and_of_the_order_of_one(rng):
    values = np.concatenate([rng.lognormal(3, 2, (500, 3)), rng.integers(0, 9, (500, 2))], axis=1)
    scaling = fit_scaling(np.ones((500, 1, 1, 1, 2)), values, n_elements=2)
    scaled = scaled_descriptors(values, scaling)
    assert np.abs(scaled).max() < 5
    assert (scaled[:, :3].std(axis=0) > 0.2).all()
    for column in range(5):
        order = np.argsort(values[:, column], kind="stable")
        assert (np.diff(scaled[order, column]) >= -1e-6).all()
    beyond = scaled_descriptors(values * 100, scaling)
    assert beyond[:, :3].max() == pytest.approx(scaled[:, :3].max())


def test_a_column_without_spread_scales_to_finite_numbers():
    values = np.ones((10, 3))
    scaling = fit_scaling(np.zeros((10, 2, 2, 2, 2)), values, n_elements=1)
    assert np.isfinite(scaled_descriptors(values, scaling)).all()
    assert np.isfinite(scaling.coefficients).all()


def test_strong_coefficients_are_scaled_to_one_and_faint_ones_stay_faint(rng):
    image = rng.normal(size=(50, 3, 3, 3, 2)) * np.array([1e-3, 0.1, 100])[:, None, None, None] * 1j
    scaling = fit_scaling(image, np.ones((50, 3)), n_elements=1)
    scaled = scaled_coefficients(image, scaling)
    strength = np.sqrt(np.square(np.abs(scaled)).mean(axis=0))[:, 0, 0, 0]
    np.testing.assert_allclose(strength, [0.01, 0.5, 1], rtol=0.3)


@pytest.fixture
def small_dataset(mgb2, disordered, spinel, polar, triclinic, rng):
    """120 crystals: five structures at many scales, Tc a function of the volume per atom."""
    rows, structures = [], []
    for number in range(120):
        parent = (mgb2, disordered, spinel, polar, triclinic)[number % 5]
        cell = canonical_cell(parent)
        scale = rng.uniform(0.8, 1.2)
        structure = cell.structure.copy().scale_lattice(cell.structure.volume * scale)
        structures.append(structure_arrays(structure))
        rows.append(
            {
                "formula": f"{structure.composition.reduced_formula}",
                "chemical_system": f"{structure.chemical_system}-{number % 4}",
                "family": "hydride" if number % 5 == 4 else "other",
                "tc": 100 * scale if number else 0.0,
                "tc_kind": "experiment",
                "source": "made up",
                "material_id": "",
                "file": f"{number}.cif",
                "weight": 1.0,
                "space_group_number": cell.space_group_number,
            }
        )
    return Dataset(pd.DataFrame(rows), tuple(structures), pd.DataFrame(), {"inputs_sha256": "abc"})


@pytest.fixture
def small_config():
    network = NetworkConfig(
        n_descriptors=183, filters=(4, 4), descriptor_units=(16,), joint_units=(16,), dropout=0.0
    )
    return ModelConfig(network=network, training=TrainingConfig(epochs=3, split="random"))


def test_from_rows_to_a_model_that_predicts(small_dataset, small_config, tmp_path, mgb2):
    pytest.importorskip("tcexplore.training.cvnn_network")  # cvnn needs Python 3.11
    config = small_config
    directory = train_model(
        small_dataset, config, tmp_path / "small", run_directory=tmp_path / "runs"
    )
    before = load_predictor(directory)
    assert before.files.config == config
    assert "None yet" in (directory / "card.md").read_text(encoding="utf-8")
    with pytest.raises(ModelError, match="tcexplore evaluate --model small`, which writes it"):
        read_predictions(directory)
    assert len(before.files.known) == 119  # the row without a Tc is left out
    assert (before.files.known["separation"] > 0).all()
    known = (directory / "known.csv").read_bytes()
    rewrite_known_materials(small_dataset, directory)
    assert (directory / "known.csv").read_bytes() == known
    other = replace(small_dataset, rows=small_dataset.rows.assign(tc=small_dataset.rows["tc"] + 1))
    with pytest.raises(ValueError, match="but not the 119 that small was trained on"):
        rewrite_known_materials(other, directory)


def test_a_search_prints_its_best_trials_and_never_sees_the_test_rows(
    small_dataset, small_config, tmp_path
):
    pytest.importorskip("tcexplore.training.cvnn_network")  # cvnn needs Python 3.11
    from tcexplore.training.tune import tune

    training = replace(small_config.training, epochs=1, keep="last")  # as the shipped preset
    config = replace(small_config, training=training)
    inputs = build_inputs(small_dataset, config)
    table = tune(inputs, config, n_trials=2, run_directory=tmp_path)
    assert table.splitlines()[0].lstrip().startswith("validation MAE / K")
    assert len(table.splitlines()) == 3
    assert "joint_units" in table.splitlines()[0]


def split_rows(inputs, config):
    train, validation = train_and_validation(inputs.rows, np.zeros(119, bool), config)
    rows = inputs.scaled(fit_input_scaling(inputs, train | validation, config))
    return rows.subset(train), rows.subset(validation)


def test_a_run_does_not_go_on_from_the_checkpoints_of_another(
    small_dataset, small_config, tmp_path, monkeypatch
):
    network = pytest.importorskip("tcexplore.training.cvnn_network")  # cvnn needs Python 3.11

    monkeypatch.setattr(
        network, "fit", lambda *_, **__: ({}, pd.DataFrame({"epoch": [0], "val_loss": [1.0]}))
    )
    inputs = build_inputs(small_dataset, small_config)
    rows = split_rows(inputs, small_config)
    for _ in range(2):
        train_network(*rows, small_config, run_directory=tmp_path)
    other = replace(small_config, training=replace(small_config.training, seed=5))
    with pytest.raises(ValueError, match="holds checkpoints of other settings"):
        train_network(*rows, other, run_directory=tmp_path)


def test_elements_that_a_model_does_not_count_are_left_out(small_dataset, small_config):
    few = replace(small_config, elements=tuple(e for e in ELEMENTS if e != "Mg"))
    assert len(build_inputs(small_dataset, few).rows) == 119 - 23  # every fifth crystal is MgB2


def test_a_finished_run_is_not_trained_again(small_dataset, small_config, tmp_path):
    pytest.importorskip("tcexplore.training.cvnn_network")  # cvnn needs Python 3.11
    inputs = build_inputs(small_dataset, small_config)
    rows = split_rows(inputs, small_config)
    once, again = (train_network(*rows, small_config, run_directory=tmp_path) for _ in range(2))
    assert len(again.history) == small_config.training.epochs
    for name, values in once.weights.items():
        np.testing.assert_array_equal(again.weights[name], values)
