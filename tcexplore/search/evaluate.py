"""Evaluation of assignments: their Tc, interval, applicability domain and distances as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import numpy as np

from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.conformal import TcInterval
from tcexplore.model.predictor import TcPredictor
from tcexplore.model.worker_threads import in_order
from tcexplore.scans.row_pressures import (
    check_pressures,
    row_pressures,
    row_pressures_with_errors,
    scales_at_pressures,
)
from tcexplore.scans.scan import Scan
from tcexplore.scans.scan_domain import member_domain
from tcexplore.scans.scan_tc import last_step, scan_tc_steps
from tcexplore.scans.sized_rows import sized_tc_steps
from tcexplore.search.charge_neutrality import is_charge_neutral
from tcexplore.search.constraints import Constraints, hydrogen_distances
from tcexplore.search.space import SearchSpace
from tcexplore.typing import BoolArray, FloatArray, IntArray

Objective = Literal["tc", "tc_low"]
Columns = Mapping[str, np.ndarray]
SHARING_ROWS = 8  # rows in a run, on average, from which shared convolutions pay
ROUNDING = 1e-3  # relative: the pressure of a volume at a pressure is this pressure to so much
PRESSURES = ("pressure", "pressure_low", "pressure_high")  # columns
DOMAIN_ROWS = 1024  # members whose applicability domain one task computes


@dataclass(frozen=True)
class Search:
    """All that the result of one variant depends on, but for the model."""

    space: SearchSpace
    scales: tuple[float, ...] = (1.0,)
    """Factors on the parent's lattice vectors, of which the best counts."""
    constraints: Constraints = field(default_factory=Constraints)
    objective: Objective = "tc"
    pressures: tuple[float, ...] = ()
    """(GPa) Instead of scales: every variant at its own volumes there, of which the best counts."""

    def __post_init__(self) -> None:
        if self.objective not in ("tc", "tc_low"):
            raise ValueError(f"objective {self.objective!r}; expected 'tc' or 'tc_low'")
        if not self.scales or not all(0 < scale < np.inf for scale in self.scales):
            raise ValueError(f"scales {self.scales}; expected at least one, each above 0")
        check_pressures(np.array(self.pressures))


@dataclass(frozen=True)
class _Members:
    """Variants on the lattices that they may have."""

    indices: IntArray
    scan: Scan
    """Its lattices are those that all rows share; none at a pressure."""
    scales: FloatArray
    """Shape (n_rows, n_lattices)."""
    wanted: BoolArray
    """Shape (n_rows, n_lattices)."""
    h_h: FloatArray
    """(Å) On the parent's lattice, shape (n_rows,)."""
    metal_h: FloatArray

    def of_rows(self, rows: IntArray, wanted: BoolArray) -> _Members:
        """Return some rows."""
        return _Members(
            self.indices[rows],
            replace(self.scan, species=self.scan.species[rows]),
            self.scales[rows],
            wanted,
            self.h_h[rows],
            self.metal_h[rows],
        )


def evaluate(predictor: TcPredictor, search: Search, indices: IntArray) -> Columns:
    """Return the columns of the assignments that keep the constraints, in rising order.

    Parameters
    ----------
    indices
        Numbers of assignments, shape (n,).

    Returns
    -------
    :
        assignment; x1, x2, ... (atomic numbers); tc, tc_low, tc_high (K); scale; percentile (%) of
        the applicability domain; in_training; h_h, metal_h (Å); pressure, pressure_low and
        pressure_high (GPa, the error at 90 %), nan where there is no estimate; volume_per_atom
        (Å³).
    """
    members = _with_distances(search, np.sort(indices))
    if search.constraints.inside_only:
        members = _inside(predictor, members)
    if not len(members.indices):
        return _columns(search, members, np.zeros(0, int), None, None)
    tc = last_step(_tc_steps(predictor, members))
    objective = np.where(members.wanted, tc.tc if search.objective == "tc" else tc.low, np.nan)
    allowed = search.constraints.allow_tc(tc, objective)
    best = np.where(allowed, objective, -np.inf).argmax(axis=1)
    rows = np.flatnonzero(allowed.any(axis=1))
    best, kept = best[rows], members.of_rows(rows, members.wanted[rows])
    chosen = TcInterval(*(part[rows, best] for part in tc.parts))
    return _columns(search, kept, best, chosen, predictor)


def _tc_steps(predictor: TcPredictor, members: _Members) -> Iterator[tuple[float, TcInterval]]:
    """Yield the share that is done and Tc so far.

    Rows that stand together and differ in the last group alone share their convolutions; random
    ones share nothing, and are faster each for itself.
    """
    outer = members.scan.species[:, :-1]
    n_runs = 1 + np.count_nonzero((np.diff(outer, axis=0) != 0).any(axis=1))
    if len(members.scan.lattices) and len(outer) >= SHARING_ROWS * n_runs:
        return scan_tc_steps(predictor, members.scan, wanted=members.wanted)
    return sized_tc_steps(predictor, members.scan, members.scales, wanted=members.wanted)


def _with_distances(search: Search, indices: IntArray) -> _Members:
    """Return the variants and the lattices on which they keep the shortest distances."""
    space = search.space
    numbers = space.atomic_numbers(indices)
    groups, matrix = tuple(group.sites for group in space.groups), _matrix(space)
    if not search.pressures:
        shared = np.array(search.scales, dtype=float)
        scan = Scan(space.parent, groups, numbers, shared[:, None, None] * matrix)
        scales = np.broadcast_to(shared, (len(numbers), len(shared)))
    else:
        scan = Scan(space.parent, groups, numbers, matrix[None][:0])
        scales = scales_at_pressures(scan, np.array(search.pressures))
    h_h, metal_h = hydrogen_distances(space, numbers)
    wanted = np.isfinite(scales) & search.constraints.allow_distances(
        h_h[:, None] * scales, metal_h[:, None] * scales
    )
    if search.constraints.charge_neutral:
        wanted &= is_charge_neutral(space, numbers)[:, None]
    if search.constraints.highest_pressure is not None:
        highest = search.constraints.highest_pressure * (1 + ROUNDING)
        wanted &= row_pressures(scan, scales) <= highest
    return _some(_Members(indices, scan, scales, wanted, h_h, metal_h))


def _matrix(space: SearchSpace) -> FloatArray:
    """Return the parent's lattice vectors (Å) as rows, shape (3, 3)."""
    return space.parent.structure.lattice.matrix


def _some(members: _Members) -> _Members:
    """Return the rows that have a lattice left."""
    rows = np.flatnonzero(members.wanted.any(axis=1))
    if len(rows) == len(members.indices):
        return members
    return members.of_rows(rows, members.wanted[rows])


def _inside(predictor: TcPredictor, members: _Members) -> _Members:
    """Return the variants on the lattices where they are inside the applicability domain."""
    rows, lattices = np.nonzero(members.wanted)
    wanted = np.zeros_like(members.wanted)
    parts = _domain_parts(predictor, members.scan, rows, members.scales[rows, lattices])
    if parts:
        wanted[rows, lattices] = np.concatenate([part.words == "inside" for part in parts])
    return _some(members.of_rows(np.arange(len(wanted)), wanted))


def _domain_parts(
    predictor: TcPredictor, scan: Scan, rows: IntArray, scales: FloatArray
) -> list[ApplicabilityDomain]:
    """Return the applicability domain of rows of a scan on lattices of some scales, in parts."""
    matrix, tasks = scan.parent.structure.lattice.matrix, []
    for start in range(0, len(rows), DOMAIN_ROWS):
        part = slice(start, start + DOMAIN_ROWS)
        needed, row = np.unique(rows[part], return_inverse=True)
        used, lattice = np.unique(scales[part], return_inverse=True)
        some = Scan(scan.parent, scan.groups, scan.species[needed], used[:, None, None] * matrix)
        tasks.append(partial(member_domain, predictor, some, row, lattice))
    return list(in_order(tasks))


def _columns(
    search: Search,
    members: _Members,
    lattice: IntArray,
    tc: TcInterval | None,
    predictor: TcPredictor | None,
) -> Columns:
    """Return the columns of variants on one lattice each; none without Tc."""
    rows = np.arange(len(lattice))
    scales = members.scales[rows, lattice]
    columns: dict[str, Any] = {"assignment": members.indices.astype(np.int64)}
    columns |= dict(zip(search.space.names, members.scan.species.T.astype(np.uint8), strict=True))
    parts = tc.parts if tc else (np.zeros(0),) * 3
    columns |= dict(zip(("tc", "tc_low", "tc_high"), parts, strict=True))
    columns["scale"] = scales
    domain = _domain_parts(predictor, members.scan, rows, scales) if predictor else []
    for name in ("percentile", "in_training", "volume_per_atom"):
        values = [np.asarray(getattr(part, name)) for part in domain]
        columns[name] = np.concatenate([*values, np.zeros(0)])
    columns["in_training"] = columns["in_training"].astype(bool)
    columns |= {"h_h": members.h_h * scales, "metal_h": members.metal_h * scales}
    pressures = row_pressures_with_errors(members.scan, scales[:, None])
    for name, part in zip(PRESSURES, pressures.parts, strict=True):
        columns[name] = part[:, 0]
    return {name: _single(values) for name, values in columns.items()}


def _single(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32) if values.dtype.kind == "f" else values
