"""First page: the purpose, the accuracy, a picture of each page, the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from tcexplore.app.choice.address import EXAMPLES, choose_entry
from tcexplore.catalogue.entries import catalogue_entry, load_catalogue
from tcexplore.display.crystal.catalogue import catalogue_table, matching_entries
from tcexplore.display.labels import formula_text, pressure_text
from tcexplore.display.model.text import accuracy_sentences
from tcexplore.model.files import ModelFiles

PAGES_IN_A_ROW = 4
MGH13, LI2MGH16 = "mgh13-fm-3m-200gpa", "li2mgh16-p-3m1-300gpa"


@dataclass(frozen=True)
class Card:
    """Page with its picture."""

    page: str
    """Name of its file."""
    title: str
    text: str
    query: tuple[tuple[str, str], ...] = ()
    """Names and values of the address that its link leads to."""


CARDS = (
    Card("element_swap", "Element swap", "$T_c$ of every X and Y on two sites",
         (("structure", MGH13), ("x", "Mg1 (1 site)"), ("y", "H2 (1 site)"))),
    Card("lattice_dome", "Dome", "$T_c$ against pressure, beside published values",
         (("structure", "lah10-fm-3m-150gpa"),)),
    Card("lattice_map", "Lattice map", "$T_c$ over *a* and *c*, with isobars",
         (("structure", LI2MGH16),)),
    Card("hydrogen_network", "H–H network", "Molecules, chains, layers, frameworks of hydrogen",
         (("structure", LI2MGH16),)),
    Card("search", "Search", "The best elements on groups of sites, within limits",
         (("structure", MGH13), ("elements1", "hydride formers"))),
    Card("design", "Design", "Lattice and coordinates moved to a higher $T_c$",
         (("structure", "lih6-r-3m-300gpa"),)),
    Card("batch", "Batch", "$T_c$ of many files at once"),
    Card("model", "Model", "How far a prediction can be believed"),
)  # fmt: skip


def show_start(files: ModelFiles) -> None:
    """Show what the app is for, how accurate it is, what it can do, and how to begin."""
    st.header("At which temperature does your crystal superconduct?", anchor=False)
    st.markdown(
        "The critical temperature $T_c$ is predicted from the crystal structure: choose one from"
        " the catalogue, bring your own file, or begin with one of these."
    )
    with st.container(horizontal=True):
        for entry in map(catalogue_entry, EXAMPLES):
            label = formula_text(entry.formula)
            label += f" at {pressure_text(entry.pressure)}" if entry.pressure else ""
            st.button(label, on_click=choose_entry, args=(entry.entry_id,))
    st.markdown(accuracy_sentences(files.metrics))
    for start in range(0, len(CARDS), PAGES_IN_A_ROW):
        row = CARDS[start : start + PAGES_IN_A_ROW]
        for card, column in zip(row, st.columns(PAGES_IN_A_ROW), strict=False):
            with column:
                _show_card(card)
    show_catalogue()


def _show_card(card: Card) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        # By its address: Streamlit forgets a picture that it holds itself when the page is left,
        # and a browser that asks for it then finds nothing.
        st.image(f"/app/static/pages/{card.page}.png", width=96, alt=f"The page {card.title}")
        st.page_link(f"pages/{card.page}.py", label=card.title, query_params=dict(card.query))
        st.caption(card.text)


def show_catalogue() -> None:
    """Show the catalogue with its search; a selected row is the chosen structure."""
    st.subheader("Catalogue", anchor=False)
    text, tc, pressure = st.columns([2, 1, 1])
    words = text.text_input(
        "Formula, elements or class", key="find", placeholder="hydride La, or MgB2"
    )
    least_tc = tc.number_input("Reported Tc from (K)", 0, 400, 0, step=10)
    most_pressure = pressure.number_input(
        "Pressure up to (GPa)", 0, 1000, None, step=10, placeholder="any"
    )
    entries = matching_entries(
        load_catalogue(), words, least_tc=least_tc, highest_pressure=most_pressure
    )
    if not entries:
        st.info("No structure of the catalogue matches; take one word or limit away.")
        return
    event = st.dataframe(
        catalogue_table(entries), hide_index=True, key=f"catalogue-{words}-{len(entries)}",
        on_select="rerun", selection_mode="single-row", height=320,
    )  # fmt: skip
    if rows := event.selection.rows:
        choose_entry_now(entries[rows[0]].entry_id)


def choose_entry_now(entry_id: str) -> None:
    """Choose an entry after the sidebar has been drawn: by the address of a new run."""
    st.query_params["structure"] = entry_id
    st.rerun()
