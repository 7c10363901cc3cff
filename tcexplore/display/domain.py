"""Applicability domain in sentences, hover texts and table columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tcexplore.crystal.structure import SHORTEST_DISTANCE
from tcexplore.display.in_training import training_hover
from tcexplore.display.labels import (
    formula_text,
)
from tcexplore.model.applicability_domain import (
    DOMAIN_PHRASES,
    INSIDE,
    LIMITS,
    OUTSIDE,
    ApplicabilityDomain,
)
from tcexplore.studies.element_swap import ElementSwap
from tcexplore.studies.lattice_dome import LatticeDome
from tcexplore.studies.lattice_map import LatticeMap
from tcexplore.typing import BoolArray, FloatArray

OUTSIDE_NAME = "outside the applicability domain"
MEANING = (
    f"Outside the applicability domain: farther from every material that it was trained on, in"
    f" chemistry, volume per atom and closest contact, than {LIMITS[1]:g} % of these lie from the"
    f" nearest one of other elements; $T_c$ is a guess there. At the edge: {LIMITS[0]:g} %."
)


class TcCurve(Protocol):
    """Curve or map of Tc, with its bands and, where computed, its applicability domain."""

    @property
    def tc(self) -> FloatArray:
        """(K)."""
        ...

    @property
    def tc_low(self) -> FloatArray:
        """(K) Lower ends of the bands, nan where there are none."""
        ...

    @property
    def tc_high(self) -> FloatArray:
        """(K) Upper ends of the bands."""
        ...

    @property
    def domain(self) -> ApplicabilityDomain | None:
        """None where it was not asked."""
        ...


def apex_domain_sentence(result: LatticeDome | LatticeMap, training_materials: pd.DataFrame) -> str:
    """Return the applicability domain of the maximum in Markdown.

    Parameters
    ----------
    training_materials
        From `ModelFiles.known`.
    """
    if result.domain is None:
        return ""
    return domain_sentence("The maximum", result.domain, result.apex, training_materials)


def domain_sentence(
    subject: str,
    domain: ApplicabilityDomain,
    index: int | tuple[int, ...],
    training_materials: pd.DataFrame,
) -> str:
    """Return the applicability domain of one point in Markdown, with the nearest material.

    Parameters
    ----------
    subject
        Subject of the sentence.
    index
        Index into the arrays of the domain.
    """
    word, shortest = str(domain.words[index]), float(domain.shortest_distance[index])
    if shortest < SHORTEST_DISTANCE:
        return (
            f"**{subject} lies {OUTSIDE} the applicability domain**: two atoms would be"
            f" {shortest:.2f} Å apart, which no crystal has."
        )
    reason = domain.reason(index)
    reason = f" {reason}." if reason else ""
    near = training_materials.iloc[int(domain.nearest[index])]
    where = f"{subject} lies {DOMAIN_PHRASES[word]}"
    where = where if word == INSIDE else f"**{where}**"
    return (
        f"{where} (percentile {domain.percentile[index]:.0f}):"
        f" {domain.volume_per_atom[index]:.2f} Å³ per atom, and its closest contact is"
        f" {domain.contact[index]:.2f} times the sum of the two atomic radii. The nearest material"
        f" that it was trained on, {formula_text(str(near['formula']))} with"
        f" {near['tc']:.3g} K, has {near['volume_per_atom']:.2f} Å³ and {near['contact']:.2f}."
        f"{reason}"
    )


def domain_hover(result: TcCurve) -> NDArray[np.str_]:
    """Return domain and training of each point for the hover text, shape as that of Tc."""
    if (domain := result.domain) is None:
        return np.full(result.tc.shape, "")
    words = domain.words
    texts = [_hover(domain, index, str(words[index])) for index in np.ndindex(words.shape)]
    outside = np.array(texts, dtype=np.str_).reshape(words.shape)
    return np.char.add(outside, training_hover(domain.in_training, domain.tc_held_out))


def _hover(domain: ApplicabilityDomain, index: tuple[int, ...], word: str) -> str:
    reason = domain.reason(index)
    return f"<br>{DOMAIN_PHRASES[word]}" + (f"<br>{reason}" if reason else "")


def contiguous_runs(chosen: BoolArray) -> Iterator[slice]:
    """Yield the stretches without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(int)))
    for start, end in edges.reshape(-1, 2):
        yield slice(int(start), int(end))


def tc_columns(result: ElementSwap | LatticeDome | LatticeMap) -> dict[str, np.ndarray]:
    """Return Tc (K) of each point with its band."""
    return {name: getattr(result, name).ravel() for name in ("tc", "tc_low", "tc_high")}


def domain_columns(domain: ApplicabilityDomain | None) -> dict[str, np.ndarray]:
    """Return the applicability domain of each point as columns, and whether it was in training."""
    if domain is None:
        return {}
    return {
        "percentile": domain.percentile.ravel(),
        "domain": domain.words.ravel(),
        "in_training": domain.in_training.ravel(),
        "tc_held_out": domain.tc_held_out.ravel(),
    }
