"""Result of a prediction to copy: text, JSON, CSV, and its sources in BibTeX."""

from __future__ import annotations

import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.choice.address import Choice
from tcexplore.app.choice.structure_choice import KEYS, loaded_predictor
from tcexplore.batch.outcomes import LoadedStructure
from tcexplore.display.crystal.citation import bibtex
from tcexplore.display.crystal.result import (
    Record,
    result_csv,
    result_json,
    result_line,
    result_record,
)


def show_result(choice: Choice) -> None:
    """Show the result in forms to copy; each has a button that does so."""
    record = _record(choice.structure, choice.name, choice.pressure, choice.pressure_origin)
    works = bibtex(record["model"], record["model_hash"], choice.entry)
    forms = {
        "Text": (result_line(record), None),
        "JSON": (result_json(record), "json"),
        "CSV": (result_csv(record), None),
        "BibTeX": (works, "bibtex"),
    }
    with st.expander("Copy the result, cite"):
        for tab, (content, language) in zip(st.tabs(list(forms)), forms.values(), strict=True):
            tab.code(content, language=language, wrap_lines=True)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=KEYS)
def _record(structure: Structure, name: str, pressure: float | None, origin: str) -> Record:
    loaded = LoadedStructure(name, structure, pressure=pressure, pressure_origin=origin)
    return result_record(loaded_predictor(), loaded)
