"""Pressures in sentences, hover texts and table columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Structure

from tcexplore.display.labels import plain, pressure_text
from tcexplore.equation_of_state.additive import is_within
from tcexplore.equation_of_state.estimate import (
    CrystalPressure,
    Pressures,
    crystal_pressure,
    pressure_scale,
)

PRESSURE_COLUMNS = ("pressure_gpa", "pressure_low", "pressure_high")
PRESSURE_AXIS = "Pressure (GPa)"
ANCHOR_NOTE = (
    "Pressures follow from the volume by an additive equation of state of hydrides, with the error"
    " at 90\u202f% in brackets. Where a pressure is stated, the curve goes through it."
)


def pressure_words(pressure: CrystalPressure) -> str:
    """Return a pressure in a few words: 200 GPa; about 204 GPa (182 to 228), from the volume."""
    if pressure.stated is not None:
        return pressure_text(pressure.stated)
    if pressure.estimated is None:
        return pressure_text(None)
    return f"about {_estimate_text(pressure)}, from the volume"


def pressure_cell(pressure: CrystalPressure) -> str:
    """Return a pressure for a table: 200 GPa; about 204 GPa (182 to 228); ambient; not known."""
    words = pressure_words(pressure).removesuffix(", from the volume")
    return words.removesuffix(" pressure").removeprefix("pressure ")


def pressure_sentence(pressure: CrystalPressure, origin: str = "") -> str:
    """Return the pressure of a crystal in Markdown, stated beside estimated.

    Parameters
    ----------
    origin
        Who states it; named where that is the structure's file.
    """
    if pressure.stated is None and pressure.estimated is None:
        return f"Pressure: **not known**. No estimate: {pressure.reason}."
    if pressure.stated is None:
        return f"Pressure: **about {_estimate_text(pressure)}**, estimated from the volume."
    where = f" in {plain(origin)}" if origin.startswith("the file") else ""
    stated = f"Pressure: **{pressure_words(pressure)}**, stated{where}"
    if pressure.estimated is None:
        return f"{stated}."
    verb = "says" if pressure.agrees else "**contradicts it and says**"
    return f"{stated}; the volume {verb} about {_estimate_text(pressure)}."


def _estimate_text(pressure: CrystalPressure) -> str:
    assert pressure.estimated is not None, "asked only of an estimate"
    ends = (np.nan if end is None else end for end in (pressure.low, pressure.high))
    return range_text(pressure.estimated, *ends)


def unanchored_sentence(structure: Structure, stated: float | None) -> str:
    """Return that a map of pairs does not use the stated pressure (GPa) of its structure.

    Empty where there is none, or where the equation of state does not hold.
    """
    pressure = crystal_pressure(structure, stated)
    if stated is None or pressure.estimated is None or not is_within(stated):
        return ""
    [scale] = pressure_scale(structure).scales(np.array([stated]))
    return (
        f"The structure's stated {stated:g}\u00a0GPa is not used: its own"
        f" volume says about {_estimate_text(pressure)}, and at {stated:g}\u00a0GPa"
        f" the pair of its own elements has {scale:.3f} times its own lattice."
    )


def range_text(value: float, low: float, high: float) -> str:
    """Return a pressure with its error, 204 GPa (182 to 228), or without one below 1 GPa."""
    error = f" ({low:.0f} to {high:.0f})" if high - low >= 1 else ""
    return f"{value:.0f}\u00a0GPa{error}"


def pressure_hover(pressures: Pressures) -> NDArray[np.str_]:
    """Return a line of a hover text for each point, empty where there is no estimate."""
    texts = np.full(pressures.value.shape, "", dtype="U60")
    for index in zip(*np.nonzero(np.isfinite(pressures.value)), strict=True):
        texts[index] = f"<br>about {range_text(*(float(part[index]) for part in pressures.parts))}"
    return texts


def pressure_columns(pressures: Pressures) -> dict[str, np.ndarray]:
    """Return columns of a table: pressure_gpa, and both ends of its error at 90 %."""
    names = ("pressure_gpa", "pressure_low", "pressure_high")
    return {name: part.ravel().round(1) for name, part in zip(names, pressures.parts, strict=True)}
