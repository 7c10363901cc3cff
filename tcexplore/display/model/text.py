"""Accuracy and failures of a model, in sentences drawn from its evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tcexplore.display.labels import coverage_sentence, kind_text, percent, tc_text
from tcexplore.model.report import SHIPPED, ModelReport

HIGH_TC = 150.0  # K
AMBIENT_KINDS = ("experiment", "allen_dynes")
"""Kinds of Tc of hydrides without pressure, from 3DSC and JARVIS. Those under pressure are
Eliashberg values or quoted from the literature, or come from `COMPRESSED_SOURCE`."""
COMPRESSED_SOURCE = "hydrides_literature"
CLASS_NAMES = {"cuprate": "cuprates", "iron-based": "iron-based superconductors"} | {
    "hydride": "hydrides"
}
SPLIT_TEXTS = {
    "chemical_system": "Five folds; all materials of one set of elements are in one fold. This is"
    " what counts for a new material.",
    "formula": "Five folds; all entries of one formula are in one fold, other dopings of the same"
    " compound may be in another.",
    "random": "A fifth of the rows drawn at random, three times: the paper's protocol. Polymorphs"
    " and duplicates are in training and test, so this measures recall of the training data too.",
    "class": "Cuprates, iron-based superconductors and hydrides, each left out as a whole.",
    "paper-set": "A fifth at random of the paper's kind of set: exact matches of SuperCon and the"
    " Materials Project, and hydrides; three times.",
    "aside": "Chemical systems that were not looked at before the model was chosen.",
}


def accuracy_sentences(metrics: Mapping[str, Any]) -> str:
    """Return in Markdown the errors of each class on chemical systems outside training."""
    scores = {
        row["rows"]: row
        for row in metrics.get("scores", ())
        if row["split"] == "chemical_system" and row["model"] == "tcexplore"
    }
    classes = {"hydride": "hydrides"} | CLASS_NAMES | {"other": "the rest"}
    errors = [
        f"**{tc_text(scores[name]['mae'])} K** for {words} ({scores[name]['n']:,})"
        for name, words in classes.items()
        if name in scores
    ]
    if not errors:
        return coverage_sentence(metrics)
    return (
        f"Mean absolute error (MAE) on chemical systems not in training: {', '.join(errors)}."
        f" {coverage_sentence(metrics).replace('Tc', '$T_c$')} [More on the model](model)"
    )


def answer(report: ModelReport) -> list[str]:
    """Return the accuracy of the model, in Markdown, a sentence or two each."""
    return [text for text in (_new_systems(report), _bands(report), _known_systems(report)) if text]


def _new_systems(report: ModelReport) -> str:
    ours = report.score("chemical_system")
    if ours is None:
        return ""
    trees = report.score("chemical_system", model="XGBoost")
    hydrides = report.score("chemical_system", "hydride")
    text = (
        "**On chemical systems not in training**, the mean absolute error (MAE) is"
        f" {tc_text(ours['mae'])} K, r² = {ours['r2']:.2f}"
    )
    text += f" (XGBoost: {tc_text(trees['mae'])} K, {trees['r2']:.2f})" if trees else ""
    text += f"; on hydrides {tc_text(hydrides['mae'])} K" if hydrides else ""
    return (
        f"{text}. {ours['n']:,.0f} materials, each predicted by a model trained without its"
        " chemical system."
    )


def _bands(report: ModelReport) -> str:
    rows = {row["rows"]: row for row in report.metrics.get("coverage", ())}
    if "all" not in rows:
        return ""
    named = [
        f"{percent(rows[name]['coverage'])} of {words}"
        for name, words in CLASS_NAMES.items()
        if name in rows
    ]
    rest = f" ({', '.join(named)})" if named else ""
    return (
        "**The 90\u202f% prediction intervals** held the reported $T_c$ of"
        f" {percent(rows['all']['coverage'])} of these materials{rest}."
    )


def _known_systems(report: ModelReport) -> str:
    formula = report.score("formula")
    if formula is None:
        return ""
    return (
        "**On compounds with other dopings in training**, the MAE is"
        f" {tc_text(formula['mae'])} K, r² = {formula['r2']:.2f}."
    )


def known_failures(report: ModelReport) -> list[str]:
    """Return the known failures of the model, in Markdown, each with its numbers."""
    lines = report.lines("chemical_system")
    drawn = (
        *_class_failures(report.lines("class")),
        _high_hydrides(lines),
        _ambient_hydrides(lines),
        _label_kinds(lines),
    )
    fixed = (
        "**Materials that do not superconduct** get a $T_c$ too: 0\u00a0K in SuperCon means that"
        " none was reported, so such rows are left out of training.",
        "**Stability, metallicity and magnetism** are not predicted; nor are He, Ne, Kr, Xe, At, Rn"
        " and Fr.",
    )
    return [text for text in (*drawn, *fixed) if text]


def _means(lines: pd.DataFrame) -> str:
    mean = {name: float(lines[name].to_numpy().mean()) for name in ("tc", SHIPPED)}
    return (
        f"mean reported {tc_text(mean['tc'])} K, predicted {tc_text(mean[SHIPPED])} K"
        f" (n\u00a0=\u00a0{len(lines):,})"
    )


def _class_failures(lines: pd.DataFrame) -> list[str]:
    """Return the mean error on each class when all of it is held out."""
    lines = lines.loc[lines[SHIPPED].notna()]
    parts = {name: lines.loc[lines["family"] == name] for name in CLASS_NAMES}
    texts = [f"{CLASS_NAMES[name]}: {_means(part)}" for name, part in parts.items() if len(part)]
    if not texts:
        return []
    return [f"**Classes left out of training**: {'; '.join(texts)}."]


def _high_hydrides(lines: pd.DataFrame) -> str:
    high = lines.loc[(lines["family"] == "hydride") & (lines["tc"] > HIGH_TC)]
    high = high.loc[high[SHIPPED].notna()]
    if high.empty:
        return ""
    return f"**Hydrides above {HIGH_TC:g} K**, new chemical systems: {_means(high)}."


def _ambient_hydrides(lines: pd.DataFrame) -> str:
    is_ambient = (lines["family"] == "hydride") & lines["tc_kind"].isin(AMBIENT_KINDS)
    is_ambient &= ~lines["source"].str.startswith(COMPRESSED_SOURCE)
    ambient = lines.loc[is_ambient & lines[SHIPPED].notna()]
    if ambient.empty:
        return ""
    over = (ambient[SHIPPED] > ambient["tc"]).mean()
    return (
        f"**Hydrides without pressure**, new chemical systems: {_means(ambient)};"
        f" {percent(over)} are predicted too high."
    )


def _label_kinds(lines: pd.DataFrame) -> str:
    predicted = lines.loc[lines[SHIPPED].notna()]
    if predicted.empty:
        return ""
    errors = (predicted[SHIPPED] - predicted["tc"]).abs().groupby(predicted["tc_kind"]).mean()
    texts = [f"{kind_text(str(kind))} {tc_text(error)} K" for kind, error in errors.items()]
    return (
        "**Reported values are of different kinds**, which can differ by tens of kelvin for one"
        f" material; MAE by $T_c$ source: {'; '.join(texts)}."
    )
