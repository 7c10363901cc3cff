"""A search that writes its results as it goes, here or on Dask workers, and can be resumed."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq

from tcexplore.model import DEFAULT_MODEL
from tcexplore.model.predictor import TcPredictor, load_predictor
from tcexplore.run_folder.files import RunError, write_whole
from tcexplore.run_folder.model_check import check_model, model_hash
from tcexplore.search.equivalents import group_permutations
from tcexplore.search.evaluate import Columns, Search, evaluate
from tcexplore.search.optimise import REFUSED, propose
from tcexplore.search.runs import (
    FINISHED,
    PartNote,
    Run,
    Settings,
    create_run,
    part_path,
    read_note,
    write_part,
)
from tcexplore.search.sequence import Chunk, chunks, number_of_variants
from tcexplore.typing import IntArray

Evaluate = Callable[[IntArray], "Future[Columns]"]
AHEAD = 1  # chunks at once: its own threads take all cores, a second one only takes memory


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    n_drawn: int
    """Distinct variants that were looked at."""
    n_kept: int
    """Those that keep the constraints: rows of the results."""
    n_total: int
    """Distinct variants to look at, at most."""
    is_finished: bool

    @property
    def share(self) -> float:
        """Return the share that is done, 0 to 1."""
        return 1.0 if self.is_finished else self.n_drawn / self.n_total


def start_run(
    folder: Path,
    predictor: TcPredictor,
    search: Search,
    settings: Settings,
    *,
    model: str = DEFAULT_MODEL,
    parent_name: str = "",
) -> Run:
    """Return a new run in a folder; nothing is computed yet.

    Parameters
    ----------
    model
        Name or folder of the predictor's model, from which Dask workers load it.
    """
    return create_run(
        Path(folder),
        search,
        settings,
        model=model,
        model_hash=model_hash(predictor.files),
        parent_name=parent_name,
    )


def run_steps(
    predictor: TcPredictor, run: Run, *, scheduler: str | None = None
) -> Iterator[Progress]:
    """Yield the progress of a run, from where it was ended, until it is finished.

    Each part is on the disk before it counts. However often a run was ended, its parts are at last
    those of an undisturbed run.

    Parameters
    ----------
    scheduler
        Address of a Dask scheduler; without it this process computes.

    Raises
    ------
    RunError
        The run belongs to another model or version.
    """
    check_model(predictor, run.folder, run.manifest)
    search, progress = run.search, run_progress(run)
    yield progress
    if run.is_finished:
        return
    with _evaluation(predictor, search, run, scheduler) as (submit, ahead):
        tasks = _guided_tasks if run.settings.mode == "guided" else _sequence_tasks
        for note in _written(run, tasks(run, search), submit, ahead):
            n_drawn, n_kept = progress.n_drawn + note.n_drawn, progress.n_kept + note.n_kept
            progress = replace(progress, n_drawn=n_drawn, n_kept=n_kept)
            yield progress
    write_whole(run.folder / FINISHED, b"{}")
    for temporary in run.folder.glob(".*.tmp"):
        temporary.unlink(missing_ok=True)
    yield run_progress(run)


def run_to_end(predictor: TcPredictor, run: Run, *, scheduler: str | None = None) -> Progress:
    """Return the progress of a run once it is finished."""
    [progress] = deque(run_steps(predictor, run, scheduler=scheduler), maxlen=1)
    return progress


def run_progress(run: Run) -> Progress:
    """Return how far a run is, by its parts."""
    notes = [_note(path) for path in run.parts]
    n_drawn, n_kept = sum(note.n_drawn for note in notes), sum(note.n_kept for note in notes)
    n_total = number_of_variants(run.settings, run.search.space)
    return Progress(n_drawn, n_kept, n_total, run.is_finished)


def _note(path: Path) -> PartNote:
    """Return the note of a part, read once; the time tells a run that was made anew."""
    return _note_of(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=100_000)
def _note_of(path: Path, _: int) -> PartNote:
    return read_note(path)


@contextmanager
def _evaluation(
    predictor: TcPredictor, search: Search, run: Run, scheduler: str | None
) -> Iterator[tuple[Evaluate, int]]:
    """Yield a function that has assignments evaluated, and how many to hand it at once."""
    if scheduler is None:
        with ThreadPoolExecutor(AHEAD) as pool:
            yield lambda indices: pool.submit(evaluate, predictor, search, indices), AHEAD
        return
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise RunError("no Dask here; install it: pip install 'tcexplore[scale]'") from None
    client = Client(scheduler, timeout="20s")
    try:
        n_threads = sum(dict(client.nthreads()).values())  # pyright: ignore
        pool: Executor = client.get_executor(pure=False, retries=3)
        model = run.manifest["model"], run.manifest["model_hash"]
        yield (
            lambda indices: pool.submit(_evaluate_on_worker, *model, search, indices),
            2 * max(n_threads, 1),
        )
    finally:
        client.close()


def _evaluate_on_worker(model: str, expected: str, search: Search, indices: IntArray) -> Columns:
    """Return the columns of assignments, by a model that each worker loads once."""
    return evaluate(_worker_predictor(model, expected), search, indices)


@functools.lru_cache(maxsize=2)
def _worker_predictor(model: str, expected: str) -> TcPredictor:
    predictor = load_predictor(model)
    if model_hash(predictor.files) != expected:
        raise RunError(
            f"model {model!r} of this worker is not that of the run; give it the same model folder"
        )
    return predictor


Task = tuple[Chunk, tuple[int, ...]]


def _sequence_tasks(run: Run, search: Search) -> Iterator[Task]:
    """Yield the chunks that no part holds yet."""
    number = position = 0
    while part_path(run, number).is_file():
        position = _note(part_path(run, number)).next_position
        number += 1
    for chunk in chunks(search.space, run.settings, number=number, position=position):
        if not part_path(run, chunk.number).is_file():
            yield chunk, ()


def _guided_tasks(run: Run, search: Search) -> Iterator[Task]:
    """Yield batch after batch; each is written before the next one is proposed."""
    permutations = group_permutations(search.space)
    settings, values, number = run.settings, {}, 0
    total = number_of_variants(settings, search.space)
    while len(values) < total:
        if not part_path(run, number).is_file():
            count = min(settings.chunk_size, total - len(values))
            drawn = propose(
                search.space, permutations, values, count=count, seed=settings.seed, batch=number
            )
            if not len(drawn):
                return
            yield Chunk(number, 0, drawn), tuple(drawn.tolist())
        values |= _objectives(run, number, search)
        number += 1


def _objectives(run: Run, number: int, search: Search) -> dict[int, float]:
    """Return the objective (K) of each variant of a guided batch."""
    path = part_path(run, number)
    table = pq.read_table(path, columns=["assignment", search.objective])
    kept = dict(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return {index: kept.get(index, REFUSED) for index in _note(path).drawn}


def _written(run: Run, tasks: Iterable[Task], submit: Evaluate, ahead: int) -> Iterator[PartNote]:
    """Evaluate chunks, at most so many at once, and write each as it comes in."""
    if run.settings.mode == "guided":
        ahead = 1
    pending: dict[Future[Columns], Task] = {}
    try:
        for task in tasks:
            pending[submit(task[0].indices)] = task
            if len(pending) >= ahead:
                yield from _write_done(run, pending)
        while pending:
            yield from _write_done(run, pending)
    finally:
        for future in pending:
            future.cancel()


def _write_done(run: Run, pending: dict[Future[Columns], Task]) -> Iterator[PartNote]:
    for future in wait(pending, return_when=FIRST_COMPLETED).done:
        chunk, drawn = pending.pop(future)
        columns = future.result()
        n_kept = len(columns["assignment"])
        note = PartNote(chunk.next_position, len(chunk.indices), n_kept, drawn)
        write_part(run, chunk.number, columns, note)
        yield note
