"""Menu that takes a figure away: SVG, PDF and PNG at the width of a column, HTML with all on it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from tcexplore.display.printed.figure import (
    COLUMN_WIDTHS,
    PrintFormat,
    html_figure,
    printed_figure,
)

FORMATS: dict[str, PrintFormat] = {"SVG": "svg", "PDF": "pdf", "PNG, 600 dpi": "png"}


def file_stem(*parts: object) -> str:
    """Return the name of a file from its parts, such as ``mgh13-swap-200gpa``; empty ones drop."""
    text = "-".join(str(part) for part in parts if part)
    text = unicodedata.normalize("NFKD", text)  # subscripts become digits
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")


def show_downloads(table: pd.DataFrame, figure: Callable[[], go.Figure], stem: str) -> None:
    """Offer numbers as CSV, and the figure that belongs to them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        csv(table, stem)
        show_figure_menu(figure, stem)


def csv(table: pd.DataFrame, stem: str) -> None:
    """Offer a table as CSV, with as many digits as single precision has."""
    content: Callable[[], str] = lambda: table.to_csv(index=False, float_format="%.7g")  # noqa: E731
    st.download_button("Numbers (CSV)", content, f"{stem}.csv", on_click="ignore")


def show_figure_menu(figure: Callable[[], go.Figure], stem: str) -> None:
    """Offer a figure, made when it is asked for.

    Parameters
    ----------
    stem
        Name of the files, from `file_stem`.
    """
    with st.popover("Figure"):
        width = st.segmented_control(
            "Width", list(COLUMN_WIDTHS), default="85 mm", required=True, key=f"width-{stem}",
            help="One or two columns of a journal.",
        )  # fmt: skip
        wide = COLUMN_WIDTHS[width or "85 mm"]
        for label, fmt in FORMATS.items():
            st.download_button(
                label, partial(_printed, figure, fmt, wide), f"{stem}-{wide:.0f}mm.{fmt}",
                on_click="ignore", key=f"{fmt}-{stem}", width="stretch",
            )  # fmt: skip
        st.download_button(
            "HTML", lambda: html_figure(figure()), f"{stem}.html", on_click="ignore",
            key=f"html-{stem}", width="stretch", help="To point at, as here; 5 MB.",
        )  # fmt: skip


def _printed(figure: Callable[[], go.Figure], fmt: PrintFormat, width: float) -> bytes:
    return printed_figure(figure(), fmt, width=width)
