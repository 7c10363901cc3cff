"""Tc with the elements on chosen sites swapped: the paper's morphisms."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np
from pymatgen.core import Element, Structure

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.elements import element_table
from tcexplore.crystal.structure import StructureError
from tcexplore.model.conformal import TcInterval
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.row_pressures import scales_at_pressures
from tcexplore.scans.scan import Scan, member_structure
from tcexplore.scans.scan_tc import last_step, scan_tc_steps
from tcexplore.scans.sized_rows import sized_tc_steps
from tcexplore.typing import BoolArray, FloatArray, IntArray

COARSE_STEP = 4  # lattices
COARSE_SHARE = 0.6  # of the work, for the progress bar
NEAR_TIE = 1.0  # K
NEAR_TIE_SHARE = 0.02


class Compute(Protocol):
    """Steps of Tc on chosen lattices of each pair, with the share that is done."""

    def __call__(self, *, wanted: BoolArray) -> Iterator[tuple[float, TcInterval]]:
        """Yield Tc of shape (n_pairs, n_lattices), as that of `wanted`."""
        ...


@dataclass(frozen=True)
class ElementSwap:
    """Tc over the elements X and Y, on one lattice or at the maximum of each pair's dome."""

    scan: Scan
    """All pairs that were predicted; its lattices are those that all pairs were tried on, none
    where each pair has lattices of its own."""
    x: tuple[str, ...]
    """Symbols, the columns of the map."""
    y: tuple[str, ...]
    """Symbols, the rows of the map; one entry, the parent's element, where only X is swapped."""
    scales: FloatArray
    """Factors on the parent's lattice vectors that all pairs were tried on, shape (n_scales,)."""
    tc: FloatArray
    """(K) Highest Tc over the lattices, shape (n_y, n_x); nan where an element is not predicted."""
    tc_low: FloatArray
    """(K) Lower end of its prediction interval, shape (n_y, n_x); nan where the model has none."""
    tc_high: FloatArray
    """(K) Upper end of its prediction interval, shape (n_y, n_x)."""
    peak_scale: FloatArray
    """The scale of that Tc, shape (n_y, n_x)."""

    def structure(self, x: str, y: str) -> Structure:
        """Return the material of one cell of the map on its best lattice.

        Raises
        ------
        ValueError
            The pair is not predicted.
        """
        pair = [Element(symbol).Z for symbol in (x, y)[: self.scan.species.shape[1]]]
        rows = np.flatnonzero((self.scan.species == pair).all(axis=1))
        scale = self.peak_scale[self.y.index(y), self.x.index(x)]
        if not rows.size:
            raise ValueError(f"X = {x}, Y = {y} is not predicted: an element has no atomic radius")
        if not np.isfinite(scale):
            raise ValueError(f"X = {x}, Y = {y} is not predicted: its volume is not known")
        lattice = scale * self.scan.parent.structure.lattice.matrix
        return member_structure(replace(self.scan, lattices=lattice[None]), int(rows[0]), 0)

    @property
    def places(self) -> IntArray:
        """Return row and column in the map of each row of the scan, shape (n_pairs, 2)."""
        return pair_places(self.scan, self.x, self.y)


def element_swap(
    predictor: TcPredictor,
    parent: CanonicalCell,
    *,
    x_sites: Sequence[int],
    y_sites: Sequence[int] = (),
    x: Sequence[str],
    y: Sequence[str] = (),
    scales: Sequence[float] | FloatArray = (1.0,),
    pressures: Sequence[float] | FloatArray = (),
) -> ElementSwap:
    """Return Tc with every X on some sites of a canonical cell and every Y on others.

    Parameters
    ----------
    parent
        From `TcPredictor.cell`.
    x_sites, y_sites
        Places in the parent's structure; Y may stay empty.
    x, y
        Symbols of the elements to try. Those without an atomic radius stay blank.
    scales
        Factors on the lattice vectors; of each pair the highest Tc over them counts.
    pressures
        (GPa) Instead of scales: every pair at the volume that it has at each of them.

    Raises
    ------
    StructureError
        Sites that are not there, named twice, or none; pressures, or materials, that the equation
        of state does not hold for.

    References
    ----------
    Novakovic et al., arXiv:2301.10474 (2023), section V.B and figure 4.
    """
    steps = element_swap_steps(
        predictor, parent, x_sites=x_sites, y_sites=y_sites, x=x, y=y, scales=scales,
        pressures=pressures,
    )  # fmt: skip
    return last_step(steps)


def element_swap_steps(
    predictor: TcPredictor,
    parent: CanonicalCell,
    *,
    x_sites: Sequence[int],
    y_sites: Sequence[int] = (),
    x: Sequence[str],
    y: Sequence[str] = (),
    scales: Sequence[float] | FloatArray = (1.0,),
    pressures: Sequence[float] | FloatArray = (),
) -> Iterator[tuple[float, ElementSwap]]:
    """Yield the share that is done and the swap so far, as `element_swap` at last returns it."""
    _check_sites(parent, x_sites, y_sites)
    factors = np.asarray(scales, dtype=float)
    groups = tuple(tuple(sites) for sites in (x_sites, y_sites) if len(sites))
    columns = [_predicted(symbols, predictor) for symbols in (x, y)[: len(groups)]]
    species = np.array([[Element(s).Z for s in pair] for pair in itertools.product(*columns)])
    lattices = factors[:, None, None] * parent.structure.lattice.matrix
    if len(pressures):
        lattices = lattices[:0]
        scan = Scan(parent, groups, species, lattices)
        row_scales = scales_at_pressures(scan, np.asarray(pressures, dtype=float))
        _check_volumes(row_scales)
        compute = partial(sized_tc_steps, predictor, scan, row_scales)
    else:
        scan = Scan(parent, groups, species, lattices)
        row_scales = np.broadcast_to(factors, (len(species), len(factors)))
        compute = partial(scan_tc_steps, predictor, scan)
    x, y = tuple(x), tuple(y) or ("",)
    places = pair_places(scan, x, y)
    for share, tc in _peak_steps(compute, row_scales.shape):
        peaks = _peaks(row_scales, tc, places, (len(y), len(x)))
        yield share, ElementSwap(scan, x, y, factors[: len(lattices)], *peaks)


def _peak_steps(compute: Compute, shape: tuple[int, int]) -> Iterator[tuple[float, TcInterval]]:
    """Yield the share done and Tc on the lattices that can hold a row's maximum, nan elsewhere.

    Tc is smooth along the lattices of a row: every fourth lattice first, then for each row those
    around its highest Tc and around what comes near to it.
    """
    n_lattices = shape[1]
    coarse = np.zeros(shape, dtype=bool)
    coarse[:, :: COARSE_STEP if n_lattices > 2 * COARSE_STEP else 1] = True
    coarse[:, -1] = True
    share_of_coarse = 1.0 if coarse.all() else COARSE_SHARE
    for share, tc in compute(wanted=coarse):
        yield share * share_of_coarse, tc
    if coarse.all():
        return
    for share, finer in compute(wanted=_near_maximum(tc.tc) & ~coarse):
        for values, new in zip(tc.parts, finer.parts, strict=True):
            np.copyto(values, new, where=np.isfinite(finer.tc))
        yield share_of_coarse + share * (1 - share_of_coarse), tc


def _near_maximum(tc: FloatArray) -> BoolArray:
    """Return which lattices lie less than a coarse step from a row's highest Tc or a near-tie."""
    comparable = np.where(np.isnan(tc), -np.inf, tc)
    highest = comparable.max(axis=1, keepdims=True)
    high = comparable >= np.minimum(highest - NEAR_TIE, (1 - NEAR_TIE_SHARE) * highest)
    high &= np.isfinite(comparable)
    near = high.copy()
    for step in range(1, COARSE_STEP):
        near[:, step:] |= high[:, :-step]
        near[:, :-step] |= high[:, step:]
    return near


def _peaks(
    scales: FloatArray, tc: TcInterval, places: IntArray, shape: tuple[int, int]
) -> list[FloatArray]:
    """Return the highest Tc over the lattices at each pair's place, its interval, and its scale.

    Parameters
    ----------
    scales
        Of each pair's lattices, shape (n_pairs, n_lattices).
    """
    comparable = np.where(np.isnan(tc.tc), -np.inf, tc.tc)
    done = np.flatnonzero(np.isfinite(comparable[:, 0]))
    best = comparable[done].argmax(axis=1)
    rows, columns = places[done].T
    peaks = []
    for values in (*(part[done, best] for part in tc.parts), scales[done, best]):
        peaks.append(np.full(shape, np.nan))
        peaks[-1][rows, columns] = values
    return peaks


def pair_places(scan: Scan, x: tuple[str, ...], y: tuple[str, ...]) -> IntArray:
    """Return row and column of each pair in the map, shape (n_pairs, 2)."""
    column = {Element(symbol).Z: index for index, symbol in enumerate(x)}
    row = {Element(symbol).Z: index for index, symbol in enumerate(y) if symbol}
    return np.array(
        [[row[pair[1]] if pair[1:] else 0, column[pair[0]]] for pair in scan.species.tolist()]
    )


def _predicted(symbols: Sequence[str], predictor: TcPredictor) -> list[str]:
    """Return those that the model knows and that have an atomic radius."""
    trained, radii = set(predictor.files.config.elements), element_table().atomic_radius
    return [s for s in symbols if s in trained and not np.isnan(radii[Element(s).Z - 1])]


def _check_volumes(row_scales: FloatArray) -> None:
    if not np.isfinite(row_scales).any():
        raise StructureError(
            "no volume at a pressure is known for any of these materials: the equation of state is"
            " of hydrides with two or more H for each other atom, without Be and B; take another"
            " kind of lattice"
        )


def _check_sites(parent: CanonicalCell, x_sites: Sequence[int], y_sites: Sequence[int]) -> None:
    sites = [*x_sites, *y_sites]
    n = len(parent.structure)
    if not len(x_sites):
        raise StructureError("no site is chosen for X; choose at least one")
    if len(set(sites)) < len(sites):
        raise StructureError(f"sites {sites} name one site twice; X and Y need sites of their own")
    if min(sites) < 0 or max(sites) >= n:
        raise StructureError(f"sites {sites} are not all there; the cell has sites 0 to {n - 1}")
