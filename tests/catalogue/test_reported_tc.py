"""Reported Tc at several pressures: as published, and only on lattices that are known."""

import csv
import re

import pytest

from tcexplore.catalogue.entries import catalogue_entry, load_catalogue
from tcexplore.catalogue.reported_tc import load_reported, placed_tc, unplaced_tc
from tcexplore.display.lattice_dome import unplaced_table


@pytest.mark.data
def test_values_are_those_of_the_published_table(data_dir):
    with (data_dir / "tc_pressure" / "tc.csv").open(encoding="utf-8") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file)][1:]
    table = {
        (int(r[1]), float(r[2]), float(r[5]), float(r[6]), re.sub(r".*doi\.org/", "", r[7]))
        for r in rows
        if len(r) > 7
    }
    for value in load_reported():
        key = value.space_group_number, value.pressure, value.mu_star, value.tc, value.doi
        assert key in table, value


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
    assert [v.pressure for v in unplaced_tc(catalogue_entry("h3s-im-3m-200gpa"))] == [250, 300]


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
    assert table["Pressure (GPa)"].tolist() == ["120", "120"]
    assert all(text.startswith("[10.1103/") for text in table["Source"])
