"""Splits, scaling and the whole way from rows to a model folder that predicts."""

import numpy as np
import pandas as pd
import pytest

from tcexplore.configs import ModelConfig, NetworkConfig, TrainingConfig
from tcexplore.datasets import Dataset
from tcexplore.datasets.table import structure_arrays
from tcexplore.evaluation import evaluate_model, printed, scores
from tcexplore.predictor import load_predictor
from tcexplore.scaling import fit_scaling, scaled_coefficients, scaled_descriptors
from tcexplore.structure import canonical_cell
from tcexplore.training import held_out, train_and_validation, train_model

ROWS = pd.DataFrame(
    {
        "formula": [f"A{i % 40}B" for i in range(200)],
        "chemical_system": [f"A{i % 20}-B" for i in range(200)],
    }
)


@pytest.mark.parametrize("split", ["random", "formula", "chemical_system"])
def test_a_split_keeps_groups_together_and_has_its_share(split):
    test = held_out(ROWS, split=split, share=0.2, seed=3)
    assert 0.2 <= test.mean() <= 0.25
    if split != "random":
        assert not set(ROWS[split][test]) & set(ROWS[split][~test])
    np.testing.assert_array_equal(test, held_out(ROWS, split=split, share=0.2, seed=3))
    assert (test != held_out(ROWS, split=split, share=0.2, seed=4)).any()


def test_no_share_is_no_rows():
    assert not held_out(ROWS, split="formula", share=0.0, seed=0).any()


def test_validation_rows_are_no_test_rows_and_share_no_group_with_training():
    config = ModelConfig(training=TrainingConfig(split="chemical_system"))
    test = held_out(ROWS, split="chemical_system", share=0.2, seed=0)
    train, validation = train_and_validation(ROWS, test, config)
    assert (train.astype(int) + validation + test == 1).all()
    assert validation.any()
    assert not set(ROWS["chemical_system"][train]) & set(ROWS["chemical_system"][validation])


def test_scores_by_hand():
    found = scores(np.array([0.0, 10.0, 20.0]), np.array([0.0, 10.0, 26.0]))
    assert found == {
        "n": 3,
        "r2": pytest.approx(1 - 36 / 200),
        "mae": 2.0,
        "rmse": pytest.approx(12**0.5),
    }
    with pytest.raises(ValueError, match="expected at least 2"):
        scores(np.array([1.0]), np.array([1.0]))


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


def test_scaled_coefficients_have_a_root_mean_square_of_one(rng):
    image = rng.normal(size=(50, 3, 3, 3, 2)) * np.geomspace(1e-3, 10, 3)[:, None, None, None] * 1j
    scaling = fit_scaling(image, np.ones((50, 3)), n_elements=1)
    scaled = scaled_coefficients(image, scaling)
    np.testing.assert_allclose(np.square(np.abs(scaled)).mean(axis=0), 1, rtol=1e-5)


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


@pytest.mark.xdist_group("tensorflow")
def test_from_rows_to_a_model_that_predicts_and_is_evaluated(small_dataset, tmp_path, mgb2):
    pytest.importorskip("tcexplore.network")
    network = NetworkConfig(
        n_descriptors=183, filters=(4, 4), descriptor_units=(16,), joint_units=(16,), dropout=0.0
    )
    config = ModelConfig(network=network, training=TrainingConfig(epochs=3, split="random"))
    directory = train_model(
        small_dataset, config, tmp_path / "small", run_directory=tmp_path / "runs"
    )
    before = load_predictor(directory)
    assert before.files.config == config
    assert "None yet" in (directory / "card.md").read_text(encoding="utf-8")
    assert len(before.files.known) == 119  # the row without a Tc is left out
    evaluation = evaluate_model(small_dataset, directory, run_directory=tmp_path / "runs")
    assert set(evaluation.scores["split"]) == {"random", "formula", "chemical_system"}
    assert set(evaluation.scores["model"]) == {"CVCNN", "XGBoost", "median"}
    assert "chemical_system" in printed(evaluation)
    after = load_predictor(directory)  # the hashes fit the new card and figures
    assert after.files.metrics["scores"]
    assert after([mgb2])[0].tc == before([mgb2])[0].tc
    card = (directory / "card.md").read_text(encoding="utf-8")
    trees = evaluation.scores.query("model == 'XGBoost' and rows == 'all' and split == 'random'")
    assert f"| XGBoost | {trees['r2'].iloc[0]:.3f} |" in card
