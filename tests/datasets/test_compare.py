"""Comparison of two data sets: which hydrides changed, row by row."""

import math

import pandas as pd
import pytest

from tcexplore.datasets import Dataset, DatasetError, hydride_changes

OLD = [
    ("H3S", "hydride", 200.0, 1.0, math.nan, "same.cif"),
    ("YH6", "hydride", 290.0, 1.0, math.nan, "label.cif"),
    ("NaH6", "hydride", 263.5, 1.0, 100.0, "weight.cif"),
    ("ScH12", "hydride", 141.0, 1.0, math.nan, "fault.cif"),
    ("MgB2", "other", 39.0, 1.0, 0.0, "mgb2.cif"),
]
NEW = [
    ("H3S", "hydride", 200.0, 1.0, math.nan, "same.cif"),
    ("YH6", "hydride", 224.0, 1.0, 160.0, "label.cif"),
    ("NaH6", "hydride", 263.5, 0.3, 100.0, "weight.cif"),
    ("LaH10", "hydride", 250.0, 0.7, 170.0, "new.cif"),
]


def rows(lines):
    names = ["reported_formula", "family", "tc", "weight", "pressure_gpa", "file"]
    return pd.DataFrame(lines, columns=names).assign(source="set", tc_kind="literature")


@pytest.fixture
def old(tmp_path):
    """Return a file without the columns that have come since."""
    rows(OLD).to_parquet(tmp_path / "old.parquet")
    return tmp_path / "old.parquet"


@pytest.fixture
def new():
    names = ["source", "reported_formula", "file", "reason", "detail"]
    lost = [("set", "ScH12", "fault.cif", "correction", "volume off")]
    return Dataset(rows(NEW), (), pd.DataFrame(lost, columns=names), {})


def test_every_change_is_listed_with_both_values(old, new):
    assert hydride_changes(old, new).splitlines() == [
        "Hydrides: 4 before, 4 after.",
        "added: 1",
        "  set/new.cif (LaH10): 250 K, literature, weight 0.7, 170 GPa",
        "removed: 1",
        "  set/fault.cif (ScH12): 141 K, literature, weight 1, nan GPa; correction; volume off",
        "relabelled (K): 1",
        "  set/label.cif (YH6): 290 to 224",
        "reweighted: 1",
        "  set/weight.cif (NaH6): 1 to 0.3",
        "other pressure (GPa): 1",
        "  set/label.cif (YH6): nan to 160",
    ]


def test_other_files_are_refused(new, tmp_path):
    (tmp_path / "x.parquet").write_text("hello", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"x\.parquet is no data set of tcexplore"):
        hydride_changes(tmp_path / "x.parquet", new)
    pd.DataFrame({"tc": [1.0]}).to_parquet(tmp_path / "y.parquet")
    with pytest.raises(DatasetError, match=r"y\.parquet is no data set of tcexplore"):
        hydride_changes(tmp_path / "y.parquet", new)
