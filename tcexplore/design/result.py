"""Result of an inverse design: the crystals along each path, their Tc, domain and pressure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.crystal.structure import site_occupancies
from tcexplore.design.distance_limits import ClosestPair
from tcexplore.design.parameters import FreeParameters
from tcexplore.design.request import DesignRequest
from tcexplore.equation_of_state.estimate import Pressures, PressureScale
from tcexplore.hydrogen.contacts import hydrogen_indices
from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.predictor import TcPrediction
from tcexplore.typing import FloatArray

REFUSED = 1e6  # cost of a crystal that breaks a limit; the more it breaks, the higher


@dataclass(frozen=True)
class DesignPoint:
    """One crystal on a path."""

    evaluation: int
    """How many crystals had been tried from this start, this one included; 0 for the given one."""
    values: FloatArray
    """Free parameters, as `FreeParameters.structure` takes them."""
    structure: Structure
    prediction: TcPrediction
    """As `TcPredictor` returns it for this structure."""
    domain: ApplicabilityDomain
    """Shape (1,)."""
    closest: ClosestPair
    cost: float
    """What the optimiser lowers: minus the score (K), from `REFUSED` up where a limit is broken."""

    @property
    def is_allowed(self) -> bool:
        """Return whether it keeps bounds, distances and, where asked for, the domain."""
        return self.cost < REFUSED

    @property
    def word(self) -> str:
        """Return the word for the applicability domain."""
        return str(self.domain.words[0])

    @cached_property
    def shortest_h_h(self) -> float:
        """(Å) Shortest H-H distance; inf where there is none."""
        sites = hydrogen_indices(self.structure)
        if not len(sites):
            return np.inf
        occupancy = site_occupancies(self.structure)[sites]
        coords, matrix = self.structure.frac_coords[sites], self.structure.lattice.matrix
        kinds = np.zeros(len(sites), dtype=int)
        return float(shortest_distances(coords, occupancy, kinds, matrix[None])[0, 0, 0])


@dataclass(frozen=True)
class DesignPath:
    """Crystals from the given one to the best one of a start, each better than the one before."""

    points: tuple[DesignPoint, ...]
    evaluations: int
    """Crystals tried."""
    refused: int = 0
    """Of these the ones with atoms too close, or outside the applicability domain."""

    @property
    def end(self) -> DesignPoint:
        """Return the best crystal."""
        return self.points[-1]

    @property
    def tc(self) -> FloatArray:
        """(K) Shape (n_points,)."""
        return np.array([point.prediction.tc for point in self.points])

    @property
    def tc_low(self) -> FloatArray:
        """(K) Lower end of each prediction interval, shape (n_points,); nan where there is none."""
        return np.array([point.prediction.tc_low for point in self.points])

    @property
    def tc_high(self) -> FloatArray:
        """(K) Upper end of each prediction interval, shape (n_points,)."""
        return np.array([point.prediction.tc_high for point in self.points])

    @property
    def tried(self) -> FloatArray:
        """Return after how many crystals each was found, shape (n_points,)."""
        return np.array([point.evaluation for point in self.points])

    @property
    def volumes(self) -> FloatArray:
        """(Å³) Of the cell, shape (n_points,)."""
        return np.array([point.structure.volume for point in self.points])

    @property
    def shortest_h_h(self) -> FloatArray:
        """(Å) Shortest H-H distances, inf where there is none, shape (n_points,)."""
        return np.array([point.shortest_h_h for point in self.points])

    @property
    def domain(self) -> ApplicabilityDomain:
        """Return the applicability domain of all points, shape (n_points,)."""
        return joined_domains([point.domain for point in self.points])


@dataclass(frozen=True)
class Design:
    """Inverse design of one crystal, finished or under way."""

    parent: CanonicalCell
    request: DesignRequest
    parameters: FreeParameters
    bounds: FloatArray
    """Lower and upper end of each parameter, shape (count, 2)."""
    given: DesignPoint
    """The crystal as given, in its canonical cell."""
    scale: PressureScale
    """Pressure against volume of that cell."""
    paths: tuple[DesignPath, ...] = ()
    """One for each start so far."""

    @property
    def best(self) -> DesignPath:
        """Return the path whose end is the best; that of the given crystal before there is one."""
        if not self.paths:
            return DesignPath((self.given,), 0)
        return min(self.paths, key=lambda path: path.end.cost)

    def pressures(self, path: DesignPath) -> Pressures:
        """Return the pressures (GPa) along a path, nan where there is no estimate."""
        return self.scale.pressures(path.volumes)


def joined_domains(domains: Sequence[ApplicabilityDomain]) -> ApplicabilityDomain:
    """Return the applicability domains of several crystals as one, shape (n,)."""
    names = [field.name for field in fields(ApplicabilityDomain)]
    return ApplicabilityDomain(
        *(np.concatenate([getattr(domain, name) for domain in domains]) for name in names)
    )
