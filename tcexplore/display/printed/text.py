"""Markup of plotly's texts in that of matplotlib."""

from __future__ import annotations

import re

_STYLES = {"i": "it", "em": "it", "b": "bf"}
_STYLED = re.compile(r"<(i|em|b)>(.*?)</\1>")
_SHIFTED = re.compile(r"<(sub|sup)>(.*?)</\1>")


def plain_text(text: str) -> str:
    """Return a text with italics, bold, subscripts and line breaks in matplotlib's markup."""
    text = re.sub(r"<br\s*/?>", "\n", text)
    text = text.replace("$", r"\$")
    text = _STYLED.sub(lambda m: rf"$\math{_STYLES[m[1]]}{{{_inner(m[2])}}}$", text)
    text = _SHIFTED.sub(
        lambda m: rf"${'_' if m[1] == 'sub' else '^'}{{\mathrm{{{_inner(m[2])}}}}}$", text
    )
    text = text.replace("$$", "")  # T and its subscript are one formula
    return re.sub(r"<[^>]+>", "", text)


def _inner(text: str) -> str:
    """Return a text within a formula, where spaces would be lost and hyphens be minus signs."""
    text = re.sub(r"<[^>]+>", "", text)
    return text.replace(" ", r"\ ").replace("-", r"\text{-}").replace("%", r"\%")
