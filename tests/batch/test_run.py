"""Batches on disk: kept, stopped, killed, resumed, read while they run, deleted."""

import os
import random
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from tcexplore.batch import run as run_module
from tcexplore.batch import runs as runs_module
from tcexplore.batch.query import batch_structure, batch_table
from tcexplore.batch.run import batch_progress, batch_steps, batch_to_end, start_batch
from tcexplore.batch.runs import alone, delete_batch, list_batches, read_batch
from tcexplore.batch.source_file import SourceFile, refused
from tcexplore.batch.sources import path_sources
from tcexplore.io.load import StructureReader
from tcexplore.run_folder.files import RunError, write_part

BROKEN = b"data_x\n_cell_length_a what\n"


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of four structures."""
    monkeypatch.setattr(run_module, "LEAST", 4)


@pytest.fixture(scope="module")
def files(frames):
    """Eleven rows: files of one and of several structures, two that cannot be read."""
    named = {"one.xyz": frames(1), "five.xyz": frames(5), "broken.cif": BROKEN, "3.xyz": frames(3)}
    read = [SourceFile(name, lambda content=content: content) for name, content in named.items()]
    return [*read, refused("gone.cif", "does not exist; check the path")]


@pytest.fixture
def batch(predictor, files, tmp_path):
    return start_batch(tmp_path / "batch", predictor, files, name="mine")


@pytest.fixture
def finished(predictor, batch):
    batch_to_end(predictor, batch)
    return batch


def rows(batch):
    return batch_table(batch).to_pylist()


def test_a_batch_holds_every_structure_once_in_order(finished):
    found = rows(finished)
    assert [row["number"] for row in found] == [*range(1, 12)]
    assert [row["file"] for row in found] == (
        ["one.xyz"] + 5 * ["five.xyz"] + ["broken.cif"] + 3 * ["3.xyz"] + ["gone.cif"]
    )
    assert [bool(row["error"]) for row in found] == 6 * [False] + [True] + 3 * [False] + [True]
    progress = batch_progress(finished)
    assert (progress.n_predicted, progress.n_refused, progress.share) == (9, 2, 1.0)
    assert (progress.is_finished, finished.is_finished, len(finished.parts)) == (True, True, 3)


def test_a_batch_stopped_after_each_part_is_the_undisturbed_one(predictor, files, finished):
    again = start_batch(finished.folder.parent / "again", predictor, files)
    for part in range(3):
        steps = batch_steps(predictor, read_batch(again.folder))
        next(steps)
        next(steps)
        steps.close()
        assert len(again.parts) == part + 1
        assert batch_progress(again).share == pytest.approx([1.6 / 5, 3.3333 / 5, 1][part], 1e-3)
        assert rows(again) == rows(finished)[: 4 * (part + 1)]
    assert [*batch_steps(predictor, again)][-1].is_finished
    assert rows(again) == rows(finished)


def test_killed_at_any_moment_a_batch_resumes_without_its_files(finished, frames, tmp_path):
    folder, given = tmp_path / "killed", tmp_path / "many.xyz"
    given.write_bytes(frames(150))
    command = [sys.executable, "-m", "tcexplore", "predict", "--run", str(folder)]
    process = subprocess.Popen([*command, str(given)], stdout=-3, stderr=-3)
    reported = []
    for _ in range(4):
        while not (folder / "manifest.json").exists() and process.poll() is None:
            time.sleep(0.01)
        given.unlink(missing_ok=True)
        time.sleep(random.uniform(0, 2.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = rows(read_batch(folder))
        assert now[: len(reported)] == reported
        reported = now
        process = subprocess.Popen([*command, "--resume"], stdout=-3, stderr=-3)
    assert process.wait(timeout=120) == 0
    found = rows(read_batch(folder))
    assert found[: len(reported)] == reported
    assert [row["structure"] for row in found] == [f"frame {n}" for n in range(1, 151)]
    assert [row["number"] for row in found] == [*range(1, 151)]


def test_a_part_is_never_seen_half_written(predictor, batch, monkeypatch):
    steps = batch_steps(predictor, batch)
    next(steps)
    next(steps)
    before = rows(batch)
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        next(steps)
    monkeypatch.undo()
    assert rows(batch) == before
    batch_to_end(predictor, batch)
    assert len(rows(batch)) == 11


def test_a_file_that_breaks_or_hangs_the_reader_is_a_refused_row(predictor, tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "StructureReader", lambda: StructureReader(time_limit=0.001))
    slow = start_batch(tmp_path / "slow", predictor, [SourceFile("x.cif", lambda: BROKEN)])
    batch_to_end(predictor, slow)
    assert "took more than 0.001 s to read" in rows(slow)[0]["error"]


def test_a_file_that_is_refused_on_the_way_gives_its_reason_and_keeps_its_rows(
    predictor, frames, tmp_path, monkeypatch
):
    batch = start_batch(tmp_path / "b", predictor, [SourceFile("9.xyz", lambda: frames(9))])
    steps = batch_steps(predictor, batch)
    next(steps)
    next(steps)
    steps.close()
    with monkeypatch.context() as changed:
        changed.setattr(run_module, "StructureReader", lambda: StructureReader(time_limit=0.001))
        batch_to_end(predictor, batch)
    found = rows(batch)
    assert [row["structure"] for row in found[:4]] == [f"frame {n}" for n in range(1, 5)]
    assert "took more than" in found[4]["error"]
    assert (len(found), batch.is_finished) == (5, True)


def test_slow_reading_ends_a_part_early(predictor, batch, monkeypatch):
    monkeypatch.setattr(run_module, "SECONDS", 0.0)
    batch_to_end(predictor, batch)
    assert len(batch.parts) == 11


def test_parts_grow_with_the_number_of_files(predictor, frames, tmp_path):
    sources = [SourceFile(f"{n}.xyz", lambda: frames(1)) for n in range(12)]
    batch = start_batch(tmp_path / "b", predictor, sources)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(run_module, "N_PARTS", 2)
        batch_to_end(predictor, batch)
    assert len(batch.parts) == 2


def test_the_structure_of_a_row_is_the_one_that_was_read(finished, frames, predictor):
    found = batch_structure(finished, 4)
    row = rows(finished)[3]
    assert found.composition.reduced_formula == row["formula"] == "HPd"
    assert found.properties["label"] == row["structure"] == "frame 3"
    assert predictor([found])[0].tc == pytest.approx(row["tc"], abs=0.01)
    assert batch_structure(finished, 7) is None
    assert batch_structure(finished, 99) is None


def test_a_batch_without_results_has_an_empty_table_with_all_columns(batch, finished):
    empty = start_batch_of(batch)
    assert len(empty) == 0
    assert empty.schema == batch_table(finished).schema


def start_batch_of(batch):
    for part in batch.parts:
        part.rename(part.with_suffix(".aside"))
    table = batch_table(batch)
    for part in batch.folder.glob("*.aside"):
        part.rename(part.with_suffix(".parquet"))
    return table


# --- folders ------------------------------------------------------------------------------------


def test_only_one_process_computes_or_deletes_a_batch(predictor, batch):
    with alone(batch):
        with pytest.raises(RunError, match="is being computed; stop it or wait"):
            [*batch_steps(predictor, batch)]
        with pytest.raises(RunError, match="is being computed"):
            delete_batch(batch)
    delete_batch(batch)
    assert not batch.folder.exists()


def test_a_folder_with_other_files_is_neither_written_to_nor_deleted(predictor, files, finished):
    with pytest.raises(RunError, match="is there already and not empty"):
        start_batch(finished.folder, predictor, files)
    (finished.folder / "thesis.tex").write_text("mine")
    with pytest.raises(RunError, match=r"also holds thesis\.tex"):
        delete_batch(finished)
    assert len(rows(finished)) == 11


def test_a_start_that_was_killed_leaves_a_folder_to_start_in_again(predictor, files, tmp_path):
    folder = tmp_path / "b"
    folder.mkdir()
    (folder / ".inputs.zip.1-1.tmp").write_bytes(b"PK cut")
    (folder / "inputs.zip").write_bytes(b"PK cut")
    batch = start_batch(folder, predictor, files)
    batch_to_end(predictor, batch)
    assert len(rows(batch)) == 11


def test_no_files_and_too_many_are_refused_and_leave_nothing(predictor, files, tmp_path):
    with pytest.raises(RunError, match="no files; give structure files"):
        start_batch(tmp_path / "b", predictor, [])
    for limit, value in (("MAX_FILES", 4), ("MAX_BYTES", 100)):
        with pytest.MonkeyPatch.context() as changed:
            changed.setattr(runs_module, limit, value)
            with pytest.raises(RunError, match="expected a smaller"):
                start_batch(tmp_path / "b", predictor, files)
    assert list_batches(tmp_path) == []


def test_batches_are_listed_newest_first_and_others_left_out(predictor, batch, files):
    folder = batch.folder.parent
    older = batch.folder / "manifest.json"
    older.write_text(older.read_text().replace(batch.manifest["created"], "2001-01-01T00:00:00Z"))
    start_batch(folder / "newer", predictor, files)
    (folder / "search").mkdir()
    (folder / "search" / "manifest.json").write_text('{"search": {}, "created": "x"}')
    (folder / "cut").mkdir()
    (folder / "cut" / "manifest.json").write_text("{")
    assert [found.folder.name for found in list_batches(folder)] == ["newer", "batch"]
    with pytest.raises(RunError, match="no batch in"):
        read_batch(folder / "search")


def test_a_batch_whose_last_part_is_damaged_or_of_another_version_is_none(finished):
    part, table = finished.parts[-1], batch_table(finished)
    part.write_bytes(b"PAR1 cut short")
    with pytest.raises(RunError, match="the last part cannot be read"):
        read_batch(finished.folder)
    write_part(part, table, {"other": "version"})
    with pytest.raises(RunError, match="the last part cannot be read"):
        read_batch(finished.folder)
    assert list_batches(finished.folder.parent) == []


def test_a_batch_of_another_model_is_not_gone_on_with(predictor, batch):
    path = batch.folder / "manifest.json"
    path.write_text(path.read_text().replace(batch.manifest["model_hash"], 64 * "0"))
    with pytest.raises(RunError, match="was made with model_hash 0000"):
        [*batch_steps(predictor, read_batch(batch.folder))]


def test_names_of_files_can_be_anything(predictor, mgb2, tmp_path):
    odd = tmp_path / 'é "x", \u202e\n.cif'
    mgb2.to(filename=str(odd), fmt="cif")
    bad = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.cif")
    with open(bad, "w") as file:
        file.write(mgb2.to(fmt="cif"))
    batch = start_batch(tmp_path / "b", predictor, path_sources([odd, bad]))
    batch_to_end(predictor, batch)
    assert [row["formula"] for row in rows(batch)] == ["MgB2", "MgB2"]


def test_a_batch_of_before_a_column_is_read_with_the_column_empty(predictor, frames, tmp_path):
    batch = start_batch(tmp_path / "b", predictor, [SourceFile("a.xyz", lambda: frames(1))])
    batch_to_end(predictor, batch)
    [part] = batch.parts
    pq.write_table(pq.read_table(part).drop_columns(["pressure_origin"]), part)
    table = batch_table(batch)
    assert table["pressure_origin"].to_pylist() == [None]
    assert table["formula"].to_pylist() == ["HPd"]
