"""Reported Tc at several pressures: as published, and only on lattices that are known."""

import csv
import re

import pytest
from pymatgen.core import Composition

from tcexplore.catalogue.entries import catalogue_entry, load_catalogue
from tcexplore.catalogue.reported_tc import load_reported, placed_tc, reported_tc, unplaced_tc
from tcexplore.display.lattice_dome import unplaced_table

TABLES = (
    ("tc_pressure/tc.csv", "formula", "group", "P [GPa]", "Tc [K]", "reference"),
    ("hydrides_literature/tc.csv", "formula", "space_group_number", "pressure_gpa", "tc_k",
     "source_doi"),
    ("tables/hydride_tc_points.csv", "formula", "space_group", "pressure_gpa", "tc_k", "source"),
)  # fmt: skip


def published_rows(data_dir):
    """Space group, pressure, Tc and DOI of each row, by reduced composition."""
    rows = {}
    for file, *columns in TABLES:
        with (data_dir / file).open(encoding="utf-8") as text:
            lines = csv.DictReader(text, skipinitialspace=True)
            for line in lines:
                row = {key.strip(): (value or "").strip() for key, value in line.items() if key}
                formula, group, pressure, tc, doi = (row[name] for name in columns)
                try:
                    key = Composition(formula).reduced_composition
                    values = int(group), float(pressure), float(tc)
                except ValueError:
                    continue
                rows.setdefault(key, []).append((*values, re.sub(r".*doi\.org/", "", doi)))
    return rows


@pytest.mark.data
@pytest.mark.filterwarnings("ignore:No Pauling electronegativity:UserWarning")  # of Ar
def test_values_are_those_of_the_published_tables(data_dir):
    rows = published_rows(data_dir)
    for value in load_reported():
        same = [
            tc
            for group, pressure, tc, doi in rows[Composition(value.formula).reduced_composition]
            if (group, pressure, doi) == (value.space_group_number, value.pressure, value.doi)
        ]
        assert pytest.approx(value.tc, rel=1e-4) in same, value


def test_forty_phases_have_published_values_with_sources():
    phases = {}
    for entry in load_catalogue():
        values = [v for v in reported_tc(entry) if v.pressure and v.tc_kind != "ml_prediction"]
        if values:
            phases[entry.space_group_number, entry.formula] = values
    assert len(phases) >= 60
    assert all(value.doi.startswith("10.") for values in phases.values() for value in values)
    assert len({(v.formula, v.space_group_number) for v in load_reported()}) >= 35


@pytest.mark.parametrize(
    "entry_id",
    ["h3s-im-3m-200gpa", "lah10-fm-3m-150gpa", "cah6-im-3m-150gpa", "yh6-im-3m-166gpa",
     "yh9-p63mmc-201gpa", "ceh9-p63mmc-200gpa"],
)  # fmt: skip
def test_presets_have_two_published_values_or_more_on_an_axis_of_pressures(entry_id):
    values = reported_tc(catalogue_entry(entry_id))
    assert len(values) == len(set(values)) >= 2
    assert [v.pressure for v in values] == sorted(v.pressure for v in values)


def test_every_phase_is_one_of_the_catalogue():
    shown = {
        v for e in load_catalogue() for v in (*unplaced_tc(e), *(p.reported for p in placed_tc(e)))
    }
    assert set(load_reported()) <= shown


def test_a_value_stands_on_the_lattice_of_its_own_pressure():
    pressures = {entry.pressure for entry in load_catalogue()}
    for entry in load_catalogue():
        for placed in placed_tc(entry):
            assert placed.reported.pressure in pressures
            if placed.reported.pressure == entry.pressure:
                assert placed.scale == 1
            elif placed.reported.pressure > entry.pressure:
                assert placed.scale < 1, "a lattice under more pressure is smaller"
        placed = {one.reported for one in placed_tc(entry)}
        assert not placed & set(unplaced_tc(entry))


def test_h3s_at_two_pressures_by_hand():
    placed = placed_tc(catalogue_entry("h3s-im-3m-200gpa"))
    assert placed[0].reported.tc == 207.5
    assert placed[0].scale == 1
    [measured] = [one for one in placed if one.reported.tc_kind == "experiment"]
    assert measured.scale == pytest.approx(3.089 / 2.9849)
    assert measured.structure_doi == "10.1038/nphys3760"
    elsewhere = [v.pressure for v in unplaced_tc(catalogue_entry("h3s-im-3m-200gpa"))]
    assert set(elsewhere) >= {250, 300}


def test_predictions_of_another_network_stand_on_their_own_entry_alone():
    for entry in load_catalogue():
        for placed in placed_tc(entry):
            own = placed.scale == 1 and placed.reported.tc == entry.tc
            assert own or placed.reported.tc_kind != "ml_prediction"
    doubted = catalogue_entry("seh3-im-3m-200gpa")
    assert len(placed_tc(doubted)) == 1
    assert 200 in {value.pressure for value in unplaced_tc(doubted)}


def test_cells_of_another_shape_are_another_lattice():
    scales = [one.scale for one in placed_tc(catalogue_entry("li2mgh16-p-3m1-300gpa"))]
    assert scales == [1.0]


def test_the_table_links_each_source():
    table = unplaced_table(unplaced_tc(catalogue_entry("yh6-im-3m-166gpa")))
    assert "120 GPa" in table["Pressure"].tolist()
    assert all(text.startswith("[10.") for text in table["Source"])
