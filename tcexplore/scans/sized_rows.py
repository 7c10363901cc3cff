"""Tc of the rows of a scan, each on lattices of sizes of its own.

Rows that share no lattice share no convolution either: each member has coefficients of its own, as
have the lattices of one crystal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from tcexplore.scans.scan_tc import Task, chunk_size, member_block
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
    used, lattices = np.unique(scales[rows, sizes], return_inverse=True)  # equivalent rows share
    sized = replace(scan, lattices=used[:, None, None] * lattice)
    # Scaling keeps the symmetries of a lattice, so the parent's own stands for all sizes.
    frames = scan_frames(replace(scan, lattices=lattice[None]))
    n_done = 0
    for members, block in in_order(_tasks(predictor, sized, frames, (rows, lattices))):
        for all_members, some in zip(total.parts, block.parts, strict=True):
            all_members[rows[members], sizes[members]] = some
        n_done += len(members)
        yield n_done / len(rows), total


def _tasks(
    predictor: TcPredictor, scan: Scan, frames: ScanFrames, pairs: tuple[IntArray, IntArray]
) -> Iterator[Callable[[], tuple[IntArray, TcInterval]]]:
    """Yield functions that return the index of some members, each a row and a lattice, and Tc."""
    rows, lattices = pairs
    descriptors = scan_descriptors(scan, predictor.files.config, pairs)
    coords = scan.parent.structure.frac_coords
    for frame in range(len(frames.symmetries)):
        seen = framed_coords(coords, frames.symmetries[frame], frames.origins[frame])
        densities = scan_densities(predictor, scan, seen)
        members = np.flatnonzero(frames.of_row[rows] == frame)
        size = chunk_size(len(members))
        for start in range(0, len(members), size):
            some = members[start : start + size]
            block = partial(member_block, densities, descriptors, rows[some], lattices[some])
            yield partial(_with_index, some, block)


def _with_index(members: IntArray, block: Task) -> tuple[IntArray, TcInterval]:
    return members, block()[2]
