"""Pressure of a crystal: stated, or estimated from its volume, with its error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pymatgen.core import Composition, Element, Structure

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.fractions import composition_amounts
from tcexplore.equation_of_state.additive import (
    PRESSURES,
    AdditiveEquationOfState,
    is_within,
    reason_against,
)
from tcexplore.equation_of_state.files import load_equation_of_state
from tcexplore.typing import FloatArray


@dataclass(frozen=True)
class Pressures:
    """Pressures of one crystal on several lattices, with their errors."""

    value: FloatArray
    """(GPa) Shape (n,); nan where there is no estimate."""
    low: FloatArray
    """(GPa) Lower end of the error, at 90 %, shape (n,)."""
    high: FloatArray
    """(GPa) Upper end of the error, at 90 %, shape (n,)."""

    @property
    def parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return value, low and high."""
        return self.value, self.low, self.high


@dataclass(frozen=True)
class PressureScale:
    """Pressure against volume of one crystal, through its known pressure where there is one."""

    equation: AdditiveEquationOfState
    amounts: FloatArray
    """Atoms of each element in the cell, shape (94,)."""
    volume: float
    """(Å³) Of the cell as given."""
    stated: float | None = None
    """(GPa) Known pressure of the cell as given; 0 is ambient."""

    @property
    def reason(self) -> str | None:
        """Return why no pressure follows from the volume, None where one does."""
        if self._reason_against or self._is_anchored:
            return self._reason_against
        pressure = float(self.equation.unchecked_pressure(self.volume, self.amounts))
        low, high = PRESSURES
        if pressure < low:
            return f"the volume says less than {low:g} GPa, where the equation of state ends"
        if pressure > high:
            return f"the volume says more than {high:g} GPa, where the equation of state ends"
        return None

    def pressures(self, volumes: FloatArray) -> Pressures:
        """Return the pressures at some volumes (Å³) of the same cell, of their shape."""
        value = self.equation.pressure(np.asarray(volumes) / self._anchor_ratio, self.amounts)
        if self._reason_against:
            value = np.full_like(value, np.nan)
        factor = self._error_factor(value)
        return Pressures(value, value / factor, value * factor)

    def volumes(self, pressures: FloatArray) -> FloatArray:
        """Return the volumes (Å³) of the cell at some pressures (GPa), shape (n,).

        Raises
        ------
        ValueError
            A composition, or a pressure, that the equation of state does not hold for.
        """
        if self._reason_against:
            raise ValueError(f"no volume at a pressure: {self._reason_against}")
        if not is_within(np.asarray(pressures)).all():
            low, high = PRESSURES
            raise ValueError(f"pressure {pressures} GPa; expected {low:g} to {high:g} GPa")
        return self._anchor_ratio * self.equation.volume(pressures, self.amounts)

    def scales(self, pressures: FloatArray) -> FloatArray:
        """Return the factors on the lattice vectors as given at some pressures (GPa), shape (n,).

        Raises
        ------
        ValueError
            As `volumes` does.
        """
        return np.cbrt(self.volumes(pressures) / self.volume)

    @property
    def _reason_against(self) -> str | None:
        """Return why the equation of state does not hold for the crystal on any lattice."""
        reason = reason_against(self.amounts)
        if reason is None and self.stated is not None and not self._is_anchored:
            low, high = PRESSURES
            return (
                f"{self.stated:g} GPa is stated, and the equation of state holds from {low:g} to"
                f" {high:g} GPa"
            )
        return reason

    @property
    def _is_anchored(self) -> bool:
        return self.stated is not None and bool(is_within(self.stated))

    @cached_property
    def _anchor_ratio(self) -> float:
        """Return the volume as given over that of the equation of state at the stated pressure."""
        if not self._is_anchored or self.stated is None:
            return 1.0
        return self.volume / float(self.equation.volume(self.stated, self.amounts))

    def _error_factor(self, pressure: FloatArray) -> FloatArray:
        factor = self.equation.error_factor(pressure, self.amounts)
        if not self._is_anchored or self.stated is None:
            return factor
        along = np.exp(self.equation.compression_error * np.abs(np.log(pressure / self.stated)))
        return np.fmin(factor, along)


@dataclass(frozen=True)
class CrystalPressure:
    """Pressure of one crystal on its own lattice: the stated one, and that of its volume."""

    stated: float | None
    """(GPa) None where nobody stated one; 0 is ambient."""
    estimated: float | None
    """(GPa) From the volume; None where there is no estimate."""
    low: float | None
    """(GPa) Lower end of the error of the estimate, at 90 %."""
    high: float | None
    """(GPa) Upper end of the error of the estimate, at 90 %."""
    reason: str | None
    """Why there is no estimate; None where there is one."""

    @property
    def value(self) -> float | None:
        """Return the stated pressure (GPa), else the estimated one, else None."""
        return self.estimated if self.stated is None else self.stated

    @property
    def kind(self) -> str:
        """Return where the value comes from: ``stated``, ``estimated`` or ``unknown``."""
        if self.stated is not None:
            return "stated"
        return "unknown" if self.estimated is None else "estimated"

    @property
    def agrees(self) -> bool:
        """Return whether the stated pressure lies within the error of the estimate, if both are."""
        if self.stated is None or self.low is None or self.high is None:
            return True
        return self.low <= self.stated <= self.high


def pressure_scale(structure: Structure, stated: float | None = None) -> PressureScale:
    """Return pressure against volume of a crystal.

    Parameters
    ----------
    structure
        Any cell of the crystal.
    stated
        (GPa) Its known pressure; 0 is ambient, None unknown.

    Raises
    ------
    ValueError
        An element heavier than Pu.
    """
    return _scale(structure.composition, structure.volume, stated)


def _scale(composition: Composition, volume: float, stated: float | None = None) -> PressureScale:
    amounts = composition_amounts(composition)
    heavier = np.flatnonzero(amounts[len(ELEMENTS) :])
    if heavier.size:
        symbol = Element.from_Z(len(ELEMENTS) + 1 + int(heavier[0])).symbol
        raise ValueError(f"{symbol} is heavier than {ELEMENTS[-1]}, the last element expected")
    amounts = amounts[: len(ELEMENTS)]
    return PressureScale(load_equation_of_state(), amounts, volume, stated)


def crystal_pressure(structure: Structure, stated: float | None = None) -> CrystalPressure:
    """Return the pressure of a crystal: the stated one, and one estimated from its volume.

    Parameters
    ----------
    structure
        Any cell of the crystal.
    stated
        (GPa) Its known pressure; 0 is ambient, None unknown.
    """
    return composition_pressure(structure.composition, structure.volume, stated)


def composition_pressure(
    composition: Composition, volume: float, stated: float | None = None
) -> CrystalPressure:
    """Return the pressure of a crystal as `crystal_pressure`, by what its estimate rests on.

    Parameters
    ----------
    volume
        (Å³) Of as many atoms as the composition has.
    """
    try:
        scale = _scale(composition, volume)
    except ValueError as error:
        return CrystalPressure(stated, None, None, None, str(error))
    if scale.reason:
        return CrystalPressure(stated, None, None, None, scale.reason)
    pressures = scale.pressures(np.array([volume]))
    value, low, high = pressures.value[0], pressures.low[0], pressures.high[0]
    return CrystalPressure(stated, float(value), float(low), float(high), None)
