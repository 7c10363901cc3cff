"""What the three map pages share: presets, choices kept in the address, cached studies, parts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NoReturn, TypeVar, cast

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray
from pymatgen.core import Structure
from streamlit.delta_generator import DeltaGenerator

from tcexplore.app import structure_choice
from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.display import plots
from tcexplore.display.heatmap import MapQuantity

T = TypeVar("T")
FloatArray = NDArray[np.floating]
QUANTITY_LABELS: dict[MapQuantity, str] = {
    "Tc": "$T_c$", "lower band": "Lower band", "band width": "Band width",
}  # fmt: skip
PATIENCE = 0.7  # s between looks at unfinished work
WAYS_ON = {
    "predict": "Predict",
    "lattice_dome": "Dome",
    "lattice_map": "Lattice map",
    "hydrogen_network": "H–H network",
}
CHART = {"toImageButtonOptions": {"format": "svg"}, "displaylogo": False}
PICKED, PRESET, STOPPED = "picked", "preset", "stopped"


@dataclass(frozen=True)
class Preset:
    """A case that one click shows."""

    label: str
    """Markdown."""
    entry_id: str
    state: Mapping[str, Any]
    """Values of the page's widgets by key; those not named take their defaults."""


def show_intro(
    title: str, text: str, presets: Sequence[Preset], defaults: Mapping[str, Any]
) -> None:
    """Show what the page is for and the cases that one click shows.

    A preset sets all of the page's widgets, those that it does not name to their defaults: a
    value that is only removed would stay on the screen.
    """
    st.header(title, anchor=False)
    st.markdown(text)
    with st.container(horizontal=True):
        for preset in presets:
            st.button(preset.label, on_click=_apply, args=(preset, defaults))


def _apply(preset: Preset, defaults: Mapping[str, Any]) -> None:
    st.session_state[PRESET] = dict(preset.state)
    _set_widgets({**defaults, **preset.state})
    st.query_params.pop(PICKED, None)
    structure_choice.choose_entry(preset.entry_id)


def _set_widgets(state: Mapping[str, Any]) -> None:
    """Set widgets, the address with them.

    Streamlit itself writes into the address those that are on the page already.
    """
    unseen = [key for key in state if key not in st.session_state]
    st.session_state.update(state)
    for key in unseen:
        st.query_params[key] = _address_text(state[key])


def _address_text(value: object) -> str | list[str]:
    return [f"{one}" for one in value] if isinstance(value, list | tuple) else f"{value}"


def wait_for_choice(axes: tuple[str, str]) -> NoReturn:
    """Show the axes of what is to come, and end the page there.

    The browser loads what it draws with meanwhile, so that the first figure comes sooner.
    """
    st.plotly_chart(plots.empty_figure(axes), config=CHART, alt="Nothing is chosen yet")
    st.stop()


# --- work that takes its time -------------------------------------------------------------------


@dataclass
class Work(Generic[T]):
    """A study under way. A run of the page that is cut off leaves it to the next one."""

    steps: Iterator[tuple[float, T]]
    share: float
    """Of the work that is done."""
    result: T
    """What there is of it."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def advance(self) -> None:
        """Take one step."""
        with self.lock:
            self.share, self.result = next(self.steps, (1.0, self.result))


def begun(steps: Iterator[tuple[float, T]]) -> Work[T]:
    """Return work whose first step is done; what is wrong with it is raised here."""
    return Work(steps, *next(steps))


def finished(work: Work[T], text: str, draw: Callable[[T, str], None]) -> T:
    """Return the result of some work, or what there is of it where the user says stop.

    Parameters
    ----------
    text
        What is done, for the bar that appears once it takes longer.
    draw
        Shows what there is of the result, again and again, under a key that is new each time.
    """
    key = str(id(work))
    if st.session_state.get(STOPPED) == key:
        return _stopped(work)
    bar, picture = st.empty(), st.empty()
    clock = _Clock(work.share)
    while work.share < 1:
        work.advance()
        if clock.is_time_to_draw(work.share):
            _show_progress(bar, work.share, text, key)
            with picture.container():
                draw(work.result, f"so-far-{work.share}")
    bar.empty()
    picture.empty()
    return work.result


class _Clock:
    """Says when unfinished work is to be shown: every while, unless its end is near."""

    def __init__(self, share: float) -> None:
        self._first_share, self._start = share, time.monotonic()
        self._drawn = self._start

    def is_time_to_draw(self, share: float) -> bool:
        """Return whether to draw, and take it as done."""
        now = time.monotonic()
        ahead = (now - self._start) * (1 - share) / max(share - self._first_share, 1e-6)
        if now - self._drawn < PATIENCE or ahead < PATIENCE:
            return False
        self._drawn = now
        return True


def _show_progress(bar: DeltaGenerator, share: float, text: str, key: str) -> None:
    with bar.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, text)
        st.button("Stop", key=f"stop-{share}", on_click=_stop, args=(key,))


def _stop(key: str | None) -> None:
    st.session_state[STOPPED] = key


def _stopped(work: Work[T]) -> T:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"Stopped when {work.share:.0%} was done: grey is what is not there yet, and over"
            " several lattices a peak may still rise."
        )
        st.button("Go on", on_click=_stop, args=(None,))
    return work.result


# --- studies, cached ----------------------------------------------------------------------------


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=structure_choice.KEYS)
def canonical(structure: Structure) -> CanonicalCell:
    """Return the canonical cell of a structure."""
    return structure_choice.loaded_predictor().cell(structure)


# --- parts of all three -------------------------------------------------------------------------


def show_ways_on(choice: structure_choice.Choice) -> None:
    """Link the pages that one can take a structure to."""
    if not (address := choice.address):
        st.caption("Too large for a link: take the CIF to another page.")
        return
    for page, label in WAYS_ON.items():
        st.page_link(f"pages/{page}.py", label=label, query_params=address)


def show_downloads(table: pd.DataFrame, figure: go.Figure, stem: str) -> None:
    """Offer the numbers as CSV and the figure as HTML."""
    with st.container(horizontal=True, vertical_alignment="center"):
        csv(table, stem)
        html(lambda: figure, stem)


def csv(table: pd.DataFrame, stem: str) -> None:
    """Offer a table as CSV."""
    content: Callable[[], str] = lambda: table.to_csv(index=False)  # noqa: E731
    st.download_button("Numbers (CSV)", content, f"{stem}.csv", on_click="ignore")


def html(figure: Callable[[], go.Figure], stem: str) -> None:
    """Offer a figure, made when it is asked for, as a page of HTML."""
    content: Callable[[], str] = lambda: str(figure().to_html())  # noqa: E731
    st.download_button("Figure (HTML)", content, f"{stem}.html", on_click="ignore")


def range_chosen(
    label: str, key: str, low: float, high: float, default: tuple[float, float]
) -> tuple[float, float]:
    """Show a slider for both ends of a range and return them."""
    ends = st.slider(label, low, high, default, step=0.1, key=key, bind="query-params")
    return (ends[0], ends[1]) if ends[1] > ends[0] else (ends[0], ends[0] + 0.1)


def show_chart(figure: go.Figure, alt: str, key: str | None = None) -> None:
    """Show a figure that has nothing to click."""
    st.plotly_chart(figure, key=key, config=CHART, alt=alt)


def quantity_chosen(tc_low: FloatArray) -> MapQuantity:
    """Show what the colours of a map can say, where the model has bands, and return the choice.

    Parameters
    ----------
    tc_low
        (K) Lower ends of the bands of the map, of any shape.
    """
    if not np.isfinite(tc_low).any():
        return "Tc"
    chosen = st.segmented_control(
        "Colours", list(QUANTITY_LABELS), default="Tc", required=True, key="colours",
        bind="query-params", format_func=QUANTITY_LABELS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    return cast(MapQuantity, chosen or "Tc")


def band_sentence(tc_low: FloatArray) -> str:
    """Return in words what the bands of a figure are; empty where it has none."""
    bands = structure_choice.loaded_predictor().files.conformal
    if bands is None or not np.isfinite(tc_low).any():
        return ""
    return (
        f" Band: where {bands.level:.0%} of the reported $T_c$ lay, for materials of chemical"
        " systems that the model had not seen."
    )


def show_same_coordinates(table: pd.DataFrame | None = None) -> None:
    """Say what all members share, why Predict may differ, and what grey means on a swap map."""
    grey = ""
    if table is not None and table["tc"].isna().to_numpy().any():
        grey = "Grey: not predicted, as the element has no atomic radius. "
    st.caption(
        f"{grey}Every point keeps the fractional coordinates and the space group of the structure"
        " it comes from; nothing is relaxed, and nothing says that the material can be made. The"
        " Predict page looks for the symmetry anew, so its $T_c$ differs where the symmetry"
        " changes."
    )
