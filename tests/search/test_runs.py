"""Runs: written whole, resumed to the same bytes, queried, exported, deleted; on Dask too."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from tcexplore.cli.main import main
from tcexplore.search import run as run_module
from tcexplore.search.constraints import Constraints
from tcexplore.search.equivalents import group_permutations, is_canonical
from tcexplore.search.evaluate import Search, evaluate
from tcexplore.search.query import export_run, n_rows, pareto_front, run_rows, with_formulas
from tcexplore.search.run import run_steps, run_to_end, start_run
from tcexplore.search.runs import RunError, Settings, delete_run, list_runs, read_run

SETTINGS = {
    "exhaustive": Settings("exhaustive", chunk_size=17),
    "random": Settings("random", 40, seed=3, chunk_size=9),
    "guided": Settings("guided", 40, seed=3, chunk_size=8),
}


def contents(run):
    return {path.name: path.read_bytes() for path in run.parts}


@pytest.fixture(scope="module")
def finished(predictor, space, tmp_path_factory):
    """An undisturbed run of each mode."""
    folder, runs = tmp_path_factory.mktemp("runs"), {}
    search = Search(space, constraints=Constraints(least_tc=20))
    for mode, settings in SETTINGS.items():
        runs[mode] = start_run(folder / mode, predictor, search, settings, parent_name="limgh12")
        run_to_end(predictor, runs[mode])
    return runs


def test_an_exhaustive_run_holds_every_row_once(predictor, space, finished):
    run = finished["exhaustive"]
    rows = run_rows(run, count=None, order_by="assignment", descending=False)
    indices = np.arange(space.n_assignments)
    expected = evaluate(predictor, run.search, indices[canonical(space, indices)])
    np.testing.assert_array_equal(rows["assignment"], expected["assignment"])
    np.testing.assert_allclose(rows["tc"], expected["tc"], atol=2e-3)
    assert rows["x1"].isin(space.groups[0].elements).all()
    progress = run_module.run_progress(run)
    assert (progress.n_kept, progress.is_finished, progress.share) == (len(rows), True, 1.0)


def canonical(space, indices):
    return is_canonical(space, group_permutations(space), indices)


@pytest.mark.parametrize("mode", SETTINGS)
def test_a_run_ended_after_each_part_is_the_undisturbed_run(mode, predictor, finished, tmp_path):
    whole = finished[mode]
    run = start_run(tmp_path / "run", predictor, whole.search, whole.settings)
    for _ in range(100):
        steps = run_steps(predictor, read_run(run.folder))
        before = next(steps).n_drawn
        progress = next(steps, None)
        steps.close()
        if progress is None or progress.is_finished:
            break
        assert progress.n_drawn > before
    assert read_run(run.folder).is_finished
    assert contents(run) == contents(whole)


def test_a_run_goes_on_past_a_part_that_is_missing_in_the_middle(predictor, finished, tmp_path):
    """As it is where a later chunk came in before an earlier one."""
    whole = finished["random"]
    run = start_run(tmp_path / "run", predictor, whole.search, whole.settings)
    run_to_end(predictor, run)
    run.parts[1].unlink()
    run.parts[-1].unlink()
    (run.folder / "finished.json").unlink()
    (run.folder / ".part-00000001.parquet.1-1.tmp").write_bytes(b"PAR1 cut short")
    run_to_end(predictor, run)
    assert contents(run) == contents(whole)
    assert not list(run.folder.glob(".*"))


def test_a_killed_process_leaves_a_run_that_ends_the_same(finished, tmp_path):
    whole, folder = finished["random"], tmp_path / "run"
    command = [sys.executable, "-m", "tcexplore", "search", "--run", str(folder)]
    begin = [
        "limgh12-fm-3m", "--group", "Mg1", "--group", "Li1", "--elements",
        ",".join(whole.search.space.groups[0].elements), "--mode", "random", "--number", "40",
        "--seed", "3", "--chunk", "9", "--least-tc", "20",
    ]  # fmt: skip
    process = subprocess.Popen([*command, *begin], stdout=-3, stderr=-3)
    for _ in range(2):
        while not (folder / "manifest.json").exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = subprocess.Popen([*command, "--resume"], stdout=-3, stderr=-3)
    assert process.wait(timeout=60) == 0
    assert contents(read_run(folder)) == contents(whole)


def start(*arguments):
    return subprocess.Popen([sys.executable, "-m", *arguments], stdout=-3, stderr=-3)


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers, processes on loopback."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    shared = ("--scheduler-file", str(file), "--no-dashboard")
    scheduler = start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *shared
    )
    worker = ("distributed.cli.dask_worker", *shared, "--nthreads", "1", "--no-nanny")
    workers = [start(*worker, "--local-directory", str(tmp_path)) for _ in range(2)]
    deadline = time.monotonic() + 30
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield json.loads(file.read_text())["address"], workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_dask_workers_write_the_same_rows_though_one_is_killed(
    cluster, predictor, finished, tmp_path
):
    from distributed import Client

    address, workers = cluster
    with Client(address, timeout="20s") as client:
        client.wait_for_workers(2, timeout=30)
    whole = finished["exhaustive"]
    settings = Settings("exhaustive", chunk_size=3)
    local = start_run(tmp_path / "local", predictor, whole.search, settings)
    run_to_end(predictor, local)
    run = start_run(tmp_path / "dask", predictor, whole.search, settings)
    for number, _ in enumerate(run_steps(predictor, run, scheduler=address)):
        if number == 2:
            workers[0].kill()
    assert workers[0].wait(timeout=10) == -signal.SIGKILL
    assert contents(run) == contents(local)


def test_rows_are_filtered_and_ordered(finished):
    run = finished["exhaustive"]
    rows = run_rows(run, count=None)
    assert (rows["tc"].diff().dropna() <= 0).all()
    some = run_rows(
        run, count=3, order_by="h_h", descending=False,
        limits={"tc": (50, None), "tc_low": (None, 200)}, elements={"x1": ["H", "La"]},
    )  # fmt: skip
    kept = rows[(rows["tc"] >= 50) & (rows["tc_low"] <= 200) & rows["x1"].isin(["H", "La"])]
    assert n_rows(run, limits={"tc": (50, None), "tc_low": (None, 200)},
                  elements={"x1": ["H", "La"]}) == len(kept) > 3  # fmt: skip
    expected = kept.sort_values(["h_h", "assignment"]).head(3)
    assert some["assignment"].tolist() == expected["assignment"].tolist()
    assert with_formulas(rows.head(1), run.search)["formula"][0].endswith(
        ("H12", "H13", "H14", "H7")
    )
    with pytest.raises(RunError, match="no column 'Tc; DROP'; there are: assignment, x1, x2, tc"):
        run_rows(run, order_by="Tc; DROP")


def test_export_has_all_rows_in_order(finished, tmp_path):
    rows = run_rows(finished["random"], count=None)
    for name, read in (
        ("a.csv", pd.read_csv),
        ("a.parquet", pd.read_parquet),
        ("a.json", pd.read_json),
    ):
        export_run(finished["random"], tmp_path / name)
        assert read(tmp_path / name)["assignment"].tolist() == rows["assignment"].tolist()


def test_runs_are_listed_and_deleted(predictor, finished, tmp_path):
    whole = finished["random"]
    for name in ("a", "b"):
        start_run(tmp_path / name, predictor, whole.search, whole.settings)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "manifest.json").write_text("{}")
    assert {run.folder.name for run in list_runs(tmp_path)} == {"a", "b"}
    run = read_run(tmp_path / "a")
    (run.folder / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match=r"also holds notes\.txt"):
        delete_run(run)
    assert (run.folder / "manifest.json").is_file()
    (run.folder / "notes.txt").unlink()
    delete_run(run)
    assert not run.folder.exists()
    assert run_rows(read_run(tmp_path / "b")).empty


def test_a_run_of_another_model_or_folder_is_refused(predictor, finished, tmp_path):
    whole = finished["random"]
    run = start_run(tmp_path / "run", predictor, whole.search, whole.settings)
    with pytest.raises(RunError, match="is there already and not empty"):
        start_run(tmp_path / "run", predictor, whole.search, whole.settings)
    path = run.folder / "manifest.json"
    path.write_text(path.read_text().replace(run.manifest["model_hash"], 64 * "0"))
    with pytest.raises(RunError, match="was made with model_hash 0000"):
        run_to_end(predictor, read_run(run.folder))
    with pytest.raises(RunError, match="no run in"):
        read_run(tmp_path)
    with pytest.raises(ValueError, match="mode random without a number"):
        Settings("random")


def test_the_pareto_front_is_what_nothing_beats(rng):
    table = pd.DataFrame(rng.integers(0, 6, (60, 3)).astype(float), columns=["a", "b", "c"])
    table.loc[0, "a"] = np.nan
    front = pareto_front(table, {"a": "max", "b": "min"})

    def beats(one, other):
        pair = [(one.a, other.a), (-one.b, -other.b)]
        return all(x >= y for x, y in pair) and any(x > y for x, y in pair)

    rows = list(table.dropna().itertuples())
    expected = [row.Index for row in rows if not any(beats(other, row) for other in rows)]
    assert front.index.tolist() == expected
    with pytest.raises(ValueError, match="expected columns with 'max' or 'min'"):
        pareto_front(table, {"a": "up"})


def test_commands(tmp_path, capsys):
    folder, out = tmp_path / "runs" / "first", tmp_path / "best.csv"
    command = ["search", "limgh12-fm-3m", "--group", "Mg1 + Li1", "--elements", "H, alkali metals"]
    assert main([*command, "--run", str(folder)]) == 0
    printed = capsys.readouterr()
    assert "6 of 6 variants kept" in printed.err  # Fr has no radius
    assert "Na2H12" in printed.out or "NaH6" in printed.out
    assert main(["runs", "list", str(folder.parent)]) == 0
    assert "exhaustive  finished  6 of 6 kept" in capsys.readouterr().out
    assert main(["runs", "show", str(folder), "--best", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert main(["runs", "export", str(folder), "--out", str(out), "--best", "3"]) == 0
    assert len(pd.read_csv(out)) == 3
    assert main(["search", "--run", str(folder), "--resume"]) == 0
    assert main([*command, "--run", str(folder)]) == 2
    assert "resume it or name another folder" in capsys.readouterr().err
    assert main(["runs", "delete", str(folder)]) == 0
    assert not folder.exists()
    assert main(["search", "--run", str(folder)]) == 2
    assert "give PARENT and --group SITES, or --resume" in capsys.readouterr().err


def test_no_part_is_seen_half_written(predictor, finished, tmp_path, monkeypatch):
    """A process that ends before the rename leaves no part behind."""
    whole = finished["random"]
    run = start_run(tmp_path / "run", predictor, whole.search, whole.settings)
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_to_end(predictor, run)
    monkeypatch.undo()
    assert run.parts == []
    run_to_end(predictor, run)
    assert contents(run) == contents(whole)
