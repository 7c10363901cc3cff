"""Figures and tables hold what the results hold; no network, no browser."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from pymatgen.core import Element, Lattice, Structure

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.catalogue.reported_tc import ReportedTc
from tcexplore.crystal.canonical import CanonicalCell, canonical_cell
from tcexplore.crystal.element_groups import chosen_elements
from tcexplore.crystal.orbits import site_choices
from tcexplore.crystal.structure import replaced
from tcexplore.display import element_swap as swap_display
from tcexplore.display import heatmap
from tcexplore.display import lattice_dome as dome_display
from tcexplore.display import lattice_map as map_display
from tcexplore.display.dome_overlays import ReportedPoint, reported_points
from tcexplore.equation_of_state.estimate import pressure_scale
from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.predictor import load_predictor
from tcexplore.scans.scan import Scan
from tcexplore.studies.element_swap import ElementSwap, element_swap
from tcexplore.studies.lattice_dome import LatticeDome
from tcexplore.studies.lattice_map import LatticeMap
from tcexplore.studies.swap_dome import swap_dome

SYMBOLS = ("H", "He", "Al", "La")


@pytest.fixture
def cell():
    """CsCl's structure, so that X and Y have a site each."""
    structure = Structure(Lattice.cubic(4.0), ["Cs", "Cl"], [[0, 0, 0], [0.5] * 3])
    return CanonicalCell(structure, 221, "Pm-3m")


@pytest.fixture
def swap(cell):
    """An invented result: Tc is ten times the column plus the row; helium is not predicted."""
    known = [Element(symbol).Z for symbol in SYMBOLS if symbol != "He"]
    species = np.array([(x, y) for x in known for y in known])
    scales = np.array([0.9, 1.0])
    lattices = scales[:, None, None] * cell.structure.lattice.matrix
    scan = Scan(cell, ((0,), (1,)), species, lattices)
    tc = 10.0 * np.arange(4)[None, :] + np.arange(4.0)[:, None]
    tc[1], tc[:, 1] = np.nan, np.nan
    peak = np.where(np.isnan(tc), np.nan, 0.9)
    return ElementSwap(
        scan=scan, x=SYMBOLS, y=SYMBOLS, scales=scales, tc=tc, tc_low=tc - 1, tc_high=tc + 2,
        peak_scale=peak,
    )  # fmt: skip


def a_dome(cell, scales, tc, domain=None, band=(np.nan, np.nan)):
    low, high = (np.full_like(tc, end, dtype=float) for end in band)
    return LatticeDome(
        parent=cell, scales=scales, tc=tc, tc_low=low, tc_high=high, domain=domain
    )  # fmt: skip


def a_map(cell, a, c, tc, domain=None, band=(np.nan, np.nan)):
    low, high = (np.full_like(tc, end, dtype=float) for end in band)
    return LatticeMap(parent=cell, a=a, c=c, tc=tc, tc_low=low, tc_high=high, domain=domain)


def trace(figure, name):
    [found] = [one for one in figure.data if one.name == name]
    return found


def test_swap_figure_holds_the_map(swap):
    table = swap_display.swap_table(swap)
    figure = swap_display.swap_figure(table, x=SYMBOLS, y=SYMBOLS)
    np.testing.assert_array_equal(np.array(trace(figure, "Tc").z, float), swap.tc)
    blank = np.array(trace(figure, "not predicted").z, float)
    np.testing.assert_array_equal(np.isnan(blank), ~np.isnan(swap.tc))
    assert len(trace(figure, "materials").x) == np.isfinite(swap.tc).sum()


def test_swap_figure_follows_the_order_of_its_axes(swap):
    x, y = ("La", "H"), ("Al", "La", "H")
    figure = swap_display.swap_figure(swap_display.swap_table(swap), x=x, y=y, picked=("La", "H"))
    assert np.array(trace(figure, "Tc").z, float).tolist() == [[32, 2], [33, 3], [30, 0]]
    assert trace(figure, "picked").x == ("La",)
    assert figure.layout.xaxis.categoryarray == x


def test_swap_figure_says_what_lies_under_the_mouse(swap):
    materials = trace(
        swap_display.swap_figure(swap_display.swap_table(swap), x=SYMBOLS, y=SYMBOLS), "materials"
    )
    place = list(zip(materials.x, materials.y, strict=True)).index(("La", "H"))
    assert list(materials.customdata[place][:4]) == [
        "LaH",
        "30.0 K, interval 29 to 32 K",
        "3.600",
        "0.90",
    ]


def test_colours_of_a_map_follow_the_choice(swap, cell):
    axis = np.array([2.0, 3.0])
    result = a_map(cell, axis, axis, np.array([[10.0, 20], [30, 40]]), band=(5.0, 70.0))
    for quantity, value in (("lower band", 5.0), ("band width", 65.0)):
        cells = trace(map_display.map_figure(result, quantity=quantity), quantity)
        assert np.array(cells.z).tolist() == [[value] * 2] * 2
    tc, low, width = (
        trace(map_display.map_figure(result, quantity=one), one)
        for one in ("Tc", "lower band", "band width")
    )
    assert (low.zmin, low.zmax, low.colorscale) == (tc.zmin, tc.zmax, tc.colorscale)
    assert width.colorscale != tc.colorscale
    assert width.zmax == 65
    assert len({one.colorbar.title.text for one in (tc, low, width)}) == 3
    table = swap_display.swap_table(swap)
    lower = swap_display.swap_figure(table, x=SYMBOLS, y=SYMBOLS, quantity="lower band")
    np.testing.assert_array_equal(np.array(trace(lower, "lower band").z, float), swap.tc - 1)


def test_what_a_map_says_under_the_mouse_has_the_band(cell):
    axis = np.array([2.0, 3.0])
    result = a_map(cell, axis, axis, np.full((2, 2), 40.0), band=(5.0, 70.0))
    assert (
        trace(map_display.map_figure(result), "lattices").customdata[0][0]
        == "40.0 K, interval 5 to 70 K"
    )
    bare = trace(map_display.map_figure(a_map(cell, axis, axis, result.tc)), "lattices")
    assert bare.customdata[0][0] == "40.0 K"


def test_dome_has_its_band_where_the_model_has_one(cell):
    scales = np.array([0.5, 1.0, 1.5])
    dome = a_dome(cell, scales, 40 * scales, band=(5.0, 70.0))
    figure = dome_display.dome_figure({"A": dome, "B": a_dome(cell, scales, scales)})
    band = trace(figure, "A, interval")
    assert band.x == pytest.approx([2, 4, 6, 6, 4, 2])
    assert band.y == pytest.approx([70] * 3 + [5] * 3)
    assert band.fill == "toself"
    assert trace(figure, "interval").x == (None,)
    assert trace(figure, "A").customdata[0] == ", interval 5 to 70 K"
    bare = dome_display.dome_figure({"B": a_dome(cell, scales, scales)})
    assert not [one for one in bare.data if "interval" in str(one.name)]
    assert trace(bare, "B").customdata[0] == ""


def test_one_outlier_does_not_swamp_the_colours(rng):
    tc = rng.uniform(0, 100, (86, 86))
    assert heatmap.colour_limit(tc) == tc.max()
    tc[3, 4] = 5000.0
    assert 90 < heatmap.colour_limit(tc) <= 100
    assert heatmap.colour_limit(np.full((2, 2), np.nan)) > 0
    assert heatmap.colour_limit(np.zeros((2, 2))) > 0


def test_cut_colours_are_named(cell):
    tc = np.full((40, 40), 50.0)
    tc[0, 0] = 900.0
    axis = np.linspace(2, 6, 40)
    figure = map_display.map_figure(a_map(cell, axis, axis, tc))
    assert "above 50" in trace(figure, "Tc").colorbar.title.text


def seen(percentile, trained_volume=np.nan, tc_held_out=np.nan):
    """Return a domain with these percentiles, some of its points in training."""
    shape, percentile = np.shape(percentile), np.array(percentile, float)
    places, zeros = np.zeros(shape, int), np.ones(shape)
    trained = (np.broadcast_to(values, shape) for values in (trained_volume, tc_held_out))
    is_known, pairs = np.zeros(shape, bool), (places, zeros, zeros, zeros)
    return ApplicabilityDomain(percentile, places, is_known, zeros, zeros, zeros, *trained, *pairs)


def test_dome_is_dashed_outside_what_was_seen_and_says_so(cell):
    scales = np.linspace(0.5, 1.5, 5)
    dome = a_dome(cell, scales, 100 * scales, seen([100, 99.5, 97, 0, 99]))
    figure = dome_display.dome_figure({"A": dome})
    np.testing.assert_array_equal(trace(figure, "A").y, [np.nan, np.nan, 100, 125, np.nan])
    low, high = [one for one in figure.data if one.name == "A, outside"]
    assert list(low.y) == [50, 75, 100]
    assert list(high.y) == [125, 150]
    assert low.line.dash != trace(figure, "A").line.dash
    assert low.fill == "tozeroy"
    assert "outside" in low.customdata[0]
    assert trace(figure, "outside the applicability domain").showlegend is not False


def test_dome_inside_what_was_seen_has_no_mark(cell):
    scales = np.linspace(0.5, 1.5, 5)
    for domain in (None, seen([0, 50, 98, 10, 20])):
        figure = dome_display.dome_figure({"A": a_dome(cell, scales, scales, domain)})
        assert not [one for one in figure.data if "outside" in str(one.name)]


def strokes(figure):
    """Return start and end of each stroke of the hatching."""
    path = figure.layout.shapes[0].path
    parts = [part.split(" L ") for part in path.split("M ") if part]
    return [tuple(tuple(map(float, end.split(","))) for end in part) for part in parts]


def test_map_is_hatched_where_nothing_like_it_was_seen(cell):
    axis = np.array([2.0, 3.0, 4.0])
    percentile = np.array([[98, 0, 99.9], [0, 100, 0], [0, 0, 0]])
    figure = map_display.map_figure(a_map(cell, axis, axis, np.ones((3, 3)), seen(percentile)))
    dark, light = [one for one in figure.data if one.name == "hatching"]
    assert dark.x == light.x == (2.5, 4.5, None)
    assert dark.y == light.y == (3.5, 1.5, None)
    assert trace(figure, "outside the applicability domain").showlegend
    under_the_mouse = trace(figure, "lattices").customdata
    assert under_the_mouse[2][1].startswith("<br>outside")
    assert under_the_mouse[0][1].startswith("<br>at the edge of")
    plain = map_display.map_figure(a_map(cell, axis, axis, np.ones((3, 3))))
    assert not [one for one in plain.data if one.name == "hatching"]


def test_swap_map_is_hatched_in_the_order_of_its_axes(swap):
    percentile = np.where(np.isnan(swap.tc), np.nan, 0.0)
    percentile[3, 2] = 100.0  # X = Al, Y = La
    table = swap_display.swap_table(swap, seen(percentile))
    assert table.set_index(["x", "y"]).loc[("Al", "La"), "domain"] == "outside"
    figure = swap_display.swap_figure(table, x=("La", "Al"), y=("La", "H"))
    assert strokes(figure) == [((0.5, 0.5), (1.5, -0.5))]
    assert figure.layout.showlegend


def test_every_cell_outside_has_a_stroke():
    symbols = [Element.from_Z(z).symbol for z in range(1, 87)]
    alone = pd.DataFrame({"x": symbols * 86, "y": np.repeat(symbols, 86), "tc": 1.0})
    alone = alone.assign(
        tc_low=np.nan,
        tc_high=np.nan,
        formula="X",
        a=1.0,
        scale=1.0,
        domain="inside",
        percentile=0.0,
    )
    for place in (1000, 1001):
        table = alone.copy()
        table.loc[place, "percentile"] = 100.0
        assert len(strokes(swap_display.swap_figure(table, x=symbols, y=symbols))) == 1


def test_tables_say_how_far_each_point_lies(cell):
    dome = a_dome(cell, np.array([0.5, 1.0]), np.array([1.0, 2]), seen([100.0, 96.0]))
    table = dome_display.dome_table({"A": dome})
    assert table["domain"].tolist() == ["outside", "at the edge"]
    assert table["percentile"].tolist() == [100, 96]
    assert dome_display.apex_table({"A": dome})["Domain"].tolist() == ["at the edge"]


@pytest.mark.parametrize(
    ("axis", "x"), [("lattice parameter", 4.0), ("volume per atom", 32.0), ("scale", 1.0)]
)
def test_dome_figure_holds_the_curves(cell, axis, x):
    scales = np.linspace(0.5, 1.5, 11)
    domes = {name: a_dome(cell, scales, f * scales) for name, f in (("A", 50), ("B", 90))}
    value = ReportedTc("CsCl", 221, 10.0, 12.0, "experiment", None, "10.1/tc")
    reported = {"B": [ReportedPoint(x, value)]}
    figure = dome_display.dome_figure(domes, axis=axis, reported=reported)
    for name, dome in domes.items():
        np.testing.assert_array_equal(trace(figure, name).y, dome.tc)
    assert trace(figure, "reported, measured").x == pytest.approx([x])
    assert trace(figure, "reported, measured").y == (12.0,)
    assert trace(figure, "A, lattice as given").x[0] == pytest.approx(x)
    assert trace(figure, "A, maximum").y == (75.0,)


@pytest.fixture
def h3s_dome():
    entry = catalogue_entry("h3s-im-3m-200gpa")
    structure = entry.structure().get_primitive_structure()
    pressures = np.linspace(300.0, 100.0, 41)
    scales = pressure_scale(structure, 200.0).scales(pressures)
    tc = np.full(41, 150.0)
    none = np.full(41, np.nan)
    return LatticeDome(canonical_cell(structure), scales, tc, none, none, None, 200.0)


def test_published_values_stand_at_their_pressures(h3s_dome):
    entry = catalogue_entry("h3s-im-3m-200gpa")
    points = reported_points(entry, h3s_dome, "pressure")
    assert [point.x for point in points] == [point.value.pressure for point in points]
    assert {150.0, 200.0, 250.0, 300.0} <= {point.x for point in points}, "the ends count"
    narrow = dataclasses.replace(h3s_dome, scales=h3s_dome.scales[10:])
    assert 300.0 not in {point.x for point in reported_points(entry, narrow, "pressure")}
    placed = reported_points(entry, h3s_dome, "lattice_parameter")
    assert {point.value.pressure for point in placed} == {150.0, 200.0}
    assert all(point.lattice_doi for point in placed)


def test_axis_table_and_hover_of_a_dome_tell_its_pressures(h3s_dome):
    figure = dome_display.dome_figure({"H3S": h3s_dome}, axis="pressure")
    np.testing.assert_allclose(trace(figure, "H3S").x, np.linspace(300, 100, 41), rtol=1e-6)
    assert "about 300\u00a0GPa (" in trace(figure, "H3S").customdata[0]
    assert trace(figure, "H3S, lattice as given").x[0] == pytest.approx(200, abs=0.1)
    table = dome_display.dome_table({"H3S": h3s_dome})
    assert table["pressure_gpa"].tolist() == np.linspace(300, 100, 41).tolist()
    assert (table["pressure_low"] <= table["pressure_gpa"]).all()
    assert (table["pressure_high"] >= table["pressure_gpa"]).all()


def test_isobars_join_lattices_of_one_pressure():
    entry = catalogue_entry("yh9-p63mmc-201gpa")
    cell = canonical_cell(entry.structure())
    a, c = np.linspace(2.8, 4.2, 20), np.linspace(4.0, 6.5, 21)
    result = dataclasses.replace(a_map(cell, a, c, np.ones((21, 20))), stated_pressure=201.0)
    figure = map_display.map_figure(result)
    lines = [one for one in figure.data if one.name == "200 GPa"]
    assert len(lines) == 2
    structure = cell.structure
    ratio = (np.array(lines[0].x) / structure.lattice.a) ** 2 * np.array(lines[0].y)
    volumes = ratio / structure.lattice.c * structure.volume
    pressures = pressure_scale(structure, 201.0).pressures(volumes)
    np.testing.assert_allclose(pressures.value, 200.0)
    table = map_display.map_table(result)
    nearest = table.iloc[(table["a"] - 3.4).abs().add((table["c"] - 5.25).abs()).argmin()]
    assert nearest["pressure_low"] < nearest["pressure_gpa"] < nearest["pressure_high"]


def test_map_figure_marks_structure_apex_and_ratio(mgb2):
    cell = canonical_cell(mgb2)
    a, c = np.array([2.0, 3.0, 4.0]), np.array([2.0, 4.0])
    figure = map_display.map_figure(a_map(cell, a, c, np.array([[1.0, 2, 3], [4, 9, 6]])))
    assert trace(figure, "lattice as given").x[0] == pytest.approx(3.086)
    assert trace(figure, "lattice as given").y[0] == pytest.approx(3.524)
    assert (trace(figure, "maximum").x, trace(figure, "maximum").y) == ((3.0,), (4.0,))
    [line] = [one for one in figure.data if str(one.name).startswith("c/a")]
    np.testing.assert_allclose(np.array(line.y) / np.array(line.x), 3.524 / 3.086)


def test_best_pairs_are_ranked_by_tc(swap):
    best = swap_display.best_pairs(swap_display.swap_table(swap), 3)
    assert best["tc"].tolist() == [33, 32, 30]


def test_materials_that_stand_in_the_map_twice_are_listed_once(swap):
    table = swap_display.swap_table(swap)
    table["tc"] = 5.0
    best = swap_display.best_pairs(table, 20)
    assert best["formula"].is_unique


@pytest.mark.parametrize(
    ("entry_id", "labels"),
    [
        ("mgh13-fm-3m-200gpa", {"Mg1 (1 site)": 1, "H2 (1 site)": 1, "H1 (12 sites)": 12}),
        ("li2mgh16-fd-3m-250gpa", {"Mg1 (2 sites)": 2, "Mg1, site 2": 1, "H2 (8 sites)": 8}),
        ("h3s-im-3m-200gpa", {"S1 (1 site)": 1, "H1 (3 sites)": 3}),
    ],
)
def test_sites_by_symmetry(entry_id, labels):
    structure = canonical_cell(catalogue_entry(entry_id).structure()).structure
    choices = site_choices(structure)
    assert {label: len(choices[label]) for label in labels} == labels
    orbits = [places for label, places in choices.items() if "(" in label]
    assert sorted(site for orbit in orbits for site in orbit) == list(range(len(structure)))


def test_sites_of_disordered_and_triclinic_cells(disordered, triclinic):
    labels = site_choices(canonical_cell(disordered).structure)
    assert "LaSr1 (2 sites)" in labels or "SrLa1 (2 sites)" in labels
    assert len(site_choices(triclinic)) == len(triclinic)


def test_elements_by_group_and_order():
    symbols = ("La", "H", "S", "Mg")
    assert chosen_elements(symbols, group="all", order="atomic number") == (
        "H", "Mg", "S", "La",
    )  # fmt: skip
    assert chosen_elements(symbols, group="metals", order="Mendeleev number") == ("La", "Mg")


def test_replacing_leaves_the_structure_alone(mgb2):
    assert replaced(mgb2, "B", "H").composition.reduced_formula == "MgH2"
    assert mgb2.composition.reduced_formula == "MgB2"


def test_dome_of_a_material_goes_through_the_map():
    predictor = load_predictor()
    parent = predictor.cell(catalogue_entry("h3s-im-3m-200gpa").structure())
    [sulfur] = site_choices(parent.structure)["S1 (1 site)"]
    swap = element_swap(predictor, parent, x_sites=[sulfur], x=("S", "H", "Se"), y=("S",))
    for place, symbol in enumerate(swap.x):
        line = swap_dome(predictor, swap, x=symbol, y="S", scales=np.array([1.0, 0.8]))
        assert line.tc[1] == pytest.approx(swap.tc[0, place], abs=1e-3)
        assert line.scales.tolist() == [0.8, 1.0]
