"""Fit of the additive equation of state to hydride cells of known pressure, and its errors."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache

import numpy as np
from pymatgen.core import Element
from scipy.constants import N_A, angstrom, centi
from scipy.optimize import least_squares

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.equation_of_state.additive import AdditiveEquationOfState, MurnaghanCurve
from tcexplore.typing import BoolArray, FloatArray, IntArray

VOLUME_NOISE = 0.015  # relative scatter of cell volumes about the sum
ELEMENT_SPREAD = 0.1  # relative scatter of the elements' volumes about what is expected of them
SOFT_LOSS_SCALE = 1.5  # residuals beyond this many VOLUME_NOISE count linearly
TYPICAL_CURVES = np.log([[50.0, 2.5], [150.0, 3.0]])  # B0 (GPa), B1 of hydrogen and of the others
CURVE_SPREAD = np.array([[0.7, 0.3], [0.7, 0.3]])
TYPICAL_VOLUMES = np.log([1.68, 10.0])  # (Å³) of hydrogen and of an element of TYPICAL_ELEMENT
TYPICAL_ELEMENT = (30.0, 25.0)  # atomic number, ambient volume per atom (Å³)
LEAST_CELLS = 10


@dataclass(frozen=True)
class HydrideCells:
    """Cells of hydrides whose pressures are known."""

    formulas: tuple[str, ...]
    amounts: FloatArray
    """Atoms of each element, shape (n, 94)."""
    volumes: FloatArray
    """(Å³) Shape (n,)."""
    pressures: FloatArray
    """(GPa) Shape (n,)."""

    def rows(self, chosen: BoolArray) -> HydrideCells:
        """Return some of the cells; `chosen` has shape (n,)."""
        formulas = tuple(np.array(self.formulas)[chosen])
        return HydrideCells(
            formulas, self.amounts[chosen], self.volumes[chosen], self.pressures[chosen]
        )


def joined(first: HydrideCells, second: HydrideCells) -> HydrideCells:
    """Return the cells of both."""
    return HydrideCells(
        first.formulas + second.formulas,
        np.concatenate([first.amounts, second.amounts]),
        np.concatenate([first.volumes, second.volumes]),
        np.concatenate([first.pressures, second.pressures]),
    )


def fit_equation_of_state(cells: HydrideCells) -> AdditiveEquationOfState:
    """Return the equation of state of some cells; its errors are nan.

    The elements' volumes scatter about exp(a + b ln Z + c ln V0), with V0 the ambient volume per
    atom; those of elements without a cell are the expected ones.

    Raises
    ------
    ValueError
        Fewer than ten cells.
    """
    if len(cells.volumes) < LEAST_CELLS:
        raise ValueError(
            f"{len(cells.volumes)} cells of known pressure; the fit needs at least {LEAST_CELLS}"
        )
    is_fitted = np.asarray(cells.amounts.any(axis=0))
    fitted = np.flatnonzero(is_fitted & (np.arange(len(ELEMENTS)) > 0))

    def residuals(parameters: FloatArray) -> FloatArray:
        predicted = _equation(parameters, fitted, is_fitted).volume(cells.pressures, cells.amounts)
        curves, _, deviations = _split(parameters)
        prior = ((curves - TYPICAL_CURVES) / CURVE_SPREAD).ravel()
        scatter = np.log(predicted / cells.volumes) / VOLUME_NOISE
        return np.concatenate([scatter, prior, deviations / ELEMENT_SPREAD])

    start = np.concatenate([TYPICAL_CURVES.ravel(), TYPICAL_VOLUMES, [0.4, 0.1], 0.0 * fitted])
    best = least_squares(residuals, start, loss="soft_l1", f_scale=SOFT_LOSS_SCALE).x
    return _equation(best, fitted, is_fitted)


def _split(parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return curves (2, 2), coefficients of the expected volumes (4,), deviations (n_fitted,)."""
    return parameters[:4].reshape(2, 2), parameters[4:8], parameters[8:]


def _equation(
    parameters: FloatArray, fitted: IntArray, is_fitted: BoolArray
) -> AdditiveEquationOfState:
    curves, (hydrogen, *expected), deviations = _split(parameters)
    log_volumes = _element_features() @ np.array(expected)
    log_volumes[fitted] += deviations
    log_volumes[0] = hydrogen
    return AdditiveEquationOfState(
        hydrogen=MurnaghanCurve(*np.exp(curves[0]).tolist()),
        others=MurnaghanCurve(*np.exp(curves[1]).tolist()),
        volumes=np.exp(log_volumes),
        is_fitted=is_fitted,
        volume_error=np.nan,
        element_error=np.nan,
        compression_error=np.nan,
    )


@cache
def _element_features() -> FloatArray:
    """Return 1, ln Z and ln V0, each less that of a typical element, shape (94, 3)."""
    numbers = np.arange(1, len(ELEMENTS) + 1)
    log_ratios = np.log(np.stack([numbers, ambient_volumes()], axis=1) / TYPICAL_ELEMENT)
    return np.column_stack([np.ones(len(numbers)), log_ratios])


@cache
def ambient_volumes() -> FloatArray:
    """Return the volume (Å³) per atom at ambient pressure, shape (94,).

    Of the solid or liquid, by way of pymatgen; where there is none, that of a typical element.
    """
    per_atom = (centi / angstrom) ** 3 / N_A
    with warnings.catch_warnings():  # pymatgen warns of At and Fr
        warnings.simplefilter("ignore")
        molar = [Element(symbol).molar_volume for symbol in ELEMENTS]
    return np.array([TYPICAL_ELEMENT[1] if v is None else float(v) * per_atom for v in molar])
