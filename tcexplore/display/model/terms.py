"""Terms that several pages use, each explained once: a section of the Model page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tcexplore.display.domain import MEANING

TermName = Literal["interval", "domain", "training", "pressure", "coordinates"]


@dataclass(frozen=True)
class Term:
    """A term and its explanation, in Markdown."""

    word: str
    text: str


TERMS: dict[TermName, Term] = {
    "interval": Term(
        "90\u202f% interval",
        "Prediction interval, where 90\u202f% of the reported $T_c$ lay, for materials whose"
        " chemical systems were not in training.",
    ),
    "domain": Term("Applicability domain", MEANING),
    "training": Term(
        "In training",
        "The model was trained on this material, so $T_c$ tests nothing. Where it is known, $T_c$"
        " without its chemical system is given beside it.",
    ),
    "pressure": Term(
        "Pressure",
        "Stated, by the catalogue, the file or you, or estimated from the volume by an equation of"
        " state of hydrides, with its 90\u202f% error in brackets. Where one is stated, domes and"
        " isobars go through it.",
    ),
    "coordinates": Term(
        "Fixed coordinates",
        "Every point of a map or dome keeps the fractional coordinates and the space group of its"
        " structure; nothing is relaxed, and nothing says that the material can be made. *Predict*"
        " looks for the symmetry anew, so its $T_c$ differs where the symmetry changes.",
    ),
}


def terms_text(*names: TermName) -> str:
    """Return terms with their explanations in Markdown, a paragraph each."""
    return "\n\n".join(f"**{TERMS[name].word}.** {TERMS[name].text}" for name in names)


def terms_words(*names: TermName) -> str:
    """Return terms alone, as a sentence begins: 90 % interval, applicability domain."""
    first, *rest = (TERMS[name].word for name in names)
    return ", ".join([first, *(f"{word[0].lower()}{word[1:]}" for word in rest)])
