"""Figures for print: nothing cut off or covered, legible, of the right width and colours."""

import io
import itertools
import re

import matplotlib as mpl
import numpy as np
import plotly.graph_objects as go
import pytest
from matplotlib.text import Text
from PIL import Image
from plotly.colors import sample_colorscale

from tcexplore.app.parts.figure_menu import file_stem
from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.elements import PAPER_ELEMENTS
from tcexplore.display.dome_overlays import reported_points
from tcexplore.display.element_swap import swap_figure, swap_table
from tcexplore.display.heatmap import map_cells
from tcexplore.display.hydrogen_network import MarkedPoint, network_figure
from tcexplore.display.lattice_dome import dome_figure
from tcexplore.display.lattice_map import map_figure
from tcexplore.display.printed.figure import STYLE, _drawn, html_figure, printed_figure
from tcexplore.display.printed.text import plain_text
from tcexplore.model.conformal import TcInterval
from tcexplore.model.predictor import load_predictor
from tcexplore.studies.element_swap import element_swap
from tcexplore.studies.hydrogen_scan import hydrogen_scan
from tcexplore.studies.lattice_dome import lattice_dome
from tcexplore.studies.lattice_map import lattice_map
from tcexplore.studies.swap_domain import swap_domain

FEW = ("H", "Li", "He", "Mg", "La", "Lu")


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


def a_swap(predictor, elements=FEW):
    cell = predictor.cell(catalogue_entry("mgh13-fm-3m-200gpa").structure())
    sites = {"x_sites": (0,), "y_sites": (1,)}
    swap = element_swap(predictor, cell, **sites, x=FEW, y=FEW)
    table = swap_table(swap, swap_domain(predictor, swap))
    title = "X, on 1 site of Mg", "Y, on 1 site of H"
    return swap_figure(table, x=elements, y=elements, picked=("La", "Lu"), labels=title)


def a_dome(predictor):
    entries = [catalogue_entry(name) for name in ("lah10-fm-3m-150gpa", "h3s-im-3m-200gpa")]
    scales = np.linspace(0.85, 1.15, 31)
    names = ("LaH₁₀: Fm-3m, 150 GPa", "H₃S: Im-3m, 200 GPa")
    domes = {
        name: lattice_dome(predictor, entry.structure(), scales=scales)
        for name, entry in zip(names, entries, strict=True)
    }
    reported = {
        name: reported_points(entry, domes[name], "pressure")
        for name, entry in zip(names, entries, strict=True)
    }
    return dome_figure(domes, axis="pressure", reported=reported)


def a_map(predictor):
    structure = catalogue_entry("li2mgh16-p-3m1-300gpa").structure()
    lengths = {"a": np.linspace(2.5, 4, 12), "c": np.linspace(2.5, 6, 12)}
    return map_figure(
        lattice_map(predictor, structure, **lengths, stated_pressure=300), picked=(3, 4)
    )


def a_network(predictor):
    cell = predictor.cell(catalogue_entry("li2mgh16-p-3m1-300gpa").structure())
    values = np.linspace(0.8, 1.3, 12)
    lattices = values[:, None, None] * cell.structure.lattice.matrix
    scan = hydrogen_scan(predictor, cell, lattices, along="scale")
    return network_figure(scan, [MarkedPoint("as given", 1.0, 150.0, 2)])


MAKE = {"swap": a_swap, "dome": a_dome, "map": a_map, "network": a_network}


@pytest.fixture(scope="module", params=MAKE)
def figure(request, predictor):
    return MAKE[request.param](predictor)


@pytest.fixture(scope="module", params=[85, 170])
def drawn(request, figure):
    with mpl.rc_context(STYLE):
        drawn = _drawn(figure, request.param)
        drawn.canvas.draw()
    return drawn


def boxes(drawn):
    """Return the texts that are seen with their boxes in pixels."""
    renderer = drawn.canvas.get_renderer()
    beyond = [label for axes in drawn.axes for label in labels_beyond_their_axis(axes)]
    texts = [text for text in drawn.findobj(Text) if text.get_visible() and text.get_text()]
    shown = [text for text in texts if text not in beyond]
    return [(text, text.get_window_extent(renderer)) for text in shown]


def labels_beyond_their_axis(axes):
    """Yield the labels of ticks outside the axis, which matplotlib keeps but does not draw."""
    for axis, ends in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        for place, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False):
            if not min(ends) <= place <= max(ends):
                yield label


def test_no_text_is_cut_off_and_all_is_legible(drawn):
    shown = boxes(drawn)
    assert len(shown) > 10
    for text, box in shown:
        assert box.x0 >= -1, text
        assert box.x1 <= drawn.bbox.x1 + 1, text
        assert box.y0 >= -1, text
        assert box.y1 <= drawn.bbox.y1 + 1, text
        assert text.get_fontsize() >= 6


def test_legend_lies_over_no_axes_and_its_entries_over_none_other(drawn):
    renderer = drawn.canvas.get_renderer()
    [legend] = drawn.legends
    box = legend.get_window_extent(renderer)
    assert not any(box.overlaps(axes.get_window_extent(renderer)) for axes in drawn.axes)
    texts = [text.get_window_extent(renderer) for text in legend.get_texts()]
    names = [text.get_text() for text in legend.get_texts()]
    assert len(set(names)) == len(names)
    for number, text in enumerate(texts):
        assert not any(text.overlaps(other) for other in texts[number + 1 :])


def test_axes_leave_room_for_the_data(drawn):
    heights = sum(axes.get_position().height for axes in drawn.axes if axes.get_xlabel())
    assert heights > 0.2
    widths = max(axes.get_position().width for axes in drawn.axes)
    assert widths > 0.55


@pytest.mark.parametrize("width", [85, 170])
def test_labels_of_many_elements_do_not_touch(predictor, width):
    many = [s for s in PAPER_ELEMENTS if s not in FEW]
    figure = a_swap(predictor)
    figure.update_xaxes(categoryarray=[*FEW, *many], range=[-0.5, 85.5])
    figure.update_yaxes(categoryarray=[*FEW, *many], range=[-0.5, 85.5])
    with mpl.rc_context(STYLE):
        drawn = _drawn(figure, width)
        drawn.canvas.draw()
    renderer, axes = drawn.canvas.get_renderer(), drawn.axes[0]
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        extents = [label.get_window_extent(renderer) for label in labels]
        assert len(extents) > 15
        for first, second in itertools.pairwise(extents):
            assert not first.overlaps(second)


def test_files_have_their_width_and_little_size(figure):
    png = Image.open(io.BytesIO(printed_figure(figure, "png", width=85)))
    assert png.width == pytest.approx(85 / 25.4 * 600, abs=2)
    assert png.info["dpi"][0] == pytest.approx(600, abs=1)
    svg = printed_figure(figure, "svg", width=170)
    assert len(svg) < 1e6
    assert re.search(rb'<svg [^>]*width="48\d\.\d+pt"', svg)
    assert b"<text" not in svg  # letters as shapes: no font is asked for
    pdf = printed_figure(figure, "pdf", width=85)
    assert pdf.startswith(b"%PDF")
    assert len(pdf) < 1e6


def test_cells_have_the_colours_of_their_values():
    values = np.array([[0.0, 10.0, 20.0], [30.0, 40.0, np.nan]])
    nothing = np.full_like(values, np.nan)
    symbols, rows = ["H", "Li", "Be"], ["H", "Li"]
    figure = go.Figure(map_cells(symbols, rows, TcInterval(values, nothing, nothing), "Tc"))
    figure.update_xaxes(categoryarray=symbols, range=[-0.5, 2.5])
    figure.update_yaxes(categoryarray=rows, range=[-0.5, 1.5])
    with mpl.rc_context(STYLE):
        drawn = _drawn(figure, 85)
        drawn.canvas.draw()
    image = np.asarray(drawn.canvas.buffer_rgba())
    for row, column in np.ndindex(2, 3):
        x, y = drawn.axes[0].transData.transform((column, row))
        shown = image[len(image) - 1 - round(y), round(x), :3]
        if np.isnan(values[row, column]):
            expected = (0x9A, 0xA0, 0xA6)
        else:
            [text] = sample_colorscale("Viridis", values[row, column] / 40)
            expected = [float(part) for part in text[4:-1].split(",")]
        np.testing.assert_allclose(shown, expected, atol=4)


def test_a_kind_that_is_not_drawn_is_said_not_left_out():
    with pytest.raises(ValueError, match="'bar'; expected scatter or heatmap"):
        printed_figure(go.Figure(go.Bar(x=[1], y=[2])), "svg")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<i>T</i><sub>c</sub> (K)", r"$\mathit{T}_{\mathrm{c}}$ (K)"),
        ("<i>a</i> (Å)", r"$\mathit{a}$ (Å)"),
        ("Lower end<br>of", "Lower end\nof"),
        ("H<sub>2</sub> units at 5 $", r"H$_{\mathrm{2}}$ units at 5 \$"),
        ("<b>a-b c</b>", r"$\mathbf{a\text{-}b\ c}$"),
    ],
)
def test_markup(text, expected):
    assert plain_text(text) == expected


def test_html_has_room_for_its_labels(figure):
    html = html_figure(figure)
    assert '"automargin":true' in html
    assert figure.layout.margin.l == 10  # the page's own stays as it is


def test_names_of_files():
    assert file_stem("MgH13", "swap", "200gpa") == "mgh13-swap-200gpa"
    assert file_stem("LaH₁₀: Fm-3m, 150 GPa", "dome", "") == "lah10-fm-3m-150-gpa-dome"
    assert file_stem("../x", "y") == "x-y"
