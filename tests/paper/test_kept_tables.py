"""Tables kept in a model's folder: those of the shipped model are its own, and none is stale."""

import shutil

import pandas as pd
import pytest

from tcexplore.model.files import PAPER_TABLES, load_model_files, save_model_files
from tcexplore.model.hashes import verify_hashes, write_hashes
from tcexplore.model.predictor import DEFAULT_MODEL, MODELS, load_predictor
from tcexplore.paper import kept_tables
from tcexplore.paper.display import errors_shown, table_2_shown, table_3_shown
from tcexplore.paper.kept_tables import predicted_tables, read_tables, rewrite_tables
from tcexplore.paper.tables import mean_errors


@pytest.fixture(scope="module")
def fresh():
    return predicted_tables(load_predictor())


@pytest.fixture
def directory(tmp_path):
    return shutil.copytree(MODELS / DEFAULT_MODEL, tmp_path / "copy")


def assert_same(one, other):
    for name in ("table_2", "table_3", "slopes"):
        pd.testing.assert_frame_equal(
            getattr(one, name), getattr(other, name), check_dtype=False, rtol=1e-4, atol=1e-3
        )


def test_kept_tables_of_the_shipped_model_are_what_it_predicts(fresh):
    """Where they are not: `python -m tcexplore tables`."""
    assert_same(read_tables(MODELS / DEFAULT_MODEL), fresh)


def test_tables_look_the_same_kept_and_fresh(fresh):
    kept = read_tables(MODELS / DEFAULT_MODEL)
    for shown, name in ((table_2_shown, "table_2"), (table_3_shown, "table_3")):
        pd.testing.assert_frame_equal(shown(getattr(kept, name)), shown(getattr(fresh, name)))
    errors = [errors_shown(mean_errors(tables.table_2)) for tables in (kept, fresh)]
    pd.testing.assert_frame_equal(*errors)


def test_tables_written_anew_are_part_of_the_model(directory, fresh, monkeypatch):
    for name in PAPER_TABLES:
        (directory / name).unlink()
    write_hashes(directory)
    assert read_tables(directory) is None
    monkeypatch.setattr(kept_tables, "predicted_tables", lambda predictor: fresh)
    assert rewrite_tables(directory) == [directory / name for name in PAPER_TABLES]
    verify_hashes(directory)
    assert_same(read_tables(directory), fresh)


@pytest.mark.parametrize("name", PAPER_TABLES)
def test_tables_are_there_together_or_not_at_all(directory, name):
    (directory / name).unlink()
    assert read_tables(directory) is None


def test_a_newly_trained_model_has_no_tables_of_an_earlier_one(directory):
    save_model_files(load_model_files(directory), directory, card="", golden={})
    assert read_tables(directory) is None
    verify_hashes(directory)
