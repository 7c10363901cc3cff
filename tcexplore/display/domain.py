"""Applicability domain and training materials in sentences, hover texts and table columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pymatgen.core import Composition

from tcexplore.crystal.sc_class import sc_class
from tcexplore.crystal.structure import SHORTEST_DISTANCE
from tcexplore.display.labels import (
    formula_text,
    tc_text,
)
from tcexplore.model.applicability_domain import (
    DOMAIN_PHRASES,
    INSIDE,
    LIMITS,
    OUTSIDE,
    ApplicabilityDomain,
)
from tcexplore.model.predictor import TcPrediction
from tcexplore.studies.element_swap import ElementSwap
from tcexplore.studies.lattice_dome import LatticeDome
from tcexplore.studies.lattice_map import LatticeMap
from tcexplore.typing import BoolArray, FloatArray

OUTSIDE_NAME = "outside the applicability domain"
MEANING = (
    "Percentile of the applicability domain: the share of the training materials that are nearer to"
    " their nearest neighbour of other elements, in chemistry, volume per atom and closest contact,"
    f" than this crystal is to its nearest training material. From {LIMITS[0]:g} on it is at the"
    f" edge, from {LIMITS[1]:g} on outside, as is a hydride with atoms closer or a smaller volume"
    " than any in training; $T_c$ is a guess there."
)


class TcCurve(Protocol):
    """Curve or map of Tc, with its intervals and, where computed, its applicability domain."""

    @property
    def tc(self) -> FloatArray:
        """(K)."""
        ...

    @property
    def tc_low(self) -> FloatArray:
        """(K) Lower ends of the intervals, nan where there are none."""
        ...

    @property
    def tc_high(self) -> FloatArray:
        """(K) Upper ends of the intervals."""
        ...

    @property
    def domain(self) -> ApplicabilityDomain | None:
        """None where it was not asked."""
        ...


def apex_domain_sentence(result: LatticeDome | LatticeMap, training_materials: pd.DataFrame) -> str:
    """Return the applicability domain of the lattice of highest Tc, in Markdown.

    Parameters
    ----------
    training_materials
        From `ModelFiles.known`.
    """
    if result.domain is None:
        return ""
    return domain_sentence("That lattice", result.domain, result.apex, training_materials)


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
        f" {domain.volume_per_atom[index]:.2f} Å³ per atom, closest contact"
        f" {domain.contact[index]:.2f} of the sum of the atomic radii; nearest in training,"
        f" {formula_text(str(near['formula']))} with {near['tc']:.3g} K:"
        f" {near['volume_per_atom']:.2f} Å³, {near['contact']:.2f}.{reason}"
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
    """Return Tc (K) of each point with its interval."""
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


CLASS_NAMES = {
    "hydride": "Hydrides",
    "cuprate": "Cuprates",
    "iron-based": "Iron-based superconductors",
    "other": "Materials that are neither hydrides, cuprates nor iron-based",
}


def training_sentence(prediction: TcPrediction) -> str:
    """Return in Markdown whether the crystal was in training, and its Tc without it."""
    if prediction.in_training:
        return f"In training: **yes**{_without(prediction.tc_held_out)}."
    if prediction.system_in_training:
        return (
            "In training: **no**, but another material of exactly these elements was; error and"
            " interval are those of materials where none was."
        )
    return "In training: **no**, nor any other material of exactly these elements."


def _without(tc_held_out: float) -> str:
    if np.isnan(tc_held_out):
        return "; $T_c$ without its chemical system is not known"
    return f"; without its chemical system the model says **{tc_text(tc_held_out)} K**"


def training_hover(in_training: BoolArray, tc_held_out: FloatArray) -> NDArray[np.str_]:
    """Return the lines of hover texts about training, empty where a point was not in training."""
    texts = np.full(np.shape(in_training), "", dtype="U60")
    for index in zip(*np.nonzero(in_training), strict=True):
        texts[index] = f"<br>{training_text(float(tc_held_out[index]))}"
    return texts


def training_text(tc_held_out: float) -> str:
    """Return in a few words that a crystal was in training, with its Tc (K) without it."""
    if np.isnan(tc_held_out):
        return "in training"
    return f"in training; {tc_text(tc_held_out)} K without its chemical system"


def training_cell(in_training: bool | None, tc_held_out: float) -> str:
    """Return whether a crystal was in training, with its Tc (K) without it, for a table's cell."""
    if not in_training:
        return "" if in_training is None else "no"
    return "yes" if np.isnan(tc_held_out) else f"yes; without it {tc_text(tc_held_out)} K"


def band_comparison(reported: float, low: float, high: float) -> str:
    """Return in Markdown where a reported Tc (K) lies to an interval, empty where there is none."""
    if not np.isfinite([low, high]).all():
        return ""
    place = "above" if reported > high else "below" if reported < low else "inside"
    return f"It lies **{place} the interval**."


def error_sentence(composition: Composition, tc: float, metrics: Mapping[str, Any]) -> str:
    """Return in Markdown the error of held-out materials of one class and range of predicted Tc.

    Parameters
    ----------
    tc
        (K) Predicted.
    metrics
        Of the model; without ``errors_by_class`` nothing is said.
    """
    errors = metrics.get("errors_by_class")
    if not errors:
        return ""
    shares = composition.element_composition.fractional_composition.get_el_amt_dict()
    family = sc_class(shares)
    for row in errors:
        high = np.inf if row["high"] is None else row["high"]
        if row["family"] == family and row["low"] <= tc < high:
            return (
                f"{CLASS_NAMES[family]} predicted {_range_text(row['low'], high)}: mean absolute"
                f" error **{tc_text(row['mae'])} K** ({row['n']:,} materials, each without its"
                " chemical system in training)."
            )
    return (
        f"{CLASS_NAMES[family]} were hardly ever predicted as high or low as this without their"
        " chemical systems in training: the error here is not measured."
    )


def _range_text(low: float, high: float) -> str:
    if np.isinf(high):
        return f"above {low:g} K"
    return f"below {high:g} K" if low == 0 else f"at {low:g} to {high:g} K"


def trained_scales(result: LatticeDome | LatticeMap) -> dict[float, float]:
    """Return the factors on the parent's lattice that were in training, with held-out Tc (K)."""
    if (domain := result.domain) is None:
        return {}
    chosen, structure = domain.in_training, result.parent.structure
    volume = structure.volume / structure.composition.num_atoms
    scales = np.cbrt(domain.trained_volume[chosen] / volume)
    return dict(zip(scales.tolist(), domain.tc_held_out[chosen].tolist(), strict=True))


def trained_lattices_sentence(result: LatticeDome | LatticeMap) -> str:
    """Return in Markdown which lattices of a scan were in training, and Tc without them."""
    lattice, texts = result.parent.structure.lattice, []
    for scale, tc in trained_scales(result).items():
        c = f" and *c* = {scale * lattice.c:.3f} Å" if isinstance(result, LatticeMap) else ""
        texts.append(f"In training at *a* = {scale * lattice.a:.3f} Å{c}{_without(tc)}.")
    return " ".join(texts)
