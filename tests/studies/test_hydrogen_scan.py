"""The hydrogen network and Tc along lattices: the study, its table, its figure, its command."""

import csv

import numpy as np
import pytest
from support.hydrides import CRYSTALS, LAYERED, stretched

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.cli.main import main
from tcexplore.display.hydrogen_network import (
    DIMENSIONS,
    SYMBOLS,
    MarkedPoint,
    cages_text,
    components_text,
    network_figure,
    network_tc_table,
)
from tcexplore.hydrogen.network import hydrogen_network
from tcexplore.model.predictor import load_predictor
from tcexplore.studies.hydrogen_scan import hydrogen_scan, lattices_along, values_along
from tcexplore.studies.lattice_map import lattice_map


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


@pytest.fixture(scope="module")
def parent(predictor):
    return predictor.cell(catalogue_entry(LAYERED).structure())


@pytest.fixture(scope="module")
def scan(predictor, parent):
    lattice = parent.structure.lattice
    lattices = lattices_along(lattice, "a", np.linspace(1.8, 7, 14), a=lattice.a, c=lattice.c)
    return hydrogen_scan(predictor, parent, lattices, along="a")


@pytest.mark.parametrize("along", ["a", "c", "scale"])
def test_lattices_have_the_values_they_were_made_for(parent, along):
    lattice, values = parent.structure.lattice, np.array([0.9, 1.0, 2.5])
    lattices = lattices_along(lattice, along, values, a=3.0, c=4.0)
    np.testing.assert_allclose(values_along(lattice, lattices, along), values)
    if along == "scale":
        np.testing.assert_allclose(lattices[1], lattice.matrix)
    else:
        other = {"a": "c", "c": "a"}[along]
        np.testing.assert_allclose(values_along(lattice, lattices, other), {"a": 3, "c": 4}[other])


def test_tc_is_that_of_the_lattice_map(predictor, parent, scan):
    same = lattice_map(
        predictor, parent.structure, a=scan.values, c=np.array([parent.structure.lattice.c])
    )
    np.testing.assert_allclose(scan.tc, same.tc[0], atol=1e-3)
    np.testing.assert_allclose(scan.domain.percentile, same.domain.percentile[0])


def test_network_is_that_of_each_stretched_structure(scan):
    for place in (0, 5, 13):
        alone = hydrogen_network(stretched(LAYERED, a=scan.values[place]))
        assert scan.network.numbers[place].n_components == alone.n_components
        assert scan.network.numbers[place].dimensionality == alone.dimensionality


def test_table_has_network_tc_and_domain_in_each_row(scan):
    table = network_tc_table(scan)
    np.testing.assert_allclose(table["a"], scan.values)
    np.testing.assert_allclose(table["tc"], scan.tc)
    assert set(table["domain"]) <= {"inside", "at the edge", "outside"}
    assert "scale" not in table


def test_figure_tells_dimensionality_by_place_and_symbol_and_marks_the_slider(scan):
    point = MarkedPoint("the sliders", 6.0, 80.0, 0)
    figure = network_figure(scan, [point])
    traces = {trace.name: trace for trace in figure.data}
    dimensions = scan.network.values("dimensionality")
    assert len(set(dimensions)) > 1
    np.testing.assert_array_equal(traces["dimensionality"].y, dimensions)
    assert list(traces["dimensionality"].marker.symbol) == [SYMBOLS[d] for d in dimensions]
    assert tuple(figure.layout.yaxis2.ticktext) == DIMENSIONS
    marks = [trace for trace in figure.data if trace.name == "the sliders"]
    assert [(mark.x[0], mark.y[0], mark.marker.symbol) for mark in marks] == [
        (6.0, 80.0, "star"),
        (6.0, 0, "star"),
    ]
    assert [line.x0 for line in figure.layout.shapes] == [6.0, 6.0]


def test_figure_dashes_what_lies_outside(scan):
    outside = scan.domain.is_outside
    assert outside.any()
    solid = next(t for t in network_figure(scan).data if t.name == "<i>T</i><sub>c</sub>")
    np.testing.assert_array_equal(np.isnan(np.array(solid.y, float)), outside)
    names = [trace.name for trace in network_figure(scan).data]
    assert "outside the applicability domain" in names


def test_networks_in_words():
    layers, molecules = (hydrogen_network(CRYSTALS[name]()) for name in ("layers", "molecules"))
    assert components_text(layers) == "2 layers of 6 H, 4 lone atoms"
    assert components_text(molecules) == "8 H2 units"
    assert cages_text(hydrogen_network(CRYSTALS["LaH10"]())).startswith("1 × La: 32 H")


def test_command_draws_the_figure_and_adds_tc(tmp_path, capsys):
    out, figure = tmp_path / "network.csv", tmp_path / "network.html"
    arguments = ["hydrogen-network", LAYERED, "--out", str(out), "--figure", str(figure)]
    assert main([*arguments, "--c", "5", "8", "4"]) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [float(row["c"]) for row in rows] == [5, 6, 7, 8]
    assert all(float(row["tc"]) > 0 for row in rows)
    assert "2D, layers" in figure.read_text()
    assert main(arguments) == 2
    assert "varied are none; expected one of --a, --c and --scale" in capsys.readouterr().err
    assert main([*arguments, "--c", "5", "8", "4", "--a", "2", "3", "2"]) == 2
    assert "varied are a and c; expected" in capsys.readouterr().err
