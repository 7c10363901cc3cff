"""Parts that the pages of studies share: examples, the canonical cell, charts, downloads, notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice, choose_entry
from tcexplore.app.choice.link import linked
from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.display.model.terms import TermName, terms_text, terms_words
from tcexplore.display.style import empty_figure
from tcexplore.handover.formats import FORMATS, file_name, structure_text

PAGES = {
    "predict": "Predict",
    "lattice_dome": "Dome",
    "lattice_map": "Lattice map",
    "hydrogen_network": "H–H network",
    "design": "Design",
}
# Figures are taken away by their menu (`figure_menu`), not as what the screen happens to show.
CHART = {"modeBarButtonsToRemove": ["toImage"], "displaylogo": False}
PICKED, EXAMPLE = "picked", "example"  # name in the address, key of the session's state


@dataclass(frozen=True)
class Example:
    """Example that one click shows."""

    label: str
    """Markdown."""
    entry_id: str
    state: Mapping[str, Any]
    """Values of the page's widgets by key; those not named take their defaults."""


def show_head(
    title: str,
    text: str,
    examples: Sequence[Example],
    defaults: Mapping[str, Any],
    choice: Choice | None,
) -> None:
    """Show the purpose of the page, or the structure once there is one, and the examples.

    An example sets all of the page's widgets, those that it does not name to their defaults: a
    value that is only removed would stay on the screen.
    """
    if choice is None:
        st.header(title, anchor=False)
        st.markdown(text)
        with st.container(horizontal=True):
            _show_examples(examples, defaults)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            structure_choice.show_title(choice, None)
        with st.popover("Examples", width="content"):
            st.markdown(text)
            _show_examples(examples, defaults)


def _show_examples(examples: Sequence[Example], defaults: Mapping[str, Any]) -> None:
    for example in examples:
        st.button(example.label, on_click=_apply, args=(example, defaults))


def _apply(example: Example, defaults: Mapping[str, Any]) -> None:
    st.session_state[EXAMPLE] = dict(example.state)
    _set_widgets({**defaults, **example.state})
    st.query_params.pop(PICKED, None)
    choose_entry(example.entry_id)


def _set_widgets(state: Mapping[str, Any]) -> None:
    """Set widgets, the address with them.

    Streamlit itself writes into the address those that are on the page already.
    """
    unseen = [key for key in state if key not in st.session_state]
    st.session_state.update(state)
    for key in unseen:
        st.query_params[key] = _address_text(state[key])


def _address_text(value: object) -> str | list[str]:
    return [f"{item}" for item in value] if isinstance(value, list | tuple) else f"{value}"


def wait_for_choice(axes: tuple[str, str]) -> NoReturn:
    """Show empty axes, and end the page there.

    The browser loads its plotting library meanwhile, so that the first figure comes sooner.
    """
    st.plotly_chart(empty_figure(axes), config=CHART, alt="Nothing is chosen yet")
    st.stop()


# --- studies, cached ----------------------------------------------------------------------------


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=structure_choice.KEYS)
def canonical_cell(structure: Structure) -> CanonicalCell:
    """Return the canonical cell of a structure."""
    return structure_choice.loaded_predictor().cell(structure)


# --- parts of all pages -------------------------------------------------------------------------


def download_structure(
    structure: Structure, stem: str, *, form: str = "cif", label: str | None = None
) -> None:
    """Offer a structure as a file in one of `FORMATS`, written when it is asked for."""
    content: Callable[[], str] = lambda: structure_text(structure, form)  # noqa: E731
    name = file_name(stem, FORMATS[form].suffix)
    label = label or FORMATS[form].label
    st.download_button(label, content, name, on_click="ignore", key=f"download-{form}")


def show_file_and_links(choice: Choice, *, label: str = "CIF") -> None:
    """Offer a structure as CIF, and links to the pages that can study it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        download_structure(choice.structure, choice.name, label=label)
        _show_page_links(choice)


def _show_page_links(choice: Choice) -> None:
    if not (address := choice.address):
        st.caption("Too large for a link: take the CIF to another page.")
        return
    for page, label in PAGES.items():
        st.page_link(f"pages/{page}.py", label=label, query_params=address)


def range_chosen(
    label: str, key: str, low: float, high: float, default: tuple[float, float]
) -> tuple[float, float]:
    """Show a slider for both ends of a range and return them."""
    ends = linked(st.slider, label, low, high, default, step=0.1, key=key)
    return (ends[0], ends[1]) if ends[1] > ends[0] else (ends[0], ends[0] + 0.1)


def show_chart(figure: go.Figure, alt: str, key: str | None = None) -> None:
    """Show a figure that has nothing to click."""
    st.plotly_chart(figure, key=key, config=CHART, alt=alt)


def show_terms(*names: TermName, first: str = "") -> None:
    """Name the terms of a page; a tooltip explains them, as the Model page does.

    Parameters
    ----------
    names
        The interval is left out where the model has none.
    first
        Sentences that go before, in Markdown.
    """
    if structure_choice.loaded_predictor().files.conformal is None:
        names = tuple(name for name in names if name != "interval")
    link = f"{terms_words(*names)}: see the [Model page](model#terms)."
    st.caption(f"{first} {link}".strip(), help=terms_text(*names))


def grey_sentence(table: pd.DataFrame, *, at_pressure: bool) -> str:
    """Return the meaning of the grey cells of a map; empty where it has none.

    Parameters
    ----------
    at_pressure
        Whether each pair of the map has a volume of its own.
    """
    if not table["tc"].isna().to_numpy().any():
        return ""
    volume = ", or its volume at the pressure" if at_pressure else ""
    return f"Grey: not predicted, as the element has no atomic radius{volume}."
