"""Commands for the data set, for training and for evaluation: what they pass on."""

from types import SimpleNamespace

import pytest

from tcexplore import datasets
from tcexplore.cli.main import main
from tcexplore.evaluation import evaluate
from tcexplore.paper import kept_tables
from tcexplore.resources import MODELS, NEW_MODELS
from tcexplore.training import known_materials, train
from tcexplore.training.presets import PRESETS


@pytest.fixture(autouse=True)
def rows(monkeypatch):
    """The path stands in for the data set of a file."""
    monkeypatch.setattr(datasets, "load_dataset", str)


def test_a_wrong_data_directory_is_told(tmp_path, capsys):
    out = tmp_path / "out.parquet"
    assert main(["dataset", "--data", str(tmp_path / "none"), "--out", str(out)]) == 2
    assert "tcexplore: " in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("option", [(), ("--high-variance", "exclude")])
def test_dataset_is_built_and_saved(option, monkeypatch, capsys):
    saved = []

    def build_dataset(folder, *, high_variance, progress):
        progress(3, 3)
        return f"rows of {folder}, {high_variance}"

    monkeypatch.setattr(datasets, "build_dataset", build_dataset)
    monkeypatch.setattr(datasets, "save_dataset", lambda rows, out: saved.append((rows, str(out))))
    monkeypatch.setattr(datasets, "summary", "summary of {}".format)
    assert main(["dataset", "--data", "tables", "--out", "x.parquet", *option]) == 0
    rows = f"rows of tables, {option[1] if option else 'average'}"
    assert saved == [(rows, "x.parquet")]
    assert capsys.readouterr().out == f"summary of {rows}\n"


def test_dataset_is_compared_with_an_older_one(monkeypatch, capsys):
    monkeypatch.setattr(datasets, "build_dataset", lambda *_, **__: "rows")
    monkeypatch.setattr(datasets, "save_dataset", lambda *_: None)
    monkeypatch.setattr(datasets, "summary", "summary of {}".format)
    monkeypatch.setattr(datasets, "hydride_changes", "from {} to {}".format)
    arguments = ["dataset", "--data", "tables", "--out", "x.parquet", "--compare", "old.parquet"]
    assert main(arguments) == 0
    assert capsys.readouterr().out == "summary of rows\nfrom old.parquet to rows\n"


@pytest.mark.parametrize("preset", ["shipped", "paper"])
def test_train_takes_a_preset_and_what_is_given_instead(preset, monkeypatch, capsys):
    calls = []

    def train_model(rows, config, directory, *, run_directory):
        calls.append((rows, config, directory, str(run_directory)))
        return directory

    monkeypatch.setattr(train, "train_model", train_model)
    arguments = ["train", "--data", "x.parquet", "--name", "tiny", "--preset", preset]
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith(f"{NEW_MODELS / 'tiny'} is written; ")
    assert main([*arguments, "--seed", "7", "--epochs", "3", "--runs", "elsewhere"]) == 0
    (data, config, directory, runs), (_, changed, _, elsewhere) = calls
    assert (data, directory) == ("x.parquet", NEW_MODELS / "tiny")
    assert (runs, elsewhere) == ("runs", "elsewhere")
    assert config == PRESETS[preset]
    assert (changed.training.seed, changed.training.epochs) == (7, 3)
    assert changed.network == config.network


@pytest.mark.parametrize(("option", "shown"), [((), None), (("--aside",), ("aside",))])
def test_evaluate_prints_the_splits_that_it_looked_at(option, shown, monkeypatch, capsys):
    def stand_in(name):
        def evaluated(rows, directory, *, run_directory):
            return SimpleNamespace(text=lambda splits: f"{name} {rows} {directory} {splits}")

        return evaluated

    monkeypatch.setattr(evaluate, "evaluate_model", stand_in("evaluation splits"))
    monkeypatch.setattr(evaluate, "evaluate_held_out", stand_in("held-out rows"))
    rewritten = []
    monkeypatch.setattr(kept_tables, "rewrite_tables", rewritten.append)
    assert main(["evaluate", "--data", "x.parquet", "--model", "cvcnn-3", *option]) == 0
    name = "held-out rows" if option else "evaluation splits"
    assert capsys.readouterr().out == f"{name} x.parquet {MODELS / 'cvcnn-3'} {shown}\n"
    assert rewritten == [MODELS / "cvcnn-3"]


def test_tables_says_which_files_it_wrote(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(kept_tables, "rewrite_tables", lambda directory: [directory / "x.csv"] * 2)
    assert main(["tables", "--model", str(tmp_path)]) == 0
    path = tmp_path / "x.csv"
    assert capsys.readouterr().out == f"written: {path}, {path}\n"


def test_known_says_how_many_materials_it_wrote(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(
        known_materials, "rewrite_known_materials", lambda rows, directory: [rows] * 3
    )
    assert main(["known", "--data", "x.parquet", "--model", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'known.csv'} is written: 3 materials\n"
