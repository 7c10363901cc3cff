"""Hydrides of the literature: kinds, weights and pressures of rows, and rows that repeat others."""

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tcexplore.datasets.computed import read_supercon3d_hydrides
from tcexplore.datasets.hydrides_literature import (
    COLUMNS,
    read_hydrides_literature,
    repeated_rows,
)
from tcexplore.datasets.records import Candidate

ROW = {
    "cif": "a.cif", "set": "tc_pressure_built", "formula": "H3S", "pressure_gpa": "250",
    "tc_k": "184", "tc_low": "180", "tc_high": "190", "method": "allen_dynes", "quality": "B",
    "phase_key": "H3S|229", "duplicate_of_shared": "", "source_doi": "10.1038/srep06968",
    "repo": "somewhere", "licence": "MIT",
}  # fmt: skip


@pytest.fixture
def read(tmp_path):
    def read_rows(*changes):
        table = pd.DataFrame([{**ROW, **change} for change in changes], columns=list(COLUMNS))
        table.to_csv(tmp_path / "tc.csv", index=False)
        return read_hydrides_literature(tmp_path)

    return read_rows


def test_a_row(read, tmp_path):
    [row] = read({}).candidates
    assert (row.tc, row.tc_kind, row.pressure, row.pressure_source) == (
        184, "allen_dynes", 250, "stated",
    )  # fmt: skip
    assert (row.weight, row.quality, row.phase, row.tc_range) == (0.7, "B", "H3S|229", ())
    assert row.path == tmp_path / "cifs" / "a.cif"
    assert row.licence == "MIT; cite 10.1038/srep06968"


def test_kinds_and_weights(read):
    rows = read(
        {"method": "experiment", "quality": "A"},
        {"method": "eliashberg", "quality": "C"},
        {"method": "unstated", "pressure_gpa": "", "source_doi": ""},
    ).candidates
    assert [row.tc_kind for row in rows] == ["experiment", "eliashberg", "literature"]
    assert [row.weight for row in rows] == [1.0, 0.3, 0.7]
    assert math.isnan(rows[2].pressure)
    assert (rows[2].pressure_source, rows[2].licence) == ("", "MIT; cite somewhere")


def test_the_label_family_of_jarvis_has_quality_c_throughout(read):
    jarvis = {"set": "jarvis_on_shipley_cells", "quality": "B", "duplicate_of_shared": "yes"}
    [row] = read(jarvis).candidates
    assert (row.tc_kind, row.quality, row.weight) == ("allen_dynes", "C", 0.3)
    assert row.tc_range == ()  # another calculation than the one on its cell


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "guess"}, "method is 'guess'; expected experiment, eliashberg, allen_dynes"),
        ({"quality": "D"}, "quality is 'D'; expected A, B, C"),
        ({"tc_k": "hot"}, "tc_k is 'hot'; expected a number"),
        ({"pressure_gpa": "-3"}, "pressure_gpa is '-3'"),
        ({"duplicate_of_shared": "perhaps"}, "duplicate is 'perhaps'; expected yes"),
    ],
)
def test_rows_that_are_not_understood_are_listed(read, change, message):
    reading = read(change)
    assert reading.candidates == ()
    [lost] = reading.dropped
    assert lost.reason == "unreadable label"
    assert lost.detail.startswith(message)


# Rows that repeat others

MARKED = Candidate(
    "hydrides_literature", "H4Te", Path("m.cif"), 89.6, "allen_dynes", "", pressure=170,
    tc_range=(73.2, 104.5),
)  # fmt: skip
QUOTED = Candidate("supercon3d_hydrides", "TeH4", Path("q.cif"), 104, "literature", "")
SOLVED = Candidate("hydrides", "TeH4", Path("s.cif"), 120, "eliashberg", "", pressure=170)


def repeats(*rows, phases=None):
    of_index = repeated_rows(rows, phases or ["TeH4|191"] * len(rows))
    return {rows[i].path.name: other for i, other in of_index.items()}


def test_a_calculation_that_supercon3d_quotes_counts_once():
    assert repeats(QUOTED, MARKED) == {"q.cif": "hydrides_literature/m.cif (89.6 K)"}
    assert repeats(replace(QUOTED, tc=114), MARKED).keys() == {"q.cif"}  # 9 % above the range


def test_another_tc_is_another_calculation():
    assert repeats(replace(QUOTED, tc=116), MARKED) == {}
    assert repeats(replace(QUOTED, tc=65), MARKED) == {}


def test_another_phase_or_an_unmarked_row_repeats_nothing():
    assert repeats(QUOTED, MARKED, phases=["TeH4|12", "TeH4|191"]) == {}
    assert repeats(QUOTED, MARKED, phases=["", ""]) == {}  # cells that were left out
    assert repeats(QUOTED, replace(MARKED, tc_range=())) == {}


def test_the_direct_solution_stays_at_the_same_pressure_only():
    expected = {"m.cif": "hydrides/s.cif (120 K)"}
    assert repeats(SOLVED, QUOTED, MARKED) == expected
    assert repeats(replace(SOLVED, pressure=200), MARKED) == {}


def test_a_measured_tc_stays_beside_a_computed_one(read):
    measured = {"method": "experiment", "duplicate_of_shared": "yes"}
    computed = {"method": "eliashberg", "duplicate_of_shared": "yes", "tc_low": "", "tc_high": ""}
    rows = read(measured, computed).candidates
    assert [row.tc_range for row in rows] == [(), (184, 184)]


# Pressures of SuperCon3D's cells


def test_pressures_of_cells_the_stated_one_first(tmp_path):
    folder = tmp_path / "supercon3d_hydrides"
    folder.mkdir()
    (tmp_path / "tables").mkdir()
    (folder / "hydrides.csv").write_text(
        "cif,formula,tc\ncifs/a.cif,YH6,3\ncifs/b.cif,YH6,4\ncifs/c.cif,YH6,5\n", encoding="utf-8"
    )
    assert [row.pressure_source for row in read_supercon3d_hydrides(folder).candidates] == [""] * 3
    (tmp_path / "tables" / "hydride_cell_pressures.csv").write_text(
        "set,file,pressure_stated,pressure_from_volume\nsupercon3d,a.cif,200,191\n"
        "supercon3d,b.cif,,160\nsupercon3d,c.cif,,\nshared_hydrides,c.cif,100,100\n",
        encoding="utf-8",
    )
    first, second, third = read_supercon3d_hydrides(folder).candidates
    assert (first.pressure, first.pressure_source) == (200, "stated")
    assert (second.pressure, second.pressure_source) == (160, "volume")
    assert math.isnan(third.pressure)
    assert third.pressure_source == ""
