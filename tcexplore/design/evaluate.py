"""Evaluation of crystals in an inverse design: limits first, then Tc from scratch, then a cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.structure import StructureError, check_structure
from tcexplore.design.distance_limits import ClosestPair, DistanceLimits
from tcexplore.design.parameters import FreeParameters
from tcexplore.design.request import LARGEST_SHIFT, LARGEST_STRAIN, DesignRequest
from tcexplore.design.result import ROUNDING, DesignPoint
from tcexplore.equation_of_state.estimate import PressureScale
from tcexplore.model.applicability_domain import LIMITS
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan_domain import cell_domain
from tcexplore.typing import FloatArray

REFUSED = 1e6  # cost of a crystal that breaks a limit, more by how far it breaks it
NOT_PREDICTED = 10.0  # added to that where Tc was not even computed
SPACING = 0.1  # Å and, a tenth of it, of strain: between the crystals that a move passes


@dataclass(frozen=True)
class Trial:
    """One crystal that was tried."""

    values: FloatArray
    cost: float
    """What the optimiser lowers: minus the score (K), from `REFUSED` up where a limit is broken."""
    point: DesignPoint | None
    """None where a limit on distances is broken."""

    @property
    def is_refused(self) -> bool:
        """Return whether it breaks a limit."""
        return self.cost >= REFUSED


@dataclass(frozen=True)
class Evaluator:
    """All that a trial needs."""

    predictor: TcPredictor
    parameters: FreeParameters
    limits: DistanceLimits
    request: DesignRequest
    bounds: FloatArray
    """Lower and upper end of each parameter, shape (count, 2)."""

    def values(self, shares: FloatArray) -> FloatArray:
        """Return parameters from their places within the bounds, 0 to 1, shape (count,)."""
        low, high = self.bounds.T
        return low + shares * (high - low)

    def shares(self, values: FloatArray) -> FloatArray:
        """Return the places of parameters within the bounds, 0 to 1, shape (count,)."""
        low, high = self.bounds.T
        return np.clip((values - low) / np.where(high > low, high - low, 1.0), 0, 1)

    def keeps_distances(self, shares: FloatArray) -> bool:
        """Return whether no atoms of a crystal are too close."""
        return self.limits.closest(self.parameters.structure(self.values(shares))).is_allowed

    def trials(self, shares: Sequence[FloatArray], first: int) -> list[Trial]:
        """Return trials of some crystals; those that may be are predicted together.

        Parameters
        ----------
        shares
            Place of each within the bounds, 0 to 1, shape (count,).
        first
            Number of the first one.
        """
        values = [self.values(one) for one in shares]
        structures = [self.parameters.structure(one) for one in values]
        closest = [self.limits.closest(structure) for structure in structures]
        may_be = [
            pair.is_allowed and _is_sound(structure)
            for pair, structure in zip(closest, structures, strict=True)
        ]
        numbers = np.flatnonzero(may_be)
        points = self._points(values, structures, closest, numbers.tolist(), first)
        return [
            Trial(values[n], self._cost(points.get(n), closest[n]), points.get(n))
            for n in range(len(values))
        ]

    def given(self) -> Trial:
        """Return the trial of the crystal as given, predicted whatever its limits say."""
        values, structure = np.zeros(self.parameters.count), self.parameters.parent
        closest = self.limits.closest(structure)
        point = self._points([values], [structure], [closest], [0], 0)[0]
        return Trial(values, self._cost(point, closest), point)

    def _points(
        self,
        values: Sequence[FloatArray],
        structures: Sequence[Structure],
        closest: Sequence[ClosestPair],
        numbers: Sequence[int],
        first: int,
    ) -> dict[int, DesignPoint]:
        """Return the predicted crystals of those numbers."""
        predictions = self.predictor([structures[n] for n in numbers])
        return {
            n: DesignPoint(
                first + n, values[n], structures[n], prediction,
                cell_domain(self.predictor, prediction.cell), closest[n],
            )
            for n, prediction in zip(numbers, predictions, strict=True)
        }  # fmt: skip

    def _cost(self, point: DesignPoint | None, closest: ClosestPair) -> float:
        broken = max(1 - closest.ratio, 0.0)
        if point is None:
            return REFUSED + NOT_PREDICTED + broken
        beyond = np.maximum(self.bounds[:, 0] - point.values, point.values - self.bounds[:, 1])
        is_beyond = bool((beyond > ROUNDING).any())
        is_outside = self.request.inside_only and not point.is_inside
        if is_beyond or is_outside or not closest.is_allowed:
            outside = max(float(point.domain.percentile[0]) - LIMITS[0], 0.0) / 100
            return REFUSED + broken + is_outside * (1 + outside) + max(float(beyond.max()), 0.0)
        return -self.request.score(point.prediction.tc, point.prediction.tc_low)

    def is_clear(self, start: FloatArray, end: FloatArray) -> bool:
        """Return whether no atoms come too close on the straight way from one crystal to another.

        Where an end itself is too close, as a crystal may be that was given, no nearer than that.
        """
        n_strains = len(self.parameters.strains)
        moves = np.abs(end - start)
        steps = max(moves[:n_strains].max(initial=0) / (SPACING / 10),
                    moves[n_strains:].max(initial=0) / SPACING)  # fmt: skip
        shares = np.linspace(0, 1, int(np.ceil(steps)) + 1)
        ratios = [
            self.limits.closest(self.parameters.structure(start + share * (end - start))).ratio
            for share in shares
        ]
        return min(ratios) >= min(1.0, ratios[0], ratios[-1]) - ROUNDING


def parameter_bounds(
    parameters: FreeParameters, request: DesignRequest, scale: PressureScale
) -> FloatArray:
    """Return the lower and the upper end of each parameter, shape (count, 2).

    Raises
    ------
    ValueError
        No volume is known for a pressure of the request.
    """
    strains = np.full((len(parameters.strains), 2), [-LARGEST_STRAIN, LARGEST_STRAIN])
    if len(strains):
        volumes = np.array(request.volume_range)
        if request.pressure_range is not None:
            low, high = request.pressure_range
            volumes = scale.volumes(np.array([high, low])) / scale.volume
        strains[0] = np.log(volumes)
    shifts = np.full((len(parameters.shifts), 2), [-LARGEST_SHIFT, LARGEST_SHIFT])
    return np.concatenate([strains, shifts])


def _is_sound(structure: Structure) -> bool:
    try:
        check_structure(structure)
    except StructureError:
        return False
    return True
