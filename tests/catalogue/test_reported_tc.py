"""Reported Tc at several pressures: as published, and only on lattices that are known."""

import csv
import re
from contextlib import suppress

import pytest
from pymatgen.core import Composition

from tcexplore.catalogue.entries import catalogue_entry, load_catalogue
from tcexplore.catalogue.reported_tc import load_reported, placed_tc, reported_tc
from tcexplore.display.lattice_dome import reported_table

SHIPLEY = "10.1103/PhysRevB.104.054501"
TABLES = (
    ("tc_pressure/tc.csv", "formula", "group", "P [GPa]", "Tc [K]", "reference", "mu"),
    ("hydrides_literature/tc.csv", "formula", "space_group_number", "pressure_gpa", "tc_k",
     "source_doi", "mu_star"),
    ("tables/hydride_tc_points.csv", "formula", "space_group", "pressure_gpa", "tc_k", "source",
     "mu_star"),
    ("hydrides/hydrides.csv", "formula", "space_group", "pressure_gpa", "tc_low", SHIPLEY, ""),
    ("hydrides/hydrides.csv", "formula", "space_group", "pressure_gpa", "tc_high", SHIPLEY, ""),
)  # fmt: skip
SYMBOLS = {"Im3m": 229, "P63/mmc": 194, "Pm-3m": 221, "Cmmm": 65}
"""Space groups of the tables that write symbols, as far as points of the file need them."""
FAULTY_DOIS = {
    "10.1103/10.1021/acs.jpcc.5b03791": "10.1021/acs.jpcc.5b03791",
    "https://iopscience.iop.org/article/10.1088/16741056/ac872e": "10.1088/1674-1056/ac872e",
}
"""DOIs that a table writes with two prefixes, or without its hyphen."""
FAULTY_GROUPS = {("MgH12", "146"): "148"}
"""Space groups of rows whose cell has another one in hydrides_literature."""
WITHOUT_DOI = {("CeH9", "194", 88.0, 57.0): "10.1103/PhysRevLett.127.117001"}
"""Measured values whose rows name no source."""


def source_doi(source):
    """DOI of a source of the tables, without the address before it."""
    doi = re.sub(r".*doi\.org/|https://arxiv\.org/abs/(.*)", r"\1", source)
    doi = f"10.48550/arXiv.{doi}" if "arxiv.org" in source else doi
    return FAULTY_DOIS.get(doi, doi)


def published_value(row, columns):
    """Composition, space group, pressure, Tc, source, whether measured, and µ* of a row."""
    formula, group, pressure, tc, source, mu_star = (row.get(name, name) for name in columns)
    key = formula, FAULTY_GROUPS.get((formula, group), group), float(pressure), float(tc)
    return (
        Composition(formula).reduced_composition,
        SYMBOLS[key[1]] if key[1] in SYMBOLS else int(key[1]),
        *key[2:],
        WITHOUT_DOI.get(key) or source_doi(source),
        row.get("method") == "experiment",
        float(mu_star) if re.fullmatch(r"[\d.]+", mu_star) else None,
    )


def published_values(data_dir):
    """Values of all rows that name a formula, a space group and numbers."""
    values = []
    for file, *columns in TABLES:
        with (data_dir / file).open(encoding="utf-8") as text:
            for line in csv.DictReader(text, skipinitialspace=True):
                row = {key.strip(): (value or "").strip() for key, value in line.items() if key}
                with suppress(ValueError):
                    values.append(published_value(row, columns))
    return values


@pytest.mark.data
@pytest.mark.filterwarnings("ignore:No Pauling electronegativity:UserWarning")  # of Ar
def test_values_are_those_of_the_published_tables(data_dir):
    published = published_values(data_dir)
    for value in load_reported():
        composition = Composition(value.formula).reduced_composition
        is_measured = value.tc_kind == "experiment"
        key = (
            composition, value.space_group_number, value.pressure, value.tc, value.doi, is_measured,
        )  # fmt: skip
        mu_stars = [mu_star for *row, mu_star in published if tuple(row) == key]
        assert mu_stars, value
        assert value.mu_star in [None, *mu_stars], value


def test_forty_phases_have_published_values_with_sources():
    phases = {}
    for entry in load_catalogue():
        values = [v for v in reported_tc(entry) if v.pressure and v.tc_kind != "ml_prediction"]
        if values:
            phases[entry.space_group_number, entry.formula] = values
    assert len(phases) >= 60
    assert all(value.doi.startswith("10.") for values in phases.values() for value in values)
    assert len({(v.formula, v.space_group_number) for v in load_reported()}) >= 40


def test_no_published_value_comes_twice():
    for entry in load_catalogue():
        values = [(v.pressure, v.tc, v.doi) for v in reported_tc(entry)]
        assert len(values) == len(set(values)), entry.entry_id


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
    def facts(values):
        return {(v.space_group_number, v.pressure, v.tc, v.doi) for v in values}

    shown = facts(value for entry in load_catalogue() for value in reported_tc(entry))
    assert facts(load_reported()) <= shown


def test_a_value_stands_on_the_lattice_of_its_own_pressure():
    pressures = {entry.pressure for entry in load_catalogue()}
    for entry in load_catalogue():
        for placed in placed_tc(entry):
            assert placed.reported.pressure in pressures
            if placed.reported.pressure == entry.pressure:
                assert placed.scale == 1
            elif placed.reported.pressure > entry.pressure:
                assert placed.scale < 1, "a lattice under more pressure is smaller"
        facts = [(v.pressure, v.tc, v.doi, v.mu_star) for v in reported_tc(entry)]
        assert len(facts) == len(set(facts)), "placed and unplaced values, each once"


def test_h3s_at_two_pressures_by_hand():
    placed = placed_tc(catalogue_entry("h3s-im-3m-200gpa"))
    assert placed[0].reported.tc == 207.5
    assert placed[0].scale == 1
    [measured] = [one for one in placed if one.reported.tc_kind == "experiment"]
    assert measured.scale == pytest.approx(3.089 / 2.9849)
    assert measured.structure_doi == "10.1038/nphys3760"
    values = reported_tc(catalogue_entry("h3s-im-3m-200gpa"))
    elsewhere = {v.pressure for v in values} - {one.reported.pressure for one in placed}
    assert elsewhere == {250, 300}


def test_predictions_of_another_network_stand_on_their_own_entry_alone():
    for entry in load_catalogue():
        for placed in placed_tc(entry):
            own = placed.scale == 1 and placed.reported.tc == entry.tc
            assert own or placed.reported.tc_kind != "ml_prediction"
    doubted = catalogue_entry("seh3-im-3m-200gpa")
    assert len(placed_tc(doubted)) == 1
    assert {200, 250, 300} <= {
        value.pressure for value in reported_tc(doubted) if value.tc_kind != "ml_prediction"
    }


def test_cells_of_another_shape_are_another_lattice():
    scales = [one.scale for one in placed_tc(catalogue_entry("li2mgh16-p-3m1-300gpa"))]
    assert scales == [1.0]


def test_the_table_links_each_source():
    table = reported_table(reported_tc(catalogue_entry("yh6-im-3m-166gpa")))
    assert "120 GPa" in table["Pressure"].tolist()
    assert all(text.startswith("[10.") for text in table["Source"])
