"""Tc of all members of a scan at once.

Structure factors depend on the fractional coordinates alone, so they are computed once; the first
convolution is linear, so it is computed once for each element of each sublattice and added up for
the members. Nothing is approximated: a member's Tc is what the predictor says of `member`. The work
comes in steps of a bounded size, after each of which one can look at what there is, or stop.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from tcexplore.crystal.frames import framed_coords
from tcexplore.crystal.structure import StructureError
from tcexplore.features.scaling import scaled_amounts, scaled_coefficients
from tcexplore.model.conformal import TcInterval, unknown_tc
from tcexplore.model.gaussian_process import ShortRange, short_range
from tcexplore.model.network import (
    descriptor_features,
    features_of_networks,
    first_convolution,
    joint_output,
)
from tcexplore.model.predictor import TcPredictor, model_tc
from tcexplore.model.worker_threads import in_order
from tcexplore.scans.scan import Scan, scan_frames
from tcexplore.scans.scan_densities import ScanDensities, scan_densities
from tcexplore.scans.scan_descriptors import ScanDescriptors, scan_descriptors
from tcexplore.scans.summed_convolution import (
    SummedConvolution,
    summed_convolution,
    summed_features,
)
from tcexplore.typing import BoolArray, FloatArray, IntArray

Block = tuple[IntArray, IntArray, TcInterval]
Task = Callable[[], Block]
T = TypeVar("T")

CHUNK_SIZES = 64, 256  # members with coefficients of their own that are computed at once
CHUNKS = 10  # at least, of many members: progress, and work for all cores
ROW_CHUNK = 512  # rows on one lattice that are computed at once
LATTICES_TOGETHER = 2  # of many rows; the convolutions of one take 34 MB
MANY_ROWS = 8  # from here on the first convolution is shared by the rows on one lattice


def scan_tc(predictor: TcPredictor, scan: Scan) -> TcInterval:
    """Return Tc of all members with its bands, shape (n_rows, n_lattices).

    Raises
    ------
    StructureError
        There are no members, an element is not known to the model, or it has no atomic radius.
    """
    return last_step(scan_tc_steps(predictor, scan))


def scan_tc_steps(
    predictor: TcPredictor, scan: Scan, *, wanted: BoolArray | None = None
) -> Iterator[tuple[float, TcInterval]]:
    """Yield the share that is done and Tc so far, nan where it is not known yet.

    Many rows are complete on a few lattices before the next ones begin. The arrays are the same in
    all steps.

    Parameters
    ----------
    wanted
        Members to compute, shape (n_rows, n_lattices); without it all.

    Raises
    ------
    StructureError
        There are no members, an element is not known to the model, or it has no atomic radius.
    """
    total = unknown_tc((len(scan.species), len(scan.lattices)))
    if not total.tc.size:
        raise StructureError(
            f"nothing to compute: {len(scan.species)} choices of elements on"
            f" {len(scan.lattices)} lattices; give at least one of each"
        )
    if wanted is None:
        wanted = np.ones(total.tc.shape, dtype=bool)
    n_done = 0
    for rows, lattices, block in in_order(_tasks(predictor, scan, wanted)):
        for all_members, some in zip(total.parts, block.parts, strict=True):
            all_members[rows, lattices] = some
        n_done += len(rows)
        yield n_done / int(wanted.sum()), total


def last_step(steps: Iterable[tuple[float, T]]) -> T:
    """Return the result of the last step of a study or a scan."""
    [(_, result)] = deque(steps, maxlen=1)
    return result


def _tasks(predictor: TcPredictor, scan: Scan, wanted: BoolArray) -> Iterator[Task]:
    """Yield functions that return rows, lattices and the Tc of each pair, all of shape (n,)."""
    frames, descriptors = scan_frames(scan), scan_descriptors(scan, predictor.files.config)
    for frame in range(len(frames.symmetries)):
        rows = np.flatnonzero(frames.of_row == frame)
        coords = framed_coords(
            scan.parent.structure.frac_coords, frames.symmetries[frame], frames.origins[frame]
        )
        densities = scan_densities(predictor, scan, coords)
        tasks = _few_rows if len(rows) < MANY_ROWS else _many_rows
        yield from tasks(densities, descriptors, rows, wanted)


def _few_rows(
    densities: ScanDensities, descriptors: ScanDescriptors, rows: IntArray, wanted: BoolArray
) -> Iterator[Task]:
    """Yield the blocks of rows one by one, each on many lattices at once."""
    n_lattices = len(densities.scan.lattices)
    size = chunk_size(n_lattices)
    for start in range(0, n_lattices, size):
        for row in rows:
            lattices = start + np.flatnonzero(wanted[row, start : start + size])
            if lattices.size:
                yield partial(
                    member_block, densities, descriptors, np.full(len(lattices), row), lattices
                )


def chunk_size(n_members: int) -> int:
    """Return how many members to compute at once: more of many, so that a few have all cores.

    It does not depend on the machine, so that neither does a result.
    """
    return int(np.clip(n_members // CHUNKS, *CHUNK_SIZES))


def member_block(
    densities: ScanDensities,
    descriptors: ScanDescriptors,
    rows: IntArray,
    lattices: IntArray,
) -> Block:
    """Return Tc of some members, each from coefficients of its own.

    Parameters
    ----------
    rows, lattices
        Of each member, shape (n,).
    """
    predictor = densities.predictor
    image = scaled_coefficients(densities.of_members(rows, lattices), predictor.files.scaling)
    features = features_of_networks(predictor.networks, image)
    values = descriptors.of_members(rows, lattices)
    return rows, lattices, _members_tc(predictor, features, values)


def _many_rows(
    densities: ScanDensities, descriptors: ScanDescriptors, rows: IntArray, wanted: BoolArray
) -> Iterator[Task]:
    """Yield the blocks of many rows, on a few lattices after the other."""
    predictor, of_composition = densities.predictor, None
    used = np.flatnonzero(wanted[rows].any(axis=0))
    if len(used) > LATTICES_TOGETHER:
        of_composition = _short_range_of_rows(predictor, descriptors, rows)
    for first in range(0, len(used), LATTICES_TOGETHER):
        lattices = used[first : first + LATTICES_TOGETHER]
        index = np.flatnonzero(wanted[np.ix_(rows, lattices)].any(axis=1))
        numbers, choices = _choices(densities.scan.species[rows[index]])
        convolutions = [_convolutions(densities, int(lattice), numbers) for lattice in lattices]
        for start in range(0, len(index), ROW_CHUNK):
            some = index[start : start + ROW_CHUNK]
            block = _LatticesBlock(
                rows[some],
                lattices,
                wanted[np.ix_(rows[some], lattices)],
                choices[start : start + ROW_CHUNK],
                of_composition and of_composition.of_rows(some),
            )
            yield partial(_block_tc, predictor, descriptors, convolutions, block)


@dataclass(frozen=True)
class _LatticesBlock:
    """Rows on a few lattices."""

    rows: IntArray
    """Shape (n_rows,)."""
    lattices: IntArray
    """Shape (n_lattices,)."""
    wanted: BoolArray
    """Shape (n_rows, n_lattices)."""
    choices: IntArray
    """Which element of each column a row has, shape (n_rows, n_columns)."""
    of_composition: ShortRange | None


def _block_tc(
    predictor: TcPredictor,
    descriptors: ScanDescriptors,
    convolutions: list[list[SummedConvolution]],
    block: _LatticesBlock,
) -> Block:
    """Return Tc of rows on a few lattices; what their compositions add is computed once for all."""
    lattice, row = np.nonzero(block.wanted.T)
    features = [
        np.concatenate(
            [
                summed_features(network, convolution, block.choices[wanted])
                for convolution, wanted in zip(on_lattices, block.wanted.T, strict=True)
                if wanted.any()
            ]
        )
        for network, on_lattices in zip(
            predictor.networks, zip(*convolutions, strict=True), strict=True
        )
    ]
    members = block.rows[row], block.lattices[lattice]
    of_composition = block.of_composition and block.of_composition.of_rows(row)
    return *members, _members_tc(
        predictor, features, descriptors.of_members(*members), of_composition
    )


def _convolutions(
    densities: ScanDensities, lattice: int, numbers: list[IntArray]
) -> list[SummedConvolution]:
    """Return the first convolutions of each network on one lattice."""
    scaling, networks = densities.predictor.files.scaling, densities.predictor.networks
    shared, parts = densities.on_lattice(lattice, numbers)
    images = [scaled_coefficients(image, scaling) for image in (shared, *parts)]
    tasks = (partial(first_convolution, *pair) for pair in itertools.product(networks, images))
    convolved = in_order(tasks)
    return [
        summed_convolution(network, next(convolved), list(itertools.islice(convolved, len(parts))))
        for network in networks
    ]


def _short_range_of_rows(
    predictor: TcPredictor, descriptors: ScanDescriptors, rows: IntArray
) -> ShortRange | None:
    """Return the short-range part of the Gaussian process, which no lattice changes."""
    files = predictor.files
    if files.gaussian_process is None:
        return None
    amounts = scaled_amounts(descriptors.amounts[rows], files.scaling)
    parts = list(
        in_order(
            partial(short_range, files.gaussian_process, amounts[start : start + ROW_CHUNK])
            for start in range(0, len(rows), ROW_CHUNK)
        )
    )
    return ShortRange(
        np.concatenate([part.regressed for part in parts]),
        np.concatenate([part.similarity for part in parts]),
    )


def _members_tc(
    predictor: TcPredictor,
    features: list[FloatArray],
    descriptor_values: FloatArray,
    of_composition: ShortRange | None = None,
) -> TcInterval:
    """Return Tc of some members from the features of each network's convolutions, shape (n,)."""
    scaled, columns = predictor.files.scaling.apply_to_descriptors(descriptor_values)
    each = [
        joint_output(network, of_structure, descriptor_features(network, columns))
        for network, of_structure in zip(predictor.networks, features, strict=True)
    ]
    return model_tc(predictor.files, np.maximum(each, 0), scaled, of_composition)


def _choices(species: IntArray) -> tuple[list[IntArray], IntArray]:
    """Return the elements of each column, and which of them a row has, shape (n_rows, columns)."""
    pairs = [np.unique(column, return_inverse=True) for column in species.T]
    return [numbers for numbers, _ in pairs], np.stack([index for _, index in pairs], axis=1)
