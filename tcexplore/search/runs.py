"""Runs of a search: a manifest and Parquet parts, each file written whole or not at all."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow as pa
from pymatgen.core import Structure

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.elements import ELEMENTS
from tcexplore.run_folder import files
from tcexplore.run_folder.files import MANIFEST, TEMPORARY, RunError
from tcexplore.search.constraints import Constraints
from tcexplore.search.evaluate import Columns, Search
from tcexplore.search.space import SearchSpace, SiteGroup

Mode = Literal["exhaustive", "random", "guided"]
MODES: tuple[Mode, ...] = get_args(Mode)
RUNS = Path("runs") / "search"
"""Folder of the runs that are given by name."""
CHUNK_SIZE, GUIDED_BATCH = 8192, 8
"""Variants of a part, and those that the optimiser proposes at once, where nothing is said."""
FINISHED = "finished.json"
OWN_FILES = re.compile(rf"manifest\.json|finished\.json|part-\d+\.parquet|{TEMPORARY}")


@dataclass(frozen=True)
class Settings:
    """How the variants of a search are chosen."""

    mode: Mode = "exhaustive"
    number: int | None = None
    """Distinct variants to look at; None means all, in exhaustive mode alone."""
    seed: int = 0
    chunk_size: int = CHUNK_SIZE
    """Variants of a part; in guided mode those that the optimiser proposes at once."""

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode {self.mode!r}; expected one of {', '.join(MODES)}")
        if self.number is None and self.mode != "exhaustive":
            raise ValueError(f"mode {self.mode} without a number of variants; give the number")
        if (self.number is not None and self.number < 1) or self.chunk_size < 1 or self.seed < 0:
            raise ValueError(
                f"number {self.number}, chunk size {self.chunk_size}, seed {self.seed}; expected"
                " at least 1, 1 and 0"
            )


def default_chunk_size(mode: Mode) -> int:
    """Return the variants of a part in a mode."""
    return GUIDED_BATCH if mode == "guided" else CHUNK_SIZE


@dataclass(frozen=True)
class Run:
    """A run on disk."""

    folder: Path
    search: Search
    settings: Settings
    manifest: dict[str, Any]
    """With parent_name, model, model_hash, version and created beside the settings."""

    @property
    def is_finished(self) -> bool:
        """Return whether all variants have been looked at."""
        return (self.folder / FINISHED).is_file()

    @property
    def parts(self) -> list[Path]:
        """Return the files of results."""
        return sorted(self.folder.glob("part-*.parquet"))


@dataclass(frozen=True)
class PartNote:
    """What a part says of itself, beside its rows."""

    next_position: int
    """Place in the sequence of assignments behind the part's last one."""
    n_drawn: int
    """Distinct variants that were looked at, kept or not."""
    n_kept: int
    drawn: tuple[int, ...] = ()
    """Their assignments in guided mode, in the order of the proposals."""


def create_run(
    folder: Path,
    search: Search,
    settings: Settings,
    *,
    model: str,
    model_hash: str,
    parent_name: str = "",
) -> Run:
    """Return a new run in a folder that is empty or not there.

    Raises
    ------
    RunError
        The folder holds files.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{folder} is there already and not empty; resume it or name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "parent_name": parent_name,
        "model": model,
        "model_hash": model_hash,
        "settings": asdict(settings),
        "search": _search_values(search),
    }
    files.write_manifest(folder, values)
    return read_run(folder)


def read_run(folder: Path) -> Run:
    """Return a run from its folder.

    Raises
    ------
    RunError
        There is no run.
    """
    path = Path(folder) / MANIFEST
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        search = _search(values["search"])
        settings = Settings(**values["settings"])
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise RunError(
            f"no run in {folder}: {MANIFEST} cannot be read ({error}); expected a folder that"
            " `tcexplore search --run` wrote"
        ) from None
    return Run(Path(folder), search, settings, values)


def list_runs(folder: Path = RUNS) -> list[Run]:
    """Return the runs in the folders below a folder, newest first."""
    runs = files.readable_runs(folder, read_run)
    return sorted(runs, key=lambda run: run.manifest["created"], reverse=True)


def delete_run(run: Run) -> None:
    """Delete a run's files and its folder.

    Raises
    ------
    RunError
        The folder holds files that are not the run's; nothing is deleted then.
    """
    files.delete_files(run.folder, OWN_FILES)


def write_part(run: Run, number: int, columns: Columns, note: PartNote) -> None:
    """Write one part; the file is there whole or not at all."""
    table = pa.table({name: _array(name, values) for name, values in columns.items()})
    files.write_part(part_path(run, number), table, asdict(note))


def part_path(run: Run, number: int) -> Path:
    """Return the path of a part."""
    return run.folder / f"part-{number:08d}.parquet"


def read_note(path: Path) -> PartNote:
    """Return what a part says of itself."""
    values = files.read_note(path)
    return PartNote(**{**values, "drawn": tuple(values["drawn"])})


def _array(name: str, values: Any) -> pa.Array:  # noqa: ANN401
    """Return a column as it is stored: elements as symbols, by a dictionary."""
    if not re.fullmatch(r"x\d+", name):
        return pa.array(values)
    return pa.DictionaryArray.from_arrays(pa.array(values.astype("int8") - 1), list(ELEMENTS))


def _search_values(search: Search) -> dict[str, Any]:
    parent = search.space.parent
    return {
        "parent": {
            "structure": parent.structure.as_dict(),
            "space_group_number": parent.space_group_number,
            "space_group_symbol": parent.space_group_symbol,
        },
        "groups": [asdict(group) for group in search.space.groups],
        "scales": [float(scale) for scale in search.scales],
        "pressures": [float(pressure) for pressure in search.pressures],
        "constraints": asdict(search.constraints),
        "objective": search.objective,
    }


def _search(values: dict[str, Any]) -> Search:
    parent = values["parent"]
    cell = CanonicalCell(
        Structure.from_dict(parent["structure"]),
        parent["space_group_number"],
        parent["space_group_symbol"],
    )
    groups = [SiteGroup(tuple(g["sites"]), tuple(g["elements"])) for g in values["groups"]]
    return Search(
        SearchSpace(cell, tuple(groups)),
        tuple(values["scales"]),
        Constraints(**values["constraints"]),
        values["objective"],
        tuple(values["pressures"]),
    )
