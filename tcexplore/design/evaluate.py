"""Evaluation of crystals in an inverse design: limits first, then Tc from scratch, then a cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.structure import StructureError, check_structure
from tcexplore.design.distance_limits import ROUNDING, ClosestPair, DistanceLimits
from tcexplore.design.parameters import FreeParameters
from tcexplore.design.request import LARGEST_SHIFT, LARGEST_STRAIN, DesignRequest
from tcexplore.design.result import REFUSED, DesignPoint
from tcexplore.equation_of_state.estimate import PressureScale
from tcexplore.model.applicability_domain import INSIDE, LIMITS, ApplicabilityDomain
from tcexplore.model.predictor import TcPrediction, TcPredictor
from tcexplore.scans.scan_domain import cell_domain
from tcexplore.typing import FloatArray

NOT_PREDICTED = 10.0  # added to the cost of a broken limit where Tc was not even computed
SLACK = 1e-6  # of the bounds, for rounding
SPACING = 0.1  # Å and, a tenth of it, of strain: between the crystals that a move passes


@dataclass(frozen=True)
class Trial:
    """One crystal that was tried."""

    cost: float
    """As that of the point."""
    point: DesignPoint | None
    """None where atoms are too close for a prediction."""


@dataclass(frozen=True)
class Evaluator:
    """All that a trial needs."""

    predictor: TcPredictor
    parameters: FreeParameters
    limits: DistanceLimits
    request: DesignRequest
    bounds: FloatArray
    """Lower and upper end of each parameter, shape (count, 2)."""

    @cached_property
    def least_ratio(self) -> float:
        """Return the least ratio of a distance to its limit that is predicted at all.

        It is 1, or that of the crystal as given where this breaks a limit: then the way back
        within the limits starts there.
        """
        return min(1.0, self.limits.closest(self.parameters.parent).ratio) - ROUNDING

    def values(self, shares: FloatArray) -> FloatArray:
        """Return parameters from their places within the bounds, 0 to 1, shape (count,)."""
        low, high = self.bounds.T
        return low + shares * (high - low)

    def shares(self, values: FloatArray) -> FloatArray:
        """Return the places of parameters within the bounds, 0 to 1, shape (count,)."""
        low, high = self.bounds.T
        return np.clip((values - low) / np.where(high > low, high - low, 1.0), 0, 1)

    def keeps_distances(self, shares: FloatArray) -> bool:
        """Return whether no atoms of a crystal are too close to be predicted."""
        structure = self.parameters.structure(self.values(shares))
        return self.limits.closest(structure).ratio >= self.least_ratio

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
        numbers = [
            number
            for number, structure in enumerate(structures)
            if closest[number].ratio >= self.least_ratio and _is_sound(structure)
        ]
        predictions = self.predictor([structures[n] for n in numbers])
        points = {
            n: self._point(first + n, values[n], structures[n], prediction, closest[n])
            for n, prediction in zip(numbers, predictions, strict=True)
        }
        return [
            Trial(points[n].cost if n in points else _cost_of_the_close(pair), points.get(n))
            for n, pair in enumerate(closest)
        ]

    def given(self) -> DesignPoint:
        """Return the crystal as given, predicted whatever its limits say."""
        values, structure = np.zeros(self.parameters.count), self.parameters.parent
        [prediction] = self.predictor([structure])
        return self._point(0, values, structure, prediction, self.limits.closest(structure))

    def _point(
        self,
        number: int,
        values: FloatArray,
        structure: Structure,
        prediction: TcPrediction,
        closest: ClosestPair,
    ) -> DesignPoint:
        domain = cell_domain(self.predictor, prediction.cell)
        cost = self._broken(values, domain, closest)
        if not cost:
            cost = -self.request.score(prediction.tc, prediction.tc_low)
        return DesignPoint(number, values, structure, prediction, domain, closest, cost)

    def _broken(
        self, values: FloatArray, domain: ApplicabilityDomain, closest: ClosestPair
    ) -> float:
        """Return the cost of a crystal that breaks a limit, 0 for one that keeps all."""
        beyond = max(
            float(np.maximum(self.bounds[:, 0] - values, values - self.bounds[:, 1]).max()), 0.0
        )
        outside = 0.0
        if self.request.inside_only and domain.words[0] != INSIDE:
            outside = 1 + max(float(domain.percentile[0]) - LIMITS[0], 0.0) / 100
        too_close = 0.0 if closest.is_allowed else 1 - closest.ratio
        if beyond > SLACK or outside or too_close:
            return REFUSED + beyond + outside + too_close
        return 0.0

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


def _cost_of_the_close(closest: ClosestPair) -> float:
    """Return the cost of a crystal whose atoms are too close for a prediction."""
    return REFUSED + NOT_PREDICTED + max(1 - closest.ratio, 0.0)


def _is_sound(structure: Structure) -> bool:
    try:
        check_structure(structure)
    except StructureError:
        return False
    return True
