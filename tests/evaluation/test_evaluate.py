"""From a data set to the tables in a model's folder, with stand-ins for what takes long."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.canonical import CanonicalCell, canonical_cell
from tcexplore.datasets import Dataset
from tcexplore.datasets.dataset import structure_arrays
from tcexplore.datasets.hold_out import is_held_out
from tcexplore.evaluation import baselines, evaluate
from tcexplore.evaluation import models as evaluated_models
from tcexplore.evaluation.evaluate import evaluate_held_out, evaluate_model
from tcexplore.evaluation.folds import fold_of_row
from tcexplore.evaluation.metrics import scores
from tcexplore.evaluation.models import (
    cached_inputs,
    predictions_of,
)
from tcexplore.evaluation.models import (
    evaluated_models as models_of,
)
from tcexplore.evaluation.refit import (
    COMPOSITION,
    GAUSSIAN_PROCESS,
    WITHOUT_CONVOLUTIONS,
    component_models,
    network_model,
    shipped_components,
)
from tcexplore.evaluation.splits import evaluation_splits
from tcexplore.evaluation.tables import COLUMNS, MODELS
from tcexplore.features.scaling import fit_scaling_with_scalars
from tcexplore.model.conformal import LIGHT_SCALE, TC_SHARE
from tcexplore.model.files import load_model_files, read_predictions
from tcexplore.model.predictor import load_predictor
from tcexplore.training import data, train
from tcexplore.training.data import build_inputs
from tcexplore.training.presets import PRESETS
from tcexplore.training.train import train_model


def small(config, **changes):
    network = replace(config.network, filters=(2, 2), descriptor_units=(8,), joint_units=(8,))
    return replace(config, network=network, training=replace(config.training, **changes))


CONFIG = small(PRESETS["shipped"], n_members=2, epochs=1, batch_size=32)
PAPER = small(PRESETS["paper"], epochs=1, batch_size=32, keep="last")
FAMILIES = ("hydride", "cuprate", "iron-based", "other", "other", "other", "other")
EVERY = (
    "chemical_system", "formula", "random-1", "random-2", "random-3",
    "paper-set-1", "paper-set-2", "paper-set-3", "class",
)  # fmt: skip


def parents():
    mgb2 = [[0, 0, 0], [1 / 3, 2 / 3, 0.5], [2 / 3, 1 / 3, 0.5]]
    doped = [{"Mg": 0.9, "Th": 0.1}, "B", "B"]  # the paper does not count thorium
    hydride = [[0, 0, 0], [0.5, 0.5, 0.5], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]
    return (
        Structure(Lattice.hexagonal(3.086, 3.524), ["Mg", "B", "B"], mgb2),
        Structure(Lattice.hexagonal(3.1, 3.55), doped, mgb2),
        Structure(Lattice.cubic(3.6), ["Y", "S", "H", "H", "H"], hydride),
    )


@pytest.fixture(scope="module")
def dataset():
    """Seven chemical systems of twenty crystals each, and one of eight that is held out."""
    rng, cells = np.random.default_rng(3), [canonical_cell(one) for one in parents()]
    rows, structures = [], []
    for number in range(148):
        cell, system = cells[number % 3], number % 7 if number < 140 else 7
        scale = rng.uniform(0.8, 1.2)
        structure = cell.structure.copy().scale_lattice(cell.structure.volume * scale)
        structures.append(structure_arrays(structure))
        rows.append(
            {
                "formula": f"Mg{1 + number % 6}B{1 + system}",
                "chemical_system": "Ru-V" if system == 7 else f"S{system}",  # Ru-V is held out
                "family": FAMILIES[system % 7],
                "tc": 100 * scale,
                "tc_kind": "eliashberg" if system == 0 else "experiment",
                "source": "hydrides" if system == 0 else "3DSC_MP",
                "material_id": f"mp-{number}",
                "file": f"{number}{'-synth_doped' * (number % 2)}.cif",
                "weight": 1.0,
                "space_group_number": cell.space_group_number,
            }
        )
    return Dataset(pd.DataFrame(rows), tuple(structures), pd.DataFrame(), {"inputs_sha256": "abc"})


@pytest.fixture(scope="module")
def trained(dataset, tmp_path_factory):
    pytest.importorskip("tcexplore.training.cvnn_network")  # cvnn needs Python 3.11
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "golden_predictions", lambda files: {})  # takes seconds
        return train_model(dataset, CONFIG, folder / "small", run_directory=folder / "runs")


@pytest.fixture(scope="module")
def calls():
    """Stand-ins for networks and trees, and a list of what was fitted."""
    made = []

    whole = component_models

    def stand_in(inputs, config, seed):
        def model(train, test):
            assert not (train & test).any()
            made.append(seed)
            return 0.8 * inputs.rows["tc"].to_numpy()[test] + 10.0 + seed

        return model

    def components(inputs, config):
        networks = {f"network-{seed}": stand_in(inputs, config, seed) for seed in range(2)}
        return whole(inputs, config) | networks

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluated_models, "component_models", components)
        patch.setattr(evaluated_models, "network_model", stand_in)
        patch.setattr(baselines, "N_TREES", 3)
        yield made


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def evaluated(dataset, trained, runs, calls):
    return evaluate_model(dataset, trained, run_directory=runs, paper=PAPER)


def test_an_evaluation_writes_all_that_it_found(dataset, trained, evaluated, runs):
    table, files = read_predictions(trained), load_model_files(trained)  # the hashes fit
    assert list(table) == list(COLUMNS)
    assert tuple(dict.fromkeys(table["split"])) == EVERY
    held_out = dataset.rows["material_id"][is_held_out(dataset.rows)]
    assert len(held_out) == 8
    names = table["source"].str.rpartition(":")[2]
    assert set(names) == set(dataset.rows["material_id"]) - set(held_out)
    check_held_out_tc(files.known, table.assign(name=names))
    check_figures(table, files.metrics)
    check_means(files.metrics)
    check_mixture(table, runs / "evaluate-small" / "random-1" / "gaussian_process" / "0.npy")
    check_bands(
        table, files, dataset, runs / "evaluate-small" / "chemical_system" / "gaussian_process"
    )
    text = (trained / "metrics.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    card = (trained / "card.md").read_text(encoding="utf-8")
    assert "| chemical system | all | 140 | tcexplore |" in card
    assert f"∓\n  {files.conformal.quantile:.3g} · s" in card
    assert all(split in evaluated.text() for split in EVERY)


def test_nothing_is_fitted_twice(dataset, trained, evaluated, runs, calls):
    n_fits, text = len(calls), (trained / "metrics.json").read_bytes()
    again = evaluate_model(dataset, trained, run_directory=runs, paper=PAPER)
    assert len(calls) == n_fits
    assert again.metrics == evaluated.metrics
    assert (trained / "metrics.json").read_bytes() == text


def check_figures(table, metrics):
    """The figures are those of the predictions, and every model has its own."""
    for row in metrics["scores"]:
        part = table[table["split"] == row["split"]]
        if row["rows"] in set(FAMILIES):
            part = part[part["family"] == row["rows"]]
        elif row["rows"] != "all":
            continue
        part = part[part[row["model"]].notna()]
        found = scores(part["tc"].to_numpy(), part[row["model"]].to_numpy())
        assert (row["n"], row["mae"]) == (found.n, pytest.approx(found.mae, abs=2e-3))
        assert row["r2"] == pytest.approx(found.r2, rel=1e-3, abs=1e-3)
        assert row["mae_low"] <= row["mae"] + 1e-3
        assert row["mae"] - 1e-3 <= row["mae_high"]
    of_split = {name: set() for name in (*EVERY, "aside")}
    for row in metrics["scores"]:
        of_split[row["split"]].add(row["model"])
    assert of_split["chemical_system"] == set(MODELS)
    assert of_split["formula"] == set(MODELS) - {"paper", WITHOUT_CONVOLUTIONS}
    assert metrics["seen_share"]["formula"] == 0.0
    assert metrics["seen_share"]["random-1"] > 0.5
    assert "paper" not in table[table["split"] == "class"].dropna(axis=1, how="all")
    of_paper = table[(table["split"] == "chemical_system") & table["paper"].isna()]
    assert set(of_paper["source"].str.rpartition("-")[2].astype(int) % 3) == {
        1
    }  # those with thorium


def check_held_out_tc(known, table):
    """Each training material has the prediction of its line, found by the number in its name."""
    lines = table[table["split"] == "chemical_system"].set_index("name")["tcexplore"]
    expected = lines[known["source"].str.rpartition(":")[2]]
    assert len(known) == 140
    np.testing.assert_allclose(known["tc_held_out"], expected, rtol=1e-5)


def check_means(metrics):
    for row in metrics["seed_means"]:
        own = [
            score["r2"]
            for score in metrics["scores"]
            if score["split"].startswith(row["split"])
            and (score["rows"], score["model"]) == (row["rows"], row["model"])
        ]
        assert row["r2"] == pytest.approx(np.mean(own))
    whole = [row for row in metrics["seed_means"] if row["rows"] == "all"]
    assert {row["split"] for row in whole} == {"random", "paper-set"}
    assert {row["seeds"] for row in whole} == {3}


def check_mixture(table, kernel):
    """Rows of a split are in the order of the data set, as those of its one fold."""
    part, (smooth, memory) = table[table["split"] == "random-1"], np.load(kernel).T
    networks = 0.8 * part["tc"] + 10.5
    share = CONFIG.gaussian_process.share
    expected = np.maximum((1 - share) * networks + share * smooth + memory, 0)
    np.testing.assert_allclose(part["tcexplore"], expected, atol=0.01)
    np.testing.assert_allclose(part["Gaussian process"], np.maximum(smooth + memory, 0), atol=0.01)
    np.testing.assert_allclose(part["networks"], networks, atol=0.01)
    np.testing.assert_allclose(part["one network"], 0.8 * part["tc"] + 10, atol=0.01)


def check_bands(table, files, dataset, kernel):
    part = table[table["split"] == "chemical_system"]
    inside = (part["tc_low"] <= part["tc"]) & (part["tc"] <= part["tc_high"])
    [whole] = [row for row in files.metrics["coverage"] if row["rows"] == "all"]
    assert whole["coverage"] == pytest.approx(inside.mean())
    assert whole["width"] == pytest.approx((part["tc_high"] - part["tc_low"]).median(), abs=0.01)
    assert table[table["split"] != "chemical_system"]["tc_low"].isna().all()
    ratios = []
    folds = fold_of_row(dataset.rows, split="chemical_system")
    cells = (dataset.structure(row) for row in np.flatnonzero(folds >= 0))
    part = part.assign(light=[light_share(cell.composition) for cell in cells])
    for fold, rows in part.groupby(folds[folds >= 0]):
        smooth = np.load(kernel / f"{fold}.npy")[:, 0]
        scale = np.abs(smooth - 0.8 * rows["tc"] - 10.5) + TC_SHARE * rows["tcexplore"] + 1.5
        scale += np.where(rows["tc"] > rows["tcexplore"], LIGHT_SCALE * rows["light"], 0.0)
        ratios.append(np.abs(rows["tc"] - rows["tcexplore"]) / scale)
    ratio = np.sort(np.concatenate(ratios))
    assert files.conformal.quantile == pytest.approx(ratio[int(np.ceil(0.9 * 141)) - 1], rel=1e-3)
    assert [row["level"] for row in files.metrics["calibration"]][-2:] == [0.9, 0.95]


def light_share(composition):
    """Share of the atoms that are H, B, C or N."""
    return sum(composition.get_atomic_fraction(symbol) for symbol in ("H", "B", "C", "N"))


def test_held_out_rows_are_added_once(dataset, trained, evaluated, runs, tmp_path):
    directory = tmp_path / "small"
    shutil.copytree(trained, directory)
    before = read_predictions(directory)
    for _ in range(2):
        evaluate_held_out(dataset, directory, run_directory=runs, paper=PAPER)
        table, files = read_predictions(directory), load_model_files(directory)
        pd.testing.assert_frame_equal(table[table["split"] != "aside"], before)
        part = table[table["split"] == "aside"]
        assert len(part) == 8
        assert [row["rows"] for row in files.metrics["coverage"]].count("aside") == 1
        check_figures(table, files.metrics)
    cells = [
        CanonicalCell(dataset.structure(row), int(dataset.rows["space_group_number"][row]), "")
        for row in np.flatnonzero(is_held_out(dataset.rows))
    ]
    found = load_predictor(directory).tc(cells)
    for name, values in zip(("tcexplore", "tc_low", "tc_high"), found.parts, strict=True):
        np.testing.assert_allclose(part[name], values, atol=2e-3)


def test_held_out_rows_need_bands_and_a_model_that_left_them_out(
    dataset, trained, tmp_path, monkeypatch
):

    files = load_model_files(trained)
    monkeypatch.setattr(evaluate, "load_model_files", lambda _: replace(files, conformal=None))
    with pytest.raises(ValueError, match="run `evaluate` without --aside first"):
        evaluate_held_out(dataset, trained, run_directory=tmp_path, paper=PAPER)
    greedy = replace(CONFIG, training=replace(CONFIG.training, hold_out=False))
    monkeypatch.setattr(evaluate, "load_model_files", lambda _: replace(files, config=greedy))
    with pytest.raises(ValueError, match="was trained on the held-out rows"):
        evaluate_held_out(dataset, trained, run_directory=tmp_path, paper=PAPER)


def test_other_data_or_settings_are_refused(dataset, trained, tmp_path, calls):
    other = replace(dataset, metadata={"inputs_sha256": "abd"})
    with pytest.raises(ValueError, match="was trained on data of SHA-256 abc, these are of abd"):
        evaluate_model(other, trained, run_directory=tmp_path, paper=PAPER)
    models = models_of(dataset, CONFIG, PAPER, run_directory=tmp_path)
    [split] = [one for one in evaluation_splits(models.inputs.rows) if one.name == "random-1"]
    kernel = {"gaussian_process": models.components["gaussian_process"]}
    predictions_of(kernel, models, split, tmp_path)
    changed = replace(models, provenance={"gaussian_process": "other settings"})
    with pytest.raises(ValueError, match="holds predictions of other settings or data"):
        predictions_of(kernel, changed, split, tmp_path)
    fewer = replace(split, folds=(replace(split.folds[0], test=~split.folds[0].train),))
    with pytest.raises(ValueError, match="holds predictions of other settings or data"):
        predictions_of(kernel, models, fewer, tmp_path)


def test_inputs_from_disk_are_those_that_were_made(dataset, tmp_path):
    made = build_inputs(dataset, CONFIG)
    for _ in range(2):
        found = cached_inputs(dataset, CONFIG, run_directory=tmp_path)
        np.testing.assert_array_equal(found.coefficients, made.coefficients)
        np.testing.assert_array_equal(found.descriptors, made.descriptors)
        pd.testing.assert_frame_equal(found.rows, made.rows)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_refitted_network_is_the_one_that_training_gives(dataset, trained, tmp_path):
    """Trained on the same rows with the same seed it says the same as the shipped one."""
    inputs = build_inputs(dataset, CONFIG)
    every, shipped = np.ones(len(inputs.rows), bool), load_model_files(trained)
    found = network_model(inputs, CONFIG, seed=1)(every, every)
    components = shipped_components(shipped, inputs, every)
    np.testing.assert_allclose(found, components["network-1"], atol=1e-3)
    assert np.abs(components["network-0"] - components["network-1"]).max() > 0.01
    refitted = component_models(inputs, CONFIG)
    for name in (GAUSSIAN_PROCESS, COMPOSITION):
        np.testing.assert_allclose(refitted[name](every, every), components[name], atol=0.1)


def test_the_components_of_one_fold_share_one_scaling(dataset, monkeypatch):
    """Networks and processes that are refitted to the same rows fit their scaling once."""
    pytest.importorskip("tcexplore.training.cvnn_network")  # cvnn needs Python 3.11
    fits = count_scalings(monkeypatch)
    inputs = build_inputs(dataset, CONFIG)
    first, second = (np.arange(len(inputs.rows)) % 4 != number for number in range(2))
    components = component_models(inputs, CONFIG)
    assert list(components) == ["network-0", "network-1", GAUSSIAN_PROCESS, COMPOSITION]
    for rows in (first, second):
        for model in components.values():
            model(rows, ~rows)
    assert fits == [first.sum(), second.sum()]


def count_scalings(monkeypatch):
    """Return a list that grows by the number of rows whenever a scaling is fitted."""
    fits = []

    def fit(coefficients, descriptors, **settings):
        fits.append(len(descriptors))
        return fit_scaling_with_scalars(coefficients, descriptors, **settings)

    monkeypatch.setattr(data, "fit_scaling_with_scalars", fit)
    return fits


def test_a_training_fits_one_scaling(dataset, tmp_path, monkeypatch):
    pytest.importorskip("tcexplore.training.cvnn_network")  # cvnn needs Python 3.11
    fits = count_scalings(monkeypatch)
    monkeypatch.setattr(train, "golden_predictions", lambda files: {})  # takes seconds
    directory = train_model(dataset, CONFIG, tmp_path / "small", run_directory=tmp_path / "runs")
    files = load_model_files(directory)
    assert len(files.members) == 2
    assert None not in (files.gaussian_process, files.composition_model)
    assert fits == [140]
