"""Evaluation of assignments: their Tc, interval, applicability domain and distances as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np

from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.conformal import TcInterval
from tcexplore.model.predictor import TcPredictor
from tcexplore.model.worker_threads import in_order
from tcexplore.scans.scan import Scan
from tcexplore.scans.scan_domain import member_domain
from tcexplore.scans.scan_tc import last_step, scan_tc_steps
from tcexplore.scans.sized_rows import sized_tc_steps
from tcexplore.search.constraints import Constraints, hydrogen_distances
from tcexplore.search.space import SearchSpace
from tcexplore.typing import BoolArray, FloatArray, IntArray

Objective = Literal["tc", "tc_low"]
Columns = Mapping[str, np.ndarray]
ScaleRule = Callable[[IntArray], FloatArray]
"""From atomic numbers (n, n_groups) to the lattice scale of each variant (n,). It must be a
function of a module or a frozen dataclass: its repr goes into the manifest of a run, and it is
sent to workers."""
SCALE_STEP = 0.005  # scales of a rule are rounded to it, so that variants share lattices
SHARING_ROWS = 8  # rows in a run, on average, from which shared convolutions pay
DOMAIN_ROWS = 1024  # members whose applicability domain one task computes
NO_INDEX = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Search:
    """All that the result of one variant depends on, but for the model."""

    space: SearchSpace
    scales: tuple[float, ...] | ScaleRule = (1.0,)
    """Factors on the parent's lattice vectors, of which the best counts, or a rule for each."""
    constraints: Constraints = field(default_factory=Constraints)
    objective: Objective = "tc"

    def __post_init__(self) -> None:
        if self.objective not in ("tc", "tc_low"):
            raise ValueError(f"objective {self.objective!r}; expected 'tc' or 'tc_low'")
        if not callable(self.scales) and not (
            len(self.scales) and all(0 < scale < np.inf for scale in self.scales)
        ):
            raise ValueError(f"scales {self.scales}; expected at least one, each above 0")


@dataclass(frozen=True)
class _Members:
    """Variants on the lattices that they may have."""

    indices: IntArray
    scan: Scan
    scales: FloatArray
    """Shape (n_lattices,)."""
    wanted: BoolArray
    """Shape (n_rows, n_lattices)."""
    h_h: FloatArray
    """(Å) On the parent's lattice, shape (n_rows,)."""
    metal_h: FloatArray

    def of_rows(self, rows: IntArray, wanted: BoolArray) -> _Members:
        """Return some rows."""
        scan = Scan(self.scan.parent, self.scan.groups, self.scan.species[rows], self.scan.lattices)
        return _Members(
            self.indices[rows], scan, self.scales, wanted, self.h_h[rows], self.metal_h[rows]
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
        the applicability domain; in_training; h_h, metal_h (Å); volume_per_atom (Å³).
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
    if len(outer) >= SHARING_ROWS * n_runs:
        return scan_tc_steps(predictor, members.scan, wanted=members.wanted)
    scales = np.broadcast_to(members.scales, members.wanted.shape)
    return sized_tc_steps(predictor, members.scan, scales, wanted=members.wanted)


def _with_distances(search: Search, indices: IntArray) -> _Members:
    """Return the variants and the lattices on which they keep the shortest distances."""
    space = search.space
    numbers = space.atomic_numbers(indices)
    scales, wanted = _scales(search, numbers)
    h_h, metal_h = hydrogen_distances(space, numbers)
    wanted &= search.constraints.allow_distances(
        np.multiply.outer(h_h, scales), np.multiply.outer(metal_h, scales)
    )
    lattices = scales[:, None, None] * space.parent.structure.lattice.matrix
    scan = Scan(space.parent, tuple(group.sites for group in space.groups), numbers, lattices)
    return _some(_Members(indices, scan, scales, wanted, h_h, metal_h))


def _scales(search: Search, numbers: IntArray) -> tuple[FloatArray, BoolArray]:
    """Return the scales of all variants, and which of them each may have."""
    if not callable(search.scales):
        scales = np.array(search.scales, dtype=float)
        return scales, np.ones((len(numbers), len(scales)), dtype=bool)
    each = np.rint(np.asarray(search.scales(numbers), dtype=float) / SCALE_STEP)
    steps, which = np.unique(each, return_inverse=True)
    return SCALE_STEP * steps, which[:, None] == np.arange(len(steps))


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
    parts = domain_parts(predictor, members.scan, rows, lattices)
    if parts:
        wanted[rows, lattices] = np.concatenate([part.words == "inside" for part in parts])
    return _some(members.of_rows(np.arange(len(wanted)), wanted))


def domain_parts(
    predictor: TcPredictor, scan: Scan, rows: IntArray, lattices: IntArray
) -> list[ApplicabilityDomain]:
    """Return the applicability domain of members of a scan, in parts of `DOMAIN_ROWS`."""
    tasks = []
    for start in range(0, len(rows), DOMAIN_ROWS):
        part = rows[start : start + DOMAIN_ROWS]
        needed, row = np.unique(part, return_inverse=True)
        some = Scan(scan.parent, scan.groups, scan.species[needed], scan.lattices)
        on = lattices[start : start + DOMAIN_ROWS]
        tasks.append(partial(member_domain, predictor, some, row, on))
    return list(in_order(tasks))


def _columns(
    search: Search,
    members: _Members,
    lattice: IntArray,
    tc: TcInterval | None,
    predictor: TcPredictor | None,
) -> Columns:
    """Return the columns of variants on one lattice each; none without Tc."""
    scales = members.scales[lattice]
    columns: dict[str, Any] = {"assignment": members.indices.astype(np.int64)}
    columns |= dict(zip(search.space.names, members.scan.species.T.astype(np.uint8), strict=True))
    parts = tc.parts if tc else (np.zeros(0),) * 3
    columns |= dict(zip(("tc", "tc_low", "tc_high"), parts, strict=True))
    columns["scale"] = scales
    rows = np.arange(len(lattice))
    domain = domain_parts(predictor, members.scan, rows, lattice) if predictor else []
    for name in ("percentile", "in_training", "volume_per_atom"):
        values = [np.asarray(getattr(part, name)) for part in domain]
        columns[name] = np.concatenate([*values, np.zeros(0)])
    columns["in_training"] = columns["in_training"].astype(bool)
    columns |= {"h_h": members.h_h * scales, "metal_h": members.metal_h * scales}
    return {name: _single(values) for name, values in columns.items()}


def _single(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32) if values.dtype.kind == "f" else values
