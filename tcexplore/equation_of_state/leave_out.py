"""Errors of the equation of state on cells that its fit did without.

Tables of cells left out have the columns ``group`` (formula or element that the fit did without),
``formula``, ``known`` (GPa), ``estimated`` (GPa, from the volume), ``volume_error`` (ln of the
estimated over the known volume, at the known pressure), ``unfitted_share`` (of elements without
fitted volumes in the volume) and ``compressibility`` (-d ln V / d ln P).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.equation_of_state.additive import AdditiveEquationOfState
from tcexplore.equation_of_state.fit import HydrideCells, fit_equation_of_state, joined
from tcexplore.typing import BoolArray, FloatArray

COVERAGE = 0.9
"""Share of cells whose errors the stated ones are to hold."""
LEAST_RATIO = 1.1
"""Ratio of the pressures of two cells from which they tell about compression."""


@dataclass(frozen=True)
class Fit:
    """An equation of state with its errors, and what they come from."""

    equation: AdditiveEquationOfState
    cells: HydrideCells
    """Cells that it is fitted to."""
    formulas: pd.DataFrame
    """Cells left out formula by formula."""
    elements: pd.DataFrame
    """Cells left out element by element."""
    pairs: FloatArray
    """Errors along the compression of one crystal, `compression_errors`."""


def fit_with_errors(cells: HydrideCells, measured: HydrideCells) -> Fit:
    """Return the equation of state of some cells, with errors that 90 % of them keep to.

    Parameters
    ----------
    cells
        Cells that it is fitted to.
    measured
        Further cells, of which pairs at two pressures tell the error along a compression.
    """
    equation = fit_equation_of_state(cells)
    formulas, elements = leave_formulas_out(cells), leave_elements_out(cells)
    pairs = compression_errors(equation, joined(cells, measured))
    volume_error, element_error = _errors(pd.concat([formulas, elements]))
    equation = replace(
        equation,
        volume_error=volume_error,
        element_error=element_error,
        compression_error=float(np.quantile(np.abs(pairs), COVERAGE, method="higher")),
    )
    return Fit(equation, cells, formulas, elements, pairs)


def leave_formulas_out(cells: HydrideCells) -> pd.DataFrame:
    """Return estimates for the cells of each formula from a fit to all the others."""
    names = np.array(cells.formulas)
    return _leave_out(cells, {name: names == name for name in sorted(set(cells.formulas))})


def leave_elements_out(cells: HydrideCells) -> pd.DataFrame:
    """Return estimates for the cells of each element but H from a fit to all the others."""
    present = [index for index in np.flatnonzero(cells.amounts.any(axis=0)) if index]
    return _leave_out(cells, {ELEMENTS[index]: cells.amounts[:, index] > 0 for index in present})


def coverage(left_out: pd.DataFrame, more: pd.DataFrame) -> float:
    """Return the share of known pressures that the stated errors hold.

    The errors of each group are stated from the cells of other formulas.

    Parameters
    ----------
    left_out
        Rows that are counted.
    more
        Rows that the errors come from as well.
    """
    n_held = 0
    everything = pd.concat([left_out, more])
    for _, rows in left_out.groupby("group"):
        others = everything.loc[~everything["formula"].isin(rows["formula"])]
        volume_error, element_error = _errors(others)
        stated = np.hypot(volume_error, element_error * rows["unfitted_share"].to_numpy())
        n_held += (np.abs(_volume_errors(rows)) <= stated).sum()
    return float(n_held / len(left_out))


def compression_errors(equation: AdditiveEquationOfState, cells: HydrideCells) -> FloatArray:
    """Return ln(estimated / known pressure) over |ln(known / anchor pressure)|, shape (n_pairs,).

    A pair is two cells of one formula at different pressures; the equation of state is scaled to go
    through one, the anchor, and asked for the pressure of the other.

    Raises
    ------
    ValueError
        No formula has cells at two pressures.
    """
    per_atom = cells.volumes / cells.amounts.sum(axis=1)
    errors = []
    for anchor, other in itertools.permutations(range(len(per_atom)), 2):
        log_ratio = np.log(cells.pressures[other] / cells.pressures[anchor])
        if cells.formulas[anchor] == cells.formulas[other] and abs(log_ratio) > np.log(LEAST_RATIO):
            amounts = cells.amounts[anchor] / cells.amounts[anchor].sum()
            ratio = per_atom[anchor] / equation.volume(cells.pressures[anchor], amounts)
            estimated = equation.unchecked_pressure(per_atom[other] / ratio, amounts)
            errors.append(np.log(estimated / cells.pressures[other]) / abs(log_ratio))
    if not errors:
        raise ValueError("no formula has cells at two pressures; expected at least one")
    return np.array(errors)


def _errors(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the relative error of a volume, and that of an element without a fitted volume."""
    error, share = _volume_errors(rows), rows["unfitted_share"].to_numpy()
    volume_error = float(np.quantile(np.abs(error[share == 0]), COVERAGE, method="higher"))
    excess = np.sqrt(np.clip(error**2 - volume_error**2, 0.0, None))[share > 0] / share[share > 0]
    return volume_error, float(np.quantile(excess, COVERAGE, method="higher"))


def _volume_errors(rows: pd.DataFrame) -> FloatArray:
    """Return the relative errors in volume that the errors of the pressures stand for."""
    estimated, known, compressibility = (
        rows[column].to_numpy(dtype=float) for column in ("estimated", "known", "compressibility")
    )
    return np.log(estimated / known) * compressibility


def _leave_out(cells: HydrideCells, groups: dict[str, BoolArray]) -> pd.DataFrame:
    tables = [_estimates(cells, name, left_out) for name, left_out in groups.items()]
    return pd.concat(tables, ignore_index=True)


def _estimates(cells: HydrideCells, name: str, left_out: BoolArray) -> pd.DataFrame:
    fitted, tested = fit_equation_of_state(cells.rows(~left_out)), cells.rows(left_out)
    pressure = fitted.unchecked_pressure(tested.volumes, tested.amounts)
    volume = fitted.volume(tested.pressures, tested.amounts)
    return pd.DataFrame(
        {
            "group": name,
            "formula": tested.formulas,
            "known": tested.pressures,
            "estimated": pressure,
            "volume_error": np.log(volume / tested.volumes),
            "unfitted_share": fitted.unfitted_share(pressure, tested.amounts),
            "compressibility": fitted.compressibility(pressure, tested.amounts),
        }
    )
