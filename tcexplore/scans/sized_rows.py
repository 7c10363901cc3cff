"""Tc of the rows of a scan, each on lattices of sizes of its own.

Rows that share no lattice share no convolution either: each member has coefficients of its own, as
have the lattices of one crystal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from tcexplore.crystal.frames import framed_coords
from tcexplore.model.conformal import TcInterval, unknown_tc
from tcexplore.model.predictor import TcPredictor
from tcexplore.model.worker_threads import in_order
from tcexplore.scans.scan import Scan, ScanFrames, scan_frames
from tcexplore.scans.scan_densities import scan_densities
from tcexplore.scans.scan_descriptors import scan_descriptors
from tcexplore.scans.scan_tc import LATTICE_CHUNK, Task, member_block, short_range_of_rows
from tcexplore.typing import BoolArray, FloatArray, IntArray


def sized_tc_steps(
    predictor: TcPredictor, scan: Scan, scales: FloatArray, *, wanted: BoolArray | None = None
) -> Iterator[tuple[float, TcInterval]]:
    """Yield the share that is done and Tc so far, nan where it is not known.

    Parameters
    ----------
    scan
        Its rows count; its lattices do not.
    scales
        Factors on the parent's lattice vectors, shape (n_rows, n_sizes); nan where a row has none.
    wanted
        Members to compute, shape as that of the scales; without it all.
    """
    chosen = np.isfinite(scales) if wanted is None else np.isfinite(scales) & wanted
    total = unknown_tc(scales.shape)
    rows, sizes = np.nonzero(chosen)
    lattice = scan.parent.structure.lattice.matrix
    sized = replace(scan, lattices=scales[rows, sizes][:, None, None] * lattice)
    # Scaling keeps the symmetries of a lattice, so the parent's own stands for all sizes.
    frames = scan_frames(replace(scan, lattices=lattice[None]))
    n_done = 0
    for _, members, block in in_order(_tasks(predictor, sized, frames, rows)):
        for all_members, some in zip(total.parts, block.parts, strict=True):
            all_members[rows[members], sizes[members]] = some
        n_done += len(members)
        yield n_done / len(rows), total


def _tasks(
    predictor: TcPredictor, scan: Scan, frames: ScanFrames, rows: IntArray
) -> Iterator[Task]:
    """Yield functions that return rows, members and Tc; member i is row rows[i] on lattice i."""
    lattices = np.arange(len(rows))
    descriptors = scan_descriptors(scan, predictor.files.config, (rows, lattices))
    needed, index = np.unique(rows, return_inverse=True)
    of_composition = short_range_of_rows(predictor, descriptors, needed)
    coords = scan.parent.structure.frac_coords
    for frame in range(len(frames.symmetries)):
        seen = framed_coords(coords, frames.symmetries[frame], frames.origins[frame])
        densities = scan_densities(predictor, scan, seen)
        members = np.flatnonzero(frames.of_row[rows] == frame)
        for start in range(0, len(members), LATTICE_CHUNK):
            some = members[start : start + LATTICE_CHUNK]
            short_range = of_composition and of_composition.of_rows(index[some])
            yield partial(member_block, densities, descriptors, rows[some], some, short_range)
