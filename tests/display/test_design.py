"""Inverse designs as figures, tables and sentences."""

from dataclasses import replace

import numpy as np
import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.design.frames import path_frames
from tcexplore.design.optimise import inverse_design
from tcexplore.design.parameters import free_parameters
from tcexplore.design.request import DesignRequest
from tcexplore.display.design import (
    design_figure,
    design_sentences,
    design_table,
    frame_text,
    start_end_table,
)
from tcexplore.model.predictor import load_predictor

FEW = DesignRequest(starts=2, evaluations=16)


def designed(entry_id, request=FEW):
    entry = catalogue_entry(entry_id)
    return inverse_design(
        load_predictor(), entry.structure(), request, stated_pressure=entry.pressure
    )


@pytest.fixture(scope="module")
def design():
    return designed("lih6-r-3m-300gpa")


def test_table_has_a_row_for_each_point(design):
    table = design_table(design)
    assert len(table) == sum(len(path.points) for path in design.paths)
    assert table["tc"].max() == design.best.tc[-1]
    assert table.groupby("start")["step"].first().tolist() == [0, 0]
    given = design.parent.structure.lattice
    assert table.loc[0, ["a", "gamma"]].tolist() == pytest.approx([given.a, given.gamma])


def test_figure_has_a_line_for_each_start_above_its_pressure(design):
    traces = [trace for trace in design_figure(design).data if trace.name == "start 2"]
    assert [trace.yaxis for trace in traces] == [None, "y2"]
    path = design.paths[1]
    assert traces[0].y.tolist() == pytest.approx(path.tc)
    assert traces[1].y.tolist() == pytest.approx(design.pressures(path).value)
    assert traces[0].x.tolist() == path.tried.tolist()


def test_without_pressures_the_volume_is_drawn():
    figure = design_figure(designed("mgb2"))
    below = next(trace for trace in figure.data if trace.yaxis == "y2")
    assert below.y[0] == pytest.approx(1)
    assert figure.layout.yaxis2.title.text == "Volume / given"


def test_start_beside_end(design):
    table = start_end_table(design)
    assert list(table) == ["Start", "End"]
    assert table.loc["Tc (K)"].tolist() == [f"{tc:.1f}" for tc in design.best.tc[[0, -1]]]
    assert table.loc["Pressure, from the volume", "Start"] == "300\u00a0GPa"
    assert "Shortest H–H (Å)" not in start_end_table(designed("mgb2")).index


def test_sentences_tell_outcome_and_bounds(design):
    text = " ".join(design_sentences(design))
    assert (
        f"T_c goes from {design.best.tc[0]:.0f} K to {design.best.tc[-1]:.0f} K (interval" in text
    )
    assert "inside of the" not in text
    assert "Tried: 32 crystals from 2 starts" in text
    squeezed = designed(
        "h3s-im-3m-200gpa", replace(FEW, starts=1, evaluations=60, volume_range=(0.98, 1.2))
    )
    text = " ".join(design_sentences(squeezed))
    assert "The volume is the smallest allowed, 0.98 times the given one." in text
    assert "from 1 start, 1 parameter;" in text
    assert "T_c may well rise beyond these limits" in text


def test_sentence_on_a_crystal_that_breaks_the_limits():
    text = " ".join(design_sentences(designed("pdh")))
    assert "The crystal as given breaks the limits: Pd-Pd" in text
    nothing = designed("csh7-r3m-270gpa", replace(FEW, starts=1))
    assert "No crystal was found that keeps the limits" in design_sentences(nothing)[0]


def test_sentence_where_nothing_better_is_found(design):
    alone = replace(design, paths=(replace(design.paths[0], points=(design.given,)),))
    assert design_sentences(alone)[0] == (
        "No better crystal was found than the one given; widen the bounds or try more."
    )


def test_frames_go_through_all_points_in_equal_numbers(design):
    path = design.best
    frames = path_frames(design, path, most=40)
    texts = [frame_text(frame) for frame in frames]
    assert len(frames) <= 40
    points = [text for text in texts if text.endswith(" K")]
    tcs = zip(path.tried, path.tc, strict=True)
    assert points == [f"{tried} tried: {tc:.1f} K" for tried, tc in tcs]
    assert texts[1] == f"from 0 to {path.tried[1]}"
    volumes = np.array([frame.structure.volume for frame in frames])
    first = path.volumes[:2]
    assert volumes[1] == pytest.approx(
        first[0] * (first[1] / first[0]) ** (1 / texts.index(points[1])), rel=1e-6
    )


def test_long_path_leaves_points_out_but_not_its_ends(design):
    path = design.best
    long = replace(path, points=path.points * 20)
    frames = path_frames(design, long, most=12)
    assert len(frames) == 12
    assert frames[0].before is long.points[0]
    assert frames[-1].before is long.points[-1]


def test_heaviest_atom_stays_in_the_frames(design, rng):
    given = design.parent.structure
    free = replace(design, parameters=free_parameters(given, keeps_symmetry=False))
    [lithium] = [n for n, site in enumerate(given) if site.species_string == "Li"]
    values = rng.uniform(-0.1, 0.1, free.parameters.count)
    start = replace(design.given, values=0 * values)
    end = replace(start, values=values, structure=free.parameters.structure(values))
    frames = path_frames(free, replace(design.best, points=(start, end)), most=5)
    moved = frames[-1].structure.frac_coords - given.frac_coords
    assert np.abs(moved).max() > 0.01
    assert np.allclose(
        [f.structure.frac_coords[lithium] for f in frames], given[lithium].frac_coords
    )
