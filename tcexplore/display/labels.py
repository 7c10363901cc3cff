"""Formulas, space groups, temperatures and sources in the words of the screen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tcexplore.catalogue.entries import CatalogueEntry

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
AMOUNT = re.compile(r"(?<=[A-Za-z)])\d+(?:\.\d+)?")
KINDS = {
    "experiment": "measured",
    "eliashberg": "calculated, Eliashberg equations",
    "allen_dynes": "calculated, Allen–Dynes formula",
    "literature": "as quoted in the literature",
    "ml_prediction": "predicted by the network of arXiv:2301.10474, not measured",
}
KIND_NAMES = {
    "experiment": "measured",
    "eliashberg": "Eliashberg",
    "allen_dynes": "Allen–Dynes",
    "literature": "literature",
}
SOURCES = {
    "3DSC_MP": "3DSC",
    "supercon": "SuperCon",
    "materials_project": "SuperCon, Materials Project",
    "hydrides": "Shipley et al. 2021",
    "supercon3d_hydrides": "SuperCon3D",
    "hydrides_literature": "Hydrides of the literature",
    "jarvis_dft": "JARVIS-DFT",
}
SOURCE_LINKS = {
    "3DSC_MP": "https://doi.org/10.1038/s41597-023-02721-y",
    "supercon": "https://doi.org/10.1038/s41524-018-0085-8",
    "materials_project": "https://materialsproject.org",
    "hydrides": "https://doi.org/10.1103/PhysRevB.104.054501",
    "jarvis_dft": "https://arxiv.org/abs/2205.00060",
}


def formula_text(formula: str) -> str:
    """Return a formula with subscripts: MgB2 as MgB₂, La1.85Sr0.15Cu1O4 as La₁.₈₅Sr₀.₁₅CuO₄."""
    return AMOUNT.sub(lambda m: _unless_one(m[0]).translate(SUBSCRIPTS), formula)


def formula_html(formula: str) -> str:
    """Return a formula with its amounts in ``<sub>``, an amount of 1 left out."""
    return AMOUNT.sub(lambda m: f"<sub>{m[0]}</sub>" if _unless_one(m[0]) else "", formula)


def _unless_one(amount: str) -> str:
    return "" if amount == "1" else amount


def space_group_html(symbol: str) -> str:
    """Return a symbol with overlines and subscripts as HTML.

    Combining overlines (U+0304, U+0305) would be simpler; the app's font sets them too far
    right.
    """
    screw = re.sub(r"_(\d)", r"<sub>\1</sub>", symbol)
    return re.sub(r"-(\d)", r'<span style="text-decoration:overline">\1</span>', screw)


def space_group_math(symbol: str) -> str:
    """Return a symbol as Markdown's mathematics, for tables."""
    return "$\\mathsf{" + re.sub(r"-(\d)", r"\\bar{\1}", symbol) + "}$"


def tc_text(tc: float) -> str:
    """Return a predicted Tc (K) with the digits that make sense."""
    return f"{tc:.1f}" if tc < 9.95 else f"{tc:.0f}"


def band_text(low: float, high: float) -> str:
    """Return both ends of an interval (K), such as ``31 to 78 K``; empty where there is none.

    Both have the digits of the upper one.
    """
    if not np.isfinite([low, high]).all():
        return ""
    return f"{low:.1f} to {high:.1f} K" if high < 9.95 else f"{low:.0f} to {high:.0f} K"


def with_band(tc: str, low: float, high: float) -> str:
    """Return a Tc that is already in words with its interval, where it has one."""
    interval = band_text(low, high)
    return f"{tc} (interval {interval})" if interval else tc


def plain(text: str) -> str:
    """Return a text so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", text)


def kind_text(kind: str) -> str:
    """Return the source of a Tc in words."""
    return KINDS.get(kind, kind)


def kind_name(kind: str) -> str:
    """Return the same in a word or two, for tables."""
    return KIND_NAMES.get(kind, kind)


def exchanged_text(share: float) -> str:
    """Return the share of the atoms that two compositions do not have in common."""
    return "none" if share < 5e-4 else percent(share, digits=1)


def source_text(source: str) -> str:
    """Return the name of a data source, such as ``3DSC, mp-763`` for ``3DSC_MP:mp-763``."""
    folder, _, row = source.partition(":")
    name = SOURCES.get(folder, folder)
    return f"{name}, {row}" if re.fullmatch(r"(mp|mvc)-\d+", row) else name


def source_link(source: str) -> str:
    """Return the name of a data source in Markdown, with a link where one is known."""
    text, material = plain(source_text(source)), re.search(r"\b(mp|mvc)-\d+", source)
    if material:
        return f"[{text}](https://materialsproject.org/materials/{material[0]})"
    address = SOURCE_LINKS.get(source.partition(":")[0])
    return f"[{text}]({address})" if address else text


def entry_label(entry: CatalogueEntry) -> str:
    """Return one line of the catalogue, in plain letters so that typing MgB2 finds it."""
    head = re.sub(r"\s*\([\d.]+ GPa\)", "", entry.name)
    head = head.replace(f" {entry.space_group_symbol}", "")
    if entry.formula not in head:
        head = f"{entry.formula}, {head}"
    pressure = f" · {entry.pressure:g} GPa" if entry.pressure else ""
    tc = f"{entry.tc:g} K" if entry.tc else "no Tc"
    if entry.tc_kind == "ml_prediction":
        tc += ", predicted"
    sc_class = "" if entry.sc_class in ("element", "compound", "other") else f" · {entry.sc_class}"
    return f"{head} · {entry.space_group_symbol}{pressure} · {tc}{sc_class}"


def pressure_text(pressure: float | None) -> str:
    """Return a pressure (GPa) in words, such as ``200 GPa`` or ``ambient pressure``."""
    if pressure is None:
        return "pressure not known"
    return f"{pressure:g} GPa" if pressure else "ambient pressure"


def entry_name(entry: CatalogueEntry) -> str:
    """Return formula, space group and pressure of an entry, such as ``H₃S Im-3m, 200 GPa``."""
    pressure = f", {entry.pressure:g} GPa" if entry.pressure else ""
    return f"{formula_text(entry.formula)} {entry.space_group_symbol}{pressure}"


def reported_text(entry: CatalogueEntry) -> str:
    """Return the reported Tc of an entry, with its range and the source of Tc."""
    if entry.tc == 0:
        return "none reported"
    spread = ""
    if entry.tc_low is not None and entry.tc_high is not None:
        spread = f" ({entry.tc_low:g}–{entry.tc_high:g} K)"
    return f"{entry.tc:g} K{spread}, {kind_text(entry.tc_kind)}"


def coverage_sentence(metrics: Mapping[str, Any]) -> str:
    """Return for how many materials the intervals held the reported Tc."""
    for row in metrics.get("coverage", ()):
        if row["rows"] == "all":
            return (
                f"The intervals held the reported Tc of {percent(row['coverage'])} of"
                f" {row['n']:,} materials whose chemical systems were not in training."
            )
    return "Nobody has measured how far this model errs: treat the value as a guess."


def percent(share: float, *, digits: int = 0) -> str:
    """Return a share, 0 to 1, in percent, with the thin space before its sign that SI asks for."""
    return f"{100 * share:.{digits}f}\u202f%"


def number_text(value: float, digits: int) -> str:
    """Return a number with that many digits after the point, nothing where it is missing."""
    return f"{value:.{digits}f}".replace("-", "−") if np.isfinite(value) else ""


def band_hover(low: ArrayLike, high: ArrayLike) -> NDArray[np.str_]:
    """Return the intervals for the hover text after each Tc, by their ends (K), shape as these."""
    text = np.vectorize(lambda *ends: band_text(*ends) and f", interval {band_text(*ends)}", [str])
    return text(low, high)
