"""Additive equation of state: V(P) = sum of volumes of the elements, each on a Murnaghan curve.

One curve serves hydrogen, another all other elements; the element's own volume at the reference
pressure, fitted to hydride cells or expected from atomic number and ambient volume, scales it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.typing import BoolArray, FloatArray

REFERENCE_PRESSURE = 200.0
"""(GPa) Pressure that the volumes of the elements are given at."""
PRESSURES = (50.0, 600.0)
"""(GPa) Pressures between which the equation of state holds."""
LEAST_HYDROGEN = 2.0
"""Hydrogen atoms for each other atom, below which the equation of state does not hold."""
COVALENT = ("Be", "B")
"""Elements whose units with hydrogen keep a volume of their own."""
NEWTON_STEPS = 8

_HYDROGEN = ELEMENTS.index("H")
_COVALENT = [ELEMENTS.index(symbol) for symbol in COVALENT]


@dataclass(frozen=True)
class MurnaghanCurve:
    """Compression (1 + B1 P / B0)^(-1 / B1), divided by its value at the reference pressure."""

    bulk_modulus: float
    """(GPa) B0, at zero pressure."""
    derivative: float
    """B1, dB/dP."""

    def volume_ratio(self, pressure: FloatArray) -> FloatArray:
        """Return V(P) / V(reference pressure), of the shape of the pressures (GPa)."""
        stiffness = self.bulk_modulus + self.derivative * pressure
        reference = self.bulk_modulus + self.derivative * REFERENCE_PRESSURE
        return (stiffness / reference) ** (-1.0 / self.derivative)

    def compressibility(self, pressure: FloatArray) -> FloatArray:
        """Return -d ln V / d ln P, of the shape of the pressures (GPa)."""
        return pressure / (self.bulk_modulus + self.derivative * pressure)


@dataclass(frozen=True)
class AdditiveEquationOfState:
    """Volume of a hydride against pressure, as a sum over its atoms."""

    hydrogen: MurnaghanCurve
    others: MurnaghanCurve
    """Of all elements but hydrogen."""
    volumes: FloatArray
    """(Å³) Per atom at the reference pressure, shape (94,), element Z at Z - 1."""
    is_fitted: BoolArray
    """Whether hydride cells say the volume, shape (94,); elsewhere it is expected from the rest."""
    volume_error: float
    """Relative error of a volume that 90 % of cells keep to, a formula left out of the fit."""
    element_error: float
    """Relative error of the volume of an element that was not fitted, likewise."""
    compression_error: float
    """Error of a pressure from a known one of the same crystal, over the logarithm of their ratio;
    90 % of pairs of cells keep to it."""

    def volume(self, pressure: FloatArray | float, amounts: FloatArray) -> FloatArray:
        """Return the volume (Å³) at a pressure.

        Parameters
        ----------
        pressure
            (GPa) Of a shape that the leading axes of `amounts` broadcast with.
        amounts
            Atoms of each element, shape (..., 94).
        """
        hydrogen, others = self._parts(amounts)
        pressure = np.asarray(pressure, dtype=float)
        hydrogen = hydrogen * self.hydrogen.volume_ratio(pressure)
        return hydrogen + others * self.others.volume_ratio(pressure)

    def pressure(self, volume: FloatArray | float, amounts: FloatArray) -> FloatArray:
        """Return the pressure (GPa) at a volume; nan where the equation of state does not hold.

        Parameters
        ----------
        volume
            (Å³) Of a shape that the leading axes of `amounts` broadcast with.
        amounts
            Atoms of each element, shape (..., 94).
        """
        pressure = self.unchecked_pressure(volume, amounts)
        return np.where(holds(amounts) & is_within(pressure), pressure, np.nan)

    def unchecked_pressure(self, volume: FloatArray | float, amounts: FloatArray) -> FloatArray:
        """Return the pressure (GPa) at a volume (Å³), also where the equation does not hold.

        Far outside the pressures that it holds for, the nearest third or threefold of their ends.
        """
        log_volume = np.log(np.asarray(volume, dtype=float))
        low, high = np.log(PRESSURES)
        shape = np.broadcast_shapes(log_volume.shape, amounts.shape[:-1])
        log_pressure = np.full(shape, np.log(REFERENCE_PRESSURE))
        for _ in range(NEWTON_STEPS):  # ln V is close to linear in ln P
            pressure = np.exp(log_pressure)
            excess = np.log(self.volume(pressure, amounts)) - log_volume
            log_pressure = log_pressure + excess / self.compressibility(pressure, amounts)
            log_pressure = np.clip(log_pressure, low - np.log(3.0), high + np.log(3.0))
        return np.exp(log_pressure)

    def error_factor(self, pressure: FloatArray | float, amounts: FloatArray) -> FloatArray:
        """Return the factor that a pressure is uncertain by, in both directions, at 90 %."""
        share = self.unfitted_share(pressure, amounts)
        error = np.hypot(self.volume_error, self.element_error * share)
        return np.exp(error / self.compressibility(pressure, amounts))

    def unfitted_share(self, pressure: FloatArray | float, amounts: FloatArray) -> FloatArray:
        """Return the share that elements without fitted volumes have in the volume."""
        unfitted = amounts @ np.where(self.is_fitted, 0.0, self.volumes)
        ratio = self.others.volume_ratio(np.asarray(pressure, dtype=float))
        return unfitted * ratio / self.volume(pressure, amounts)

    def compressibility(self, pressure: FloatArray | float, amounts: FloatArray) -> FloatArray:
        """Return -d ln V / d ln P."""
        pressure = np.asarray(pressure, dtype=float)
        hydrogen, others = self._parts(amounts)
        hydrogen = hydrogen * self.hydrogen.volume_ratio(pressure)
        others = others * self.others.volume_ratio(pressure)
        weighted = hydrogen * self.hydrogen.compressibility(pressure)
        weighted = weighted + others * self.others.compressibility(pressure)
        return weighted / (hydrogen + others)

    def _parts(self, amounts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the volumes (Å³) of hydrogen and of all else at the reference pressure."""
        hydrogen = amounts[..., _HYDROGEN] * self.volumes[_HYDROGEN]
        return hydrogen, amounts @ self.volumes - hydrogen


def is_within(pressure: FloatArray | float) -> BoolArray:
    """Return whether pressures (GPa) lie where the equation of state holds."""
    low, high = PRESSURES
    return np.asarray((pressure >= low * (1 - 1e-9)) & (pressure <= high * (1 + 1e-9)))


def holds(amounts: FloatArray) -> BoolArray:
    """Return whether the equation of state holds for compositions, shape (..., 94) to (...)."""
    hydrogen = amounts[..., _HYDROGEN]
    others = amounts.sum(axis=-1) - hydrogen
    is_covalent = (amounts[..., _COVALENT] > 0).any(axis=-1)
    return (hydrogen >= LEAST_HYDROGEN * others) & (others > 0) & ~is_covalent


def reason_against(amounts: FloatArray) -> str | None:
    """Return why the equation of state does not hold for a composition, None where it does.

    Parameters
    ----------
    amounts
        Atoms of each element, shape (94,).
    """
    if holds(amounts):
        return None
    hydrogen = amounts[_HYDROGEN]
    others = amounts.sum() - hydrogen
    if hydrogen == 0:
        return "the equation of state is of hydrides"
    if others == 0:
        return "the equation of state is of hydrides, not of pure hydrogen"
    covalent = [symbol for symbol in COVALENT if amounts[ELEMENTS.index(symbol)] > 0]
    if covalent:
        return f"covalent {covalent[0]}-H units are not additive in volume"
    return f"{hydrogen / others:.2g} H for each other atom, fewer than {LEAST_HYDROGEN:g}"
