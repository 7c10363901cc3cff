"""Sliders and switches of the hydrogen-network page: the lattice and its 3D views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

import numpy as np
import streamlit as st

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import is_back
from tcexplore.app.choice.link import linked
from tcexplore.app.parts import study_page
from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.studies.hydrogen_scan import Along, lattices_along
from tcexplore.typing import FloatArray
from tcexplore.view3d.density import Quantity

FRAME, STRETCHED_OF, FOLLOWED = "network_frame", "network_of", "network_followed"  # session state
AT = {"a": "at_a", "c": "at_c", "scale": "at_scale"}  # keys of the sliders
ALONGS = get_args(Along)
RANGE = (0.6, 2.6)  # of a slider, times the structure's own value
EQUAL = 1e-3  # relative difference of lengths up to which they are one
SLIDER_WIDTH = 195  # CSS pixels
DENSITIES: dict[str, Quantity | None] = {"none": None, "charge": "charge", "mass": "mass"}


@dataclass(frozen=True)
class Stretch:
    """A lattice that the sliders ask for."""

    cell: CanonicalCell
    cutoff: float
    """(Å) Of the contacts."""
    along: Along
    """Abscissa of the plot."""
    a: float
    """(Å)"""
    c: float
    """(Å)"""
    scale: float

    @property
    def value(self) -> float:
        """(Å, or a factor) Where the lattice stands along the plot."""
        return float(getattr(self, self.along))

    @property
    def matrix(self) -> FloatArray:
        """(Å) Lattice vectors as rows, shape (3, 3)."""
        return self.lattices(np.array([self.value]))[0]

    @property
    def is_stretched(self) -> bool:
        """Whether the sliders ask for another lattice than the structure's."""
        lattice = self.cell.structure.lattice
        asked, given = (self.a, self.c, self.scale), (lattice.a, lattice.c, 1.0)
        return not np.allclose(asked, given, rtol=0, atol=1e-9)

    @property
    def passes_given(self) -> bool:
        """Whether the plot passes the structure as given."""
        lattice = self.cell.structure.lattice
        others = {"a": (self.c, lattice.c), "c": (self.a, lattice.a), "scale": (1.0, 1.0)}
        return bool(np.isclose(*others[self.along], rtol=0, atol=1e-9))

    def lattices(self, values: FloatArray) -> FloatArray:
        """Return lattice vectors (Å) with other values along the plot, shape (n, 3, 3)."""
        lattice = self.cell.structure.lattice
        return lattices_along(lattice, self.along, values, a=self.a, c=self.c)


def stretch_chosen(cell: CanonicalCell) -> Stretch:
    """Show the sliders of cut-off and lattice, and return their state."""
    lattice = cell.structure.lattice
    given = {"a": lattice.a, "c": lattice.c, "scale": 1.0}
    fresh = _follow_structure(cell, given)
    values, along = dict(given), "scale"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        cutoff = linked(
            st.slider, "Contacts up to (Å)", 0.8, 2.5, 1.4, 0.05, key="cutoff",
            width=SLIDER_WIDTH,
        )  # fmt: skip
        if not np.isclose(lattice.a, lattice.c, rtol=EQUAL):
            along = _along_chosen()
        b = " = b" if np.isclose(lattice.a, lattice.b, rtol=EQUAL) else ", b with it"
        labels = {"scale": "Scale"} if along == "scale" else {"a": f"a{b} (Å)", "c": "c (Å)"}
        for name, label in labels.items():
            values[name] = _value_chosen(label, AT[name], given[name], fresh=fresh)
    _remember_frame(values, fresh=fresh)
    return Stretch(cell, cutoff, along, **values)


def _along_chosen() -> Along:
    along = linked(
        st.segmented_control, "Plot along", ALONGS, default="c", required=True, key="along",
        width=150,
    )  # fmt: skip
    return cast(Along, along or "c")


def _follow_structure(cell: CanonicalCell, given: dict[str, float]) -> bool:
    """Set the sliders to the structure's own lattice where it is new; return whether it is.

    An example is new too, and its own values go before those of the structure. They are set in two
    runs of the page: in the first run of a new slider the page's address goes first.
    """
    key, before = structure_choice.structure_key(cell.structure), st.session_state.get(STRETCHED_OF)
    example, values = (
        st.session_state.pop(study_page.EXAMPLE, None),
        st.session_state.pop(FOLLOWED, None),
    )
    st.session_state[STRETCHED_OF] = key
    if is_back():  # the address says where the sliders stand
        if before != key:
            st.session_state.pop(FRAME, None)
        return False
    if values is None:
        if example is None and before in (None, key):
            return before is None
        values = {AT[name]: round(value, 2) for name, value in given.items()}
        values |= {name: value for name, value in (example or {}).items() if name in values}
        st.session_state[FOLLOWED] = values
    st.session_state.update(values)
    return True


def rerun_if_just_set() -> None:
    """Run the page again where the sliders were set for the first time."""
    if FOLLOWED in st.session_state:
        st.rerun()


def _value_chosen(label: str, key: str, given: float, *, fresh: bool) -> float:
    """Show a slider; return its value, or exactly the structure's own where it stands there."""
    low, high = (round(factor * given, 1) for factor in RANGE)
    default = None if fresh and key in st.session_state else round(given, 2)
    value = linked(st.slider, label, low, high, default, 0.01, key=key, width=SLIDER_WIDTH)
    return given if abs(value - given) < 0.0051 else float(value)


def _remember_frame(values: dict[str, float], *, fresh: bool) -> None:
    """Note for which lattice the cameras are set: they move for a new case, not for a slider."""
    if fresh or FRAME not in st.session_state:
        st.session_state[FRAME] = "-".join(f"{value:.2f}" for value in values.values())


@dataclass(frozen=True)
class Look:
    """How the 3D views show a structure."""

    supercell: tuple[int, int, int]
    cages: bool
    density: Quantity | None
    share: float
    """Of the highest density, where its surface is drawn."""


def look_chosen() -> Look:
    """Show the switches of the 3D views, and return their state."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        counts = [
            linked(st.selectbox, f"Cells along {name}", [1, 2, 3], key=f"cells_{name}", width=98)
            for name in "abc"
        ]
        cages = linked(st.toggle, "Cages", value=True, key="cages", width=90)
        density = linked(st.selectbox, "Density", list(DENSITIES), key="density", width=120)
        share = linked(
            st.slider, "Surface at % of the highest", 1, 60, 10, key="level",
            disabled=density == "none", help="Of the highest density in the structure as given.",
            width=SLIDER_WIDTH,
        )  # fmt: skip
    return Look((counts[0], counts[1], counts[2]), cages, DENSITIES[density], share / 100)
