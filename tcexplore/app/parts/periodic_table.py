"""Periodic table on a page, from which elements are chosen one by one or by their groups."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from pymatgen.core import Element
from streamlit.components.v2 import component

from tcexplore.app.choice.link import expect, write
from tcexplore.crystal.element_groups import ELEMENT_GROUPS
from tcexplore.crystal.elements import ELEMENTS

FOLDER = Path(__file__).parent
HTML = """<div class="table">
<div class="groups" role="group" aria-label="Groups of elements"></div>
<div class="elements" role="group" aria-label="Periodic table"></div>
<p class="count" role="status"></p>
</div>"""
F_BLOCK_ROW = 3  # rows between period 6 and the lanthanides, one of them empty


def elements_chosen(key: str, allowed: Collection[str], default: Sequence[str]) -> tuple[str, ...]:
    """Show a periodic table and return the symbols chosen on it, in the order of their numbers.

    Parameters
    ----------
    key
        Name of the choice in the page's address.
    allowed
        Symbols that can be chosen; the others are shown faint.
    default
        Symbols chosen where the address says nothing.
    """
    text = st.query_params.get(key)
    wanted = default if text is None else _members(text) or text.split("-")
    chosen = [symbol for symbol in ELEMENTS if symbol in wanted and symbol in allowed]
    unknown = [symbol for symbol in wanted if symbol and symbol not in ELEMENTS]
    expect(key, not unknown, "in which not all are elements or a group of them", _words(chosen))
    _component()(
        key=f"table-{key}",
        data={"cells": _cells(allowed), "groups": _groups(allowed), "chosen": chosen},
        on_chosen_change=functools.partial(_write, key, allowed),
    )
    return tuple(chosen)


def _write(key: str, allowed: Collection[str]) -> None:
    """Write the elements that the browser sent into the page's address, a group by its name."""
    sent = st.session_state[f"table-{key}"].chosen or []
    chosen = [symbol for symbol in ELEMENTS if symbol in sent]
    names = (group["name"] for group in _groups(allowed) if group["symbols"] == chosen)
    write(key, next(names, "-".join(chosen)))


def _words(symbols: Sequence[str]) -> str:
    return ", ".join(symbols) or "no element"


def _members(name: str) -> list[str]:
    """Return the elements of a group; none where there is no such group."""
    is_member = ELEMENT_GROUPS.get(name, lambda _: False)
    return [symbol for symbol in ELEMENTS if is_member(Element(symbol))]


def _cells(allowed: Collection[str]) -> list[dict[str, Any]]:
    return [
        {
            "symbol": symbol,
            "name": Element(symbol).long_name,
            "row": _place(Element(symbol))[0],
            "column": _place(Element(symbol))[1],
            "allowed": symbol in allowed,
        }
        for symbol in ELEMENTS
    ]


def _place(element: Element) -> tuple[int, int]:
    """Return row and column of the long form with the f block below, from 1."""
    for first, row in ((57, 6), (89, 7)):
        if first <= element.Z < first + 15:
            return row + F_BLOCK_ROW, element.Z - first + 3
    return element.row, element.group


def _groups(allowed: Collection[str]) -> list[dict[str, Any]]:
    members = {
        name: [symbol for symbol in _members(name) if symbol in allowed] for name in ELEMENT_GROUPS
    }
    return [{"name": name, "symbols": symbols} for name, symbols in members.items() if symbols]


@functools.cache
def _component() -> Any:  # noqa: ANN401 Streamlit's own type is for checkers alone
    """Return the component, whose files are read at its first use."""
    return component(
        "tcexplore_periodic_table",
        html=HTML,
        css=(FOLDER / "periodic_table.css").read_text(encoding="utf-8"),
        js=(FOLDER / "periodic_table.js").read_text(encoding="utf-8"),
    )
