"""HTML of the sentences and tables that the pages show as Markdown with a little mathematics."""

from __future__ import annotations

import re

import pandas as pd
from markdown_it import MarkdownIt

from tcexplore.display.labels import space_group_html

TC = "<i>T</i><sub>c</sub>"
MARKDOWN = MarkdownIt("commonmark", {"html": False})
TC_SIGN = "\ue000"  # of Unicode's private use area: passes through Markdown as it is


def markdown_html(text: str) -> str:
    """Return one paragraph of Markdown as HTML; other HTML in it is escaped."""
    return MARKDOWN.renderInline(text.replace("$T_c$", TC_SIGN)).replace(TC_SIGN, TC)


def table_html(table: pd.DataFrame, *, has_index: bool) -> str:
    """Return a table whose cells are Markdown, or symbols of space groups as mathematics."""
    shown = table.map(lambda value: _cell_html(str(value))).rename(columns=_cell_html)
    shown.index = [_cell_html(str(name)) for name in shown.index]
    return shown.to_html(escape=False, index=has_index, border=0)


def _cell_html(text: str) -> str:
    if symbol := re.match(r"\$\\mathsf\{(.*)\}\$(.*)", text):
        plain_symbol = re.sub(r"\\bar\{(\d)\}", r"-\1", symbol[1])
        return space_group_html(plain_symbol) + markdown_html(symbol[2])
    return markdown_html(text)
