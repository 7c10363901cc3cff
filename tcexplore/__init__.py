"""Superconducting critical temperatures from crystal structures, with a complex-valued CNN."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcexplore.design.optimise import inverse_design
    from tcexplore.hydrogen.network import hydrogen_network
    from tcexplore.io.load import load_structure
    from tcexplore.model.predictor import load_predictor
    from tcexplore.studies.element_swap import element_swap
    from tcexplore.studies.lattice_dome import lattice_dome
    from tcexplore.studies.lattice_map import lattice_map

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "element_swap",
    "hydrogen_network",
    "inverse_design",
    "lattice_dome",
    "lattice_map",
    "load_predictor",
    "load_structure",
]

_MODULES = {
    "element_swap": "studies.element_swap",
    "hydrogen_network": "hydrogen.network",
    "inverse_design": "design.optimise",
    "lattice_dome": "studies.lattice_dome",
    "lattice_map": "studies.lattice_map",
    "load_predictor": "model.predictor",
    "load_structure": "io.load",
}


def __getattr__(name: str) -> object:
    """Return a public function; its module is imported when the function is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
