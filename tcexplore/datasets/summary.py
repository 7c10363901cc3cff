"""Summary of a data set in words: rows kept by source, rows left out by reason."""

from __future__ import annotations

import pandas as pd

from tcexplore.datasets.dataset import Dataset

HIGH_TC = 150  # K
SHOWN = 40  # rows listed for each reason that calls for a look
_EXPECTED = ("no label", "same material", "high variance")  # counted, not listed


def summary(dataset: Dataset) -> str:
    """Return the counts of rows kept, by source and kind of label, and left out, by reason."""
    rows = dataset.rows
    parts = [
        f"Kept {len(rows)} structures of {rows['formula'].nunique()} compositions in"
        f" {rows['chemical_system'].nunique()} chemical systems;"
        f" {rows['tc_reported'].eq(False).sum()} experiments report no Tc (tc = 0).",
        _kept(rows),
        _literature(rows),
        *(f"{note}." for note in dataset.metadata.get("notes", ())),  # type: ignore[union-attr]
    ]
    missing = dataset.metadata.get("missing_folders")
    if missing:
        parts.append(f"Folders missing: {', '.join(missing)}.")  # type: ignore[arg-type]
    parts.append(_left_out(dataset.dropped))
    parts.append(f"Inputs SHA-256: {dataset.metadata.get('inputs_sha256')}")
    return "\n\n".join(part for part in parts if part)


def _kept(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "No rows."
    counts = rows.groupby(["source", "tc_kind"], sort=False).agg(
        structures=("formula", "size"),
        compositions=("formula", "nunique"),
        with_tc=("tc_reported", "sum"),
        hydrides=("family", lambda family: int((family == "hydride").sum())),
        highest_tc=("tc", "max"),
    )
    return counts.round(1).reset_index().to_string(index=False)


def _literature(rows: pd.DataFrame) -> str:
    """Return how many rows, phases and pressures the literature's hydrides and others have."""
    literature = rows[rows["quality"] != ""]
    if literature.empty:
        return ""
    weights = literature.groupby("quality")["weight"].agg(["size", "first"])
    pressures = literature.groupby("phase")["pressure_gpa"].nunique()
    of_quality = ", ".join(f"{n} {name} (weight {w:g})" for name, n, w in weights.itertuples())
    return (
        f"Literature rows with a quality: {of_quality}; {len(pressures)} phases,"
        f" {(pressures > 1).sum()} at several pressures, {(pressures > 2).sum()} at three or more;"
        f" {(literature['tc'] > HIGH_TC).sum()} rows above {HIGH_TC} K"
        f" ({(rows['tc'] > HIGH_TC).sum()} of all sources)."
    )


def _left_out(dropped: pd.DataFrame) -> str:
    if dropped.empty:
        return "Nothing was left out."
    counts = dropped.groupby(["source", "reason"], as_index=False).size()
    lines = [f"Left out: {len(dropped)}.", counts.to_string(index=False)]
    listed = dropped[~dropped["reason"].isin(_EXPECTED)]
    for reason, group in listed.groupby("reason"):
        lines.append(f"{reason}:")
        columns = (
            group.loc[:, ["source", "file", "reported_formula", "detail"]].head(SHOWN).to_numpy()
        )
        lines += [f"  {source}/{file} ({label}): {why}" for source, file, label, why in columns]
        if len(group) > SHOWN:
            lines.append(f"  and {len(group) - SHOWN} more")
    return "\n".join(lines)
