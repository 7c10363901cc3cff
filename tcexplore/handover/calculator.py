"""Calculator of ASE by its import path: the user's own, none travels with this package."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

EXAMPLE = "mattersim.forcefield:MatterSimCalculator or ase.calculators.vasp:Vasp"
NEEDED = ("get_potential_energy", "get_forces", "get_stress")


class CalculatorError(ValueError):
    """Calculator that cannot be had, or that failed; the message says where and what to do."""


def load_calculator(path: str, options: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401
    """Return a calculator of ASE by its import path, ``module:name`` or ``module.name``.

    The name is a class or a function that returns a calculator, called with the options, or a
    calculator itself. Modules in the working folder are found, too.

    Raises
    ------
    CalculatorError
        There is no such module or name, or it gives no calculator.
    """
    module_name, _, name = path.partition(":") if ":" in path else path.rpartition(".")
    if not module_name or not name:
        raise CalculatorError(f"the calculator {path!r} is no import path; give one as {EXAMPLE}")
    found = _named_object(path, module_name, name)
    if _is_calculator(found):
        return found
    if not callable(found):
        raise CalculatorError(
            f"{path} is a {type(found).__name__}; expected a calculator of ASE, its class, or a"
            " function that returns one"
        )
    with told(f"{path} cannot be made with the options {dict(options or {})}"):
        calculator = found(**(options or {}))
    if not _is_calculator(calculator):
        raise CalculatorError(
            f"{path} returned a {type(calculator).__name__}; expected a calculator of ASE, with"
            f" {', '.join(NEEDED)}"
        )
    return calculator


def _named_object(path: str, module_name: str, name: str) -> object:
    with _working_folder_first():
        try:
            module = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            raise CalculatorError(
                f"the calculator {path!r} cannot be imported: {error}; install it into this"
                f" environment ({sys.prefix}) or correct the path, such as {EXAMPLE}"
            ) from None
        except Exception as error:
            raise CalculatorError(f"importing {module_name} failed: {_words(error)}") from error
    if not hasattr(module, name):
        near = [other for other in dir(module) if "calc" in other.lower()][:5]
        there = f"; there is {', '.join(near)}" if near else ""
        raise CalculatorError(f"the module {module_name} has no {name!r}{there}")
    return getattr(module, name)


@contextmanager
def _working_folder_first() -> Iterator[None]:
    folder = str(Path.cwd())
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn whatever the user's code raises into a `CalculatorError` that says what failed."""
    try:
        yield
    except Exception as error:
        raise CalculatorError(f"{what}: {_words(error)}") from error


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}".rstrip(": ")


def _is_calculator(found: object) -> bool:
    return not isinstance(found, type) and all(hasattr(found, name) for name in NEEDED)


def calculator_options(texts: Sequence[str]) -> dict[str, object]:
    """Return options from texts such as ``encut=600``: values of Python, else words.

    Raises
    ------
    CalculatorError
        A text is no NAME=VALUE.
    """
    options = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip().isidentifier():
            raise CalculatorError(
                f"the option {text!r} of the calculator; expected NAME=VALUE, such as encut=600"
            )
        try:
            options[name.strip()] = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError):
            options[name.strip()] = value.strip()
    return options
