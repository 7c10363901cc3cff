"""Fitted equation of state as a JSON file beside this module."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.equation_of_state.additive import AdditiveEquationOfState, MurnaghanCurve

FILE = "equation_of_state.json"
ERRORS = ("volume_error", "element_error", "compression_error")


@cache
def load_equation_of_state() -> AdditiveEquationOfState:
    """Return the equation of state that comes with the package."""
    return _from_text((files("tcexplore.equation_of_state") / FILE).read_text(encoding="utf-8"))


def save_equation_of_state(equation: AdditiveEquationOfState, path: Path) -> None:
    """Write an equation of state as JSON; volumes in Å³, bulk moduli in GPa.

    Rounded well below its errors, so that the same cells give the same file on any machine.
    """
    record = {
        **{name: _curve(getattr(equation, name)) for name in ("hydrogen", "others")},
        **{name: _rounded(getattr(equation, name)) for name in ERRORS},
        "volumes": dict(zip(ELEMENTS, np.round(equation.volumes, 4).tolist(), strict=True)),
        "fitted": [ELEMENTS[index] for index in np.flatnonzero(equation.is_fitted)],
    }
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _curve(curve: MurnaghanCurve) -> dict[str, float]:
    return {name: _rounded(value) for name, value in vars(curve).items()}


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")


def _from_text(text: str) -> AdditiveEquationOfState:
    record = json.loads(text)
    return AdditiveEquationOfState(
        hydrogen=MurnaghanCurve(**record["hydrogen"]),
        others=MurnaghanCurve(**record["others"]),
        volumes=np.array([record["volumes"][symbol] for symbol in ELEMENTS]),
        is_fitted=np.isin(ELEMENTS, record["fitted"]),
        **{name: record[name] for name in ERRORS},
    )
