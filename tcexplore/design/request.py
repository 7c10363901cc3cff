"""Request of an inverse design: the goal, the parameters that may move, and their bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Quantity = Literal["tc", "tc_low"]

LARGEST_STRAIN = 0.2  # logarithmic, of the lattice's shape at equal volume
LARGEST_SHIFT = 0.8  # Å, of the atom that a parameter moves farthest
MOST_STARTS, MOST_EVALUATIONS = 20, 5000


@dataclass(frozen=True)
class DesignRequest:
    """What an inverse design looks for."""

    target: float | None = None
    """(K) Tc that is to be met; None for the highest one."""
    quantity: Quantity = "tc"
    """What is raised, or is to meet the target: Tc, or the lower end of its interval."""
    keeps_symmetry: bool = True
    """Whether the space group stays; otherwise everything moves as in P1."""
    moves_lattice: bool = True
    moves_atoms: bool = True
    volume_range: tuple[float, float] = (0.8, 1.25)
    """Bounds of the volume over that of the crystal as given."""
    pressure_range: tuple[float, float] | None = None
    """(GPa) Bounds of the pressure by the equation of state, instead of those of the volume."""
    inside_only: bool = True
    """Whether the crystal must lie inside the applicability domain."""
    starts: int = 3
    """The first is from the crystal as given, the others are from random crystals in the bounds."""
    evaluations: int = 200
    """Most crystals that are tried from each start."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.target is not None and not 0 <= self.target < 1000:
            raise ValueError(f"a target of {self.target:g} K; expected 0 to 1000 K, or none")
        _check_range("volume", self.volume_range, "factors such as 0.9 1.1")
        if self.pressure_range is not None:
            _check_range("pressure", self.pressure_range, "GPa such as 100 200")
        if self.pressure_range is not None and not self.moves_lattice:
            raise ValueError("a range of pressures and a fixed lattice; expected one of the two")
        _check_count("starts", self.starts, MOST_STARTS)
        _check_count("evaluations from each start", self.evaluations, MOST_EVALUATIONS)

    def score(self, tc: float, tc_low: float) -> float:
        """Return how good a Tc (K) and the lower end of its interval (K) are; more is better."""
        value = tc if self.quantity == "tc" or np.isnan(tc_low) else tc_low
        return value if self.target is None else -abs(value - self.target)


def _check_range(name: str, ends: tuple[float, float], example: str) -> None:
    low, high = ends
    if not 0 < low <= high < np.inf:
        raise ValueError(
            f"a {name} from {low:g} to {high:g}; expected two numbers above 0, rising: {example}"
        )


def _check_count(name: str, count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise ValueError(f"{count} {name}; expected 1 to {most}")
