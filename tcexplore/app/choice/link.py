"""Links: widgets whose values the page's address holds, and notes on bad values of a link.

Streamlit drops a bad value from the address and takes the default. So the values of a link are kept
when its page opens, and each is compared with what its widget shows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from tcexplore.display.labels import plain

OPENED, ASKED, NOTES = "link_page", "link_asked", "link_notes"  # session state
PLACE, SLOT = "link_place", "link_slot"  # session state: where the notes are shown
TURNED = "link_turned"  # session state: a range that ran from high to low
LONGEST = 60  # characters of a value that are shown
EQUAL = 1e-9  # relative difference of numbers up to which they are one


def open_link(page: str) -> None:
    """Keep what the address asks for where a page opens, and show what was not understood.

    Parameters
    ----------
    page
        Its address; a link is read once for each.
    """
    st.html(f"<script>{_history_script()}</script>", unsafe_allow_javascript=True)
    st.session_state[PLACE], st.session_state[SLOT] = st.container(), None
    if st.session_state.get(OPENED) != page:
        st.session_state[OPENED] = page
        names = list(st.query_params)
        st.session_state[ASKED] = {name: st.query_params.get_all(name) for name in names}
        st.session_state[NOTES] = {}
    _show_notes()


@functools.cache
def _history_script() -> str:
    """Return the script by which the browser's Back undoes what the user did last."""
    return (Path(__file__).parent / "history.js").read_text(encoding="utf-8")


def close_link() -> None:
    """Forget the link, whose page the user has changed; for callbacks.

    The notes go with the next widget of an address: a callback inside a fragment cannot do it.
    """
    st.session_state[ASKED], st.session_state[NOTES] = {}, {}


def write(name: str, value: str | Sequence[str] | None) -> None:
    """Write a choice of the user into the address, None to take it out; for callbacks."""
    close_link()
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def linked(
    widget: Callable[..., Any],
    label: str,
    *options: Any,  # noqa: ANN401 as the widgets'
    key: str,
    lacking: str = "which is not among its choices",
    **settings: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Show a widget whose value stands in the address, and say where a link's value is bad.

    Parameters
    ----------
    widget
        Such as ``st.slider``.
    options
        Its arguments after the label: the choices, or the least and the greatest value.
    key
        Name in the address.
    lacking
        What is wrong with a choice that there is not.
    settings
        Its arguments by name.
    """
    _show_notes()
    if turned := st.session_state.get(TURNED, {}).pop(key, None):
        st.session_state[key] = turned
    value = widget(label, *options, key=key, bind="query-params", on_change=close_link, **settings)
    if asked := _taken(key):
        form = settings.get("format_func", str)
        if wrong := _wrong_values(asked, value, form):
            reason = _reason(wrong, value, options, lacking)
            _note(key, f"sets “{label}” to {_quoted(wrong, value)}, {reason}", _shown(value, form))
    if isinstance(value, tuple) and value[0] > value[1] and not turned:
        st.session_state[TURNED] = {key: value[::-1]}
        st.rerun()
    return value


def expect(key: str, is_there: bool, reason: str, shown: str) -> None:
    """Say where a value of the link that belongs to no widget could not be used.

    Parameters
    ----------
    key
        Name in the address.
    reason
        What is wrong with it, such as ``a pair that the map does not have``.
    shown
        What the page shows instead.
    """
    asked = _taken(key)
    if asked and not is_there:
        _note(key, f"asks for {_quoted(asked, asked)}, {reason}", shown)


def _taken(key: str) -> list[str]:
    """Return what the link asks for under a name, the first time alone."""
    return st.session_state.get(ASKED, {}).pop(key, [])


def _note(key: str, problem: str, shown: str) -> None:
    notes = st.session_state.setdefault(NOTES, {})
    notes[key] = f"The link {plain(problem)}; shown: {plain(shown)}."
    _show_notes()


def _show_notes() -> None:
    """Show the notes at the top of the page; an empty place would take room."""
    notes = st.session_state.get(NOTES)
    if notes and st.session_state[SLOT] is None:
        st.session_state[SLOT] = st.session_state[PLACE].empty()
    if (slot := st.session_state.get(SLOT)) is not None:
        slot.warning("  \n".join(notes.values())) if notes else slot.empty()


# --- what is wrong -------------------------------------------------------------------------------


def _wrong_values(asked: list[str], value: object, form: Callable[[Any], str]) -> list[str]:
    """Return the values of a link that its widget does not show; all ends of a range."""
    if isinstance(value, list):
        shown = [form(one) for one in value]
        return [text for text in asked if text not in ("", *shown)]
    if isinstance(value, tuple):
        is_same = len(asked) == len(value) and all(map(_is_number, asked, value))
        return [] if is_same and value[0] <= value[1] else asked
    text = asked[-1]  # as Streamlit
    if isinstance(value, bool):
        is_same = text.lower() == str(value).lower()
    else:
        is_same = text == ("" if value is None else form(value)) or _is_number(text, value)
    return [] if is_same else [text]


def _is_number(text: str, value: object) -> bool:
    return isinstance(value, int | float) and bool(np.isclose(_number(text), value, rtol=EQUAL))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _reason(wrong: list[str], value: object, options: tuple[Any, ...], lacking: str) -> str:
    if isinstance(value, bool):
        return "which is neither true nor false"
    if options and isinstance(options[0], Sequence):
        return lacking
    numbers = [_number(text) for text in wrong]
    if not np.isfinite(numbers).all():
        return "which is no number" if len(numbers) == 1 else "which are not two numbers"
    if isinstance(value, tuple) and len(numbers) != 2:
        return "which are not two numbers"
    return _reason_of_numbers(numbers, *[*options, None, None][:2])


def _reason_of_numbers(numbers: list[float], low: float | None, high: float | None) -> str:
    if low is not None and min(numbers) < low and high is None:
        return f"which is less than {low:g}"
    if low is not None and high is not None and (min(numbers) < low or max(numbers) > high):
        return f"which is not within {low:g} to {high:g}"
    is_backwards = sorted(numbers) != numbers
    return "which runs from high to low" if is_backwards else "which is none of its values"


def _quoted(texts: list[str], value: object) -> str:
    joint = " to " if isinstance(value, tuple) else ", "
    return f"“{joint.join(texts)[:LONGEST]}”"


def _shown(value: object, form: Callable[[Any], str]) -> str:
    if isinstance(value, tuple):
        return " to ".join(f"{end:g}" for end in sorted(value))
    if isinstance(value, list):
        return ", ".join(map(form, value)) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else form(value)
