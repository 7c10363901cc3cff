"""The paper's figures and tables remade: the paper's numbers, ours in their places, the files."""

import csv
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from pymatgen.core import Composition

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.cli.main import main
from tcexplore.cli.paper import Part
from tcexplore.display.style import NOT_PREDICTED
from tcexplore.model.files import ModelError
from tcexplore.model.predictor import DEFAULT_MODEL, load_predictor, model_directory
from tcexplore.paper import figures, maps, remake, tables
from tcexplore.paper.reported import REFERENCES, read_table_2, read_table_3
from tcexplore.studies.lattice_dome import LatticeDome

FEW = ("H", "He", "Li", "N", "Te")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@dataclass(frozen=True)
class Volumes:
    """A stand-in predictor: Tc is the volume per atom, in K."""

    files: object

    def __call__(self, structures):
        return [SimpleNamespace(tc=one.volume / one.num_sites) for one in structures]


@pytest.fixture
def volumes():
    known = {
        "formula": ["LaH10", "H3Se", "YH9", "MgH2"],
        "tc": [254.0, 110.0, 277.0, 1.0],
        "space_group_number": [225, 229, 216, 1],
    }
    return Volumes(SimpleNamespace(known=pd.DataFrame(known)))


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


@pytest.fixture
def paper_lines(data_dir):
    text = (data_dir.parent / "paper" / "arXiv-2301.10474.txt").read_text(encoding="utf-8")
    return text.splitlines()


def printed_rows(lines, header, count):
    """Return the cells of the first rows of one printed table."""
    start = next(n for n, line in enumerate(lines) if line.startswith(header))
    rows = [line.split("\t") for line in lines[start + 1 :] if "\t" in line][:count]
    return [[cell.translate(SUBSCRIPTS) for cell in row] for row in rows]


def letters(name):
    """Return what a printed name says without its typography, such as lah10fm3m."""
    return re.sub(r"[^A-Za-z0-9]", "", re.sub(r"\(.*|\\alpha|α|\\bar", "", name)).lower()


@pytest.mark.data
def test_every_number_of_table_2_is_the_papers(paper_lines):
    table = read_table_2()
    printed = printed_rows(paper_lines, "Superconductor\tT_c (K) pred", len(table))
    for row, (name, network, composition, reported) in zip(
        table.itertuples(), printed, strict=True
    ):
        assert letters(name) == letters(f"{row.formula} {row.phase}")
        assert float(re.search(r"\((\d+) GPa\)", name)[1]) == row.pressure
        assert (float(network), float(composition)) == (row.tc_paper, row.tc_composition)
        number = re.match(r"\d+(?=[ <])", reported)
        assert (float(number[0]) if number else None) == (
            None if np.isnan(row.tc_reported) else row.tc_reported
        )
        assert row.reference in REFERENCES


@pytest.mark.data
def test_every_number_of_table_3_is_the_papers(paper_lines):
    table = read_table_3()
    printed = printed_rows(paper_lines, "Superconductor\tT_c pred", len(table))
    for row, (name, network, composition) in zip(table.itertuples(), printed, strict=True):
        assert letters(name) == letters(f"{row.formula} {row.phase}")
        given = [row.tc_paper_high, row.tc_paper_low]
        assert [float(tc) for tc in network.split(" - ")] == [tc for tc in given if tc == tc]
        assert float(composition) == row.tc_composition


def test_the_rows_name_entries_of_the_same_material():
    for row in read_table_2().dropna(subset="catalogue_id").itertuples():
        entry = catalogue_entry(row.catalogue_id)
        assert Composition(entry.formula) == Composition(row.formula)
        assert entry.space_group_number == row.space_group_number
    for row in read_table_3().itertuples():
        entry = catalogue_entry(row.catalogue_id)
        assert Composition(entry.formula) == Composition(row.formula)
        assert entry.tc == row.tc_paper_high
        assert entry.tc_low == (None if np.isnan(row.tc_paper_low) else row.tc_paper_low)


def test_table_2_holds_the_prediction_of_each_cell_or_says_why_not(volumes):
    table = tables.table_2(volumes)
    for row in table.itertuples():
        if not isinstance(row.catalogue_id, str):
            assert np.isnan(row.tc)
            assert row.reason == "no cell of this phase in the catalogue"
            continue
        structure = catalogue_entry(row.catalogue_id).structure()
        assert row.tc == pytest.approx(structure.volume / structure.num_sites)
        at_pressure = catalogue_entry(row.catalogue_id).pressure == row.pressure
        assert row.counted == at_pressure
        assert bool(row.reason) != at_pressure
    yh6 = table.query("formula == 'YH6'").iloc[0]
    assert yh6["reason"] == "cell at 166 GPa, not counted"


def test_table_2_says_what_training_held(volumes):
    known = volumes.files.known
    found = [
        tables.training_phase(known, formula, number)
        for formula, number in [("LaH10", 225), ("SeH3", 229), ("YH9", 194), ("CSH7", 160)]
    ]
    assert [one.word for one in found] == ["same phase", "same phase", "other phase", "no"]
    assert found[0].tc == 254.0
    assert tables.training_phase(known, "Mg2H4", 2).word == "other phase"
    assert tables.training_phase(known, "MgH13", 2).word == "no"


def test_mean_errors_by_hand():
    table = pd.DataFrame(
        {
            "counted": [True, True, False],
            "in_training": ["same phase", "no", "no"],
            "tc_reported": [100.0, 200.0, 300.0],
            "tc": [110.0, 170.0, 0.0],
            "tc_paper": [100.0, 204.0, 0.0],
            "tc_composition": [0.0, 0.0, 0.0],
        }
    )
    errors = tables.mean_errors(table)
    assert errors["n"].tolist() == [2, 1]
    assert errors["model"].tolist() == [20.0, 30.0]
    assert errors["paper"].tolist() == [2.0, 4.0]
    assert errors["paper's composition model"].tolist() == [150.0, 200.0]


def test_extremes_run_from_the_own_lattice_to_six_angstrom(predictor, monkeypatch):
    def parabola(predictor, structure, *, scales):
        tc = 100 - 1000 * (scales - 1.1) ** 2
        return LatticeDome(
            parent=predictor.cell(structure), scales=scales, tc=tc, tc_low=tc, tc_high=tc
        )

    monkeypatch.setattr(tables, "lattice_dome", parabola)
    entry = catalogue_entry("alh13-fm-3m")
    own = predictor.cell(entry.structure()).structure.lattice.a
    tc_high, a_high, tc_low, a_low = tables.tc_extremes(predictor, entry, fixed=False)
    assert tc_high == pytest.approx(100, abs=0.5)
    assert a_high == pytest.approx(1.1 * own, abs=(6 - own) / 50)
    assert a_low == pytest.approx(6.0)
    assert tc_low == pytest.approx(100 - 1000 * (6 / own - 1.1) ** 2)
    tc_high, a_high, *low = tables.tc_extremes(predictor, entry, fixed=True)
    assert (tc_high, a_high) == (pytest.approx(90), pytest.approx(own))
    assert np.isnan(low).all()


def test_a_fixed_lattice_is_an_ordinary_prediction(predictor):
    entry = catalogue_entry("ph3-im-3m")
    tc, *_ = tables.tc_extremes(predictor, entry, fixed=True)
    assert tc == pytest.approx(predictor([entry.structure()])[0].tc, abs=1e-3)


@pytest.fixture(scope="module")
def swaps(predictor):
    return {
        name: maps.morphism_map(predictor, one, symbols=FEW, scales=np.array([0.9, 1.0]))
        for name, one in maps.MORPHISMS.items()
    }


def test_morphisms_swap_the_papers_sites(swaps):
    first = swaps["XYH12"].structure("Li", "Te")
    assert first.composition.reduced_formula == "LiTeH12"
    centre = first[[site.specie.symbol for site in first].index("Te")]
    nearest = min(neighbour.nn_distance for neighbour in first.get_neighbors(centre, 3.0))
    neighbours = first.get_neighbors(centre, 1.01 * nearest)
    assert len(neighbours) == 12  # a cuboctahedron of hydrogen around the centre
    assert {n.specie.symbol for n in neighbours} == {"H"}
    second = swaps["XYH36"].structure("Li", "Te")
    assert second.composition == Composition("LiTeH36")


def test_named_pairs_carry_the_papers_value_and_our_rank(swaps):
    pairs = maps.named_pairs("XYH12", swaps["XYH12"])
    assert pairs[["x", "y"]].to_numpy().tolist() == []  # Mg, Al and Mn are not among the few
    [pair] = maps.named_pairs("XYH36", swaps["XYH36"]).to_dict("records")
    swap = swaps["XYH36"]
    assert (pair["x"], pair["y"], pair["tc_paper"]) == ("Te", "N", 471)
    own = swap.tc[FEW.index("N"), FEW.index("Te")]
    assert pair["tc"] == own
    above = np.unique(np.round(swap.tc[np.isfinite(swap.tc)], 2)) > own + 0.005
    assert pair["rank"] == above.sum() + 1
    assert pair["materials"] == 10  # pairs of four elements, either way round


def test_the_lower_row_of_figure_6(predictor):
    table = maps.stretched_tc(predictor).set_index("lattice")
    own = catalogue_entry(maps.P3M1).structure()
    assert table.loc["as given", "tc"] == pytest.approx(predictor([own])[0].tc, abs=1e-3)
    assert table.loc["c = 8 Å", ["a", "c"]].tolist() == pytest.approx([own.lattice.a, 8.0])
    assert table.loc["a = 6 Å", ["a", "c"]].tolist() == pytest.approx([6.0, own.lattice.c])


def test_figure_4_shows_the_maps_in_one_scale_of_colours(swaps, tmp_path):
    part = remake.swap_maps(swaps)
    images = [axes.images[0] for axes in part.figure.axes[:2]]
    for image, swap in zip(images, swaps.values(), strict=True):
        np.testing.assert_array_equal(np.ma.filled(image.get_array(), np.nan), swap.tc)
        assert image.get_cmap().name == "viridis"
        bad = image.get_cmap().get_bad()
        np.testing.assert_allclose(bad, figures.matplotlib.colors.to_rgba(NOT_PREDICTED))
    assert images[0].get_clim() == images[1].get_clim()
    written = remake.save_part("figure-4", part, tmp_path)
    assert {path.name for path in written} == {
        "figure-4.png", "figure-4.svg", "figure-4.csv", "figure-4-named-pairs.csv",
    }  # fmt: skip
    back = pd.read_csv(tmp_path / "figure-4.csv")
    for name, swap in swaps.items():
        tc = back[back["map"] == name].pivot(index="y", columns="x", values="tc")
        np.testing.assert_allclose(tc.loc[list(FEW), list(FEW)], swap.tc, rtol=1e-5)


def test_peaks_at_an_end_of_the_scales_are_counted(swaps):
    tc, peak = np.array([[1.0, 2.0], [3.0, np.nan]]), np.array([[0.9, 1.0], [0.95, np.nan]])
    swap = replace(swaps["XYH36"], tc=tc, peak_scale=peak, scales=np.array([0.9, 0.95, 1.0]))
    assert remake.edge_sentence("XYH36", swap) == (
        "XYH36: of 3 pairs 1 peak at the smallest scale, 0.9, and 1 at the largest, 1"
    )


def test_the_same_part_is_written_the_same(swaps, tmp_path):
    for folder in ("once", "again"):
        (tmp_path / folder).mkdir()
        remake.save_part("figure-4", remake.swap_maps(swaps), tmp_path / folder)
    svg = [(tmp_path / folder / "figure-4.svg").read_bytes() for folder in ("once", "again")]
    assert svg[0] == svg[1]


def test_figure_6_shows_the_maps(predictor):
    results = maps.lattice_maps(predictor, n_points=4)
    lattices = maps.stretched_tc(predictor)
    part = remake.stretched_maps(results, lattices)
    for axes, result in zip(part.figure.axes, results.values(), strict=False):
        np.testing.assert_array_equal(axes.images[0].get_array(), result.tc)
    labels = [line.get_label() for line in part.figure.axes[1].lines]
    assert labels == ["$c/a$ as given", "as given", "apex", "c = 8 Å", "a = 6 Å"]
    left, right, bottom, top = part.figure.axes[1].images[0].get_extent()
    half_a, half_c = (7 - 0.8) / 3 / 2, (14 - 0.8) / 3 / 2
    assert (left, right) == pytest.approx((0.8 - half_a, 7 + half_a))
    assert (bottom, top) == pytest.approx((0.8 - half_c, 14 + half_c))
    assert len(part.tables["figure-6"]) == 32


def test_figure_5_has_table_2_at_the_own_lattice():
    assert remake.printed_tc(maps.FD3M) == {"the paper's network": 293, "first principles": 452}
    assert remake.printed_tc(maps.P3M1) == {"the paper's network": 277, "first principles": 191}


def test_domes_run_over_a(predictor):
    for dome in maps.domes(predictor, n_points=5).values():
        np.testing.assert_allclose(dome.lattice_parameter, np.linspace(0.8, 7.0, 5))


def test_figure_3_shows_what_evaluate_kept(tmp_path):
    kept = pd.DataFrame(
        {
            "split": ["random-1", "random-1", "formula", "chemical_system"],
            "family": ["hydride", "other", "other", "other"],
            "tc": [200.0, 10.0, 5.0, 7.0],
            "tcexplore": [190.0, 11.0, 6.0, 70.0],
        }
    )
    kept.to_csv(tmp_path / "predictions.csv", index=False)
    scores = [
        {"split": split, "model": "tcexplore", "rows": "all", "r2": r2, "n": n, "mae": 3.0}
        for split, r2, n in [("random-1", 0.9, 2), ("formula", 0.8, 1), ("chemical_system", 0.7, 1)]
    ]
    model = SimpleNamespace(files=SimpleNamespace(metrics={"scores": scores}))
    part = remake.figure_3(model, tmp_path)
    first, second = part.figure.axes
    assert "r² = 0.900, n = 2" in first.get_title()
    assert "r² = 0.700, n = 1" in second.get_title()
    points = {one.get_label(): one.get_offsets().tolist() for one in first.collections}
    assert points == {"others (n = 1)": [[10, 11]], "hydrides (n = 1)": [[200, 190]]}
    assert len(part.tables["figure-3"]) == 3
    assert part.summary.splitlines() == [
        "paper: r² = 0.9429",
        "random split, seed 1 of 3: r² = 0.900, n = 2, mean absolute error 3.00 K",
        "  labelled 150 K or more: n = 1, mean label 200 K, mean prediction 190 K, highest 190 K",
        "whole chemical systems apart: r² = 0.700, n = 1, mean absolute error 3.00 K",
        "  no row is labelled 150 K or more",
    ]
    with pytest.raises(ModelError, match="has no predictions"):
        remake.figure_3(model, tmp_path / "elsewhere")


def test_charts_of_the_tables_show_the_rows_that_were_predicted(volumes):
    table = tables.table_2(volumes)
    chart = remake.figures.table_2_chart(table)
    [axes] = chart.axes
    labels = [text.get_text() for text in axes.get_yticklabels()]
    assert labels[-1] == r"LaH₁₀ Fm$\bar{3}$m, 250 GPa"
    assert r"(YH₆ Im$\bar{3}$m, 201 GPa)" in labels  # in brackets: another pressure
    ours = next(line for line in axes.lines if line.get_label() == "this model")
    np.testing.assert_array_equal(ours.get_xdata(), table["tc"].dropna()[::-1])


def test_the_command_writes_and_prints_the_same_numbers(tmp_path, capsys):
    assert main(["paper", "--out", str(tmp_path / "new"), "--only", "table-2", "figure-3"]) == 0
    out = capsys.readouterr().out
    rows = list(csv.DictReader((tmp_path / "new" / "table-2.csv").read_text().splitlines()))
    assert len(rows) == 31
    [csh7] = [row for row in rows if row["catalogue_id"] == "csh7-r3m-270gpa"]
    assert f"{float(csh7['tc']):.1f}" in out
    [prediction] = load_predictor()([catalogue_entry("csh7-r3m-270gpa").structure()])
    assert float(csh7["tc"]) == pytest.approx(prediction.tc, rel=1e-5)
    for name in ("table-2", "figure-3"):
        for suffix in ("png", "svg", "csv"):
            path = tmp_path / "new" / f"{name}.{suffix}"
            assert str(path) in out
            assert path.stat().st_size > 300


def test_the_command_offers_all_parts():
    assert tuple(remake.PARTS) == tuple(Part)


def test_the_page_is_of_the_shipped_model():
    """The figures that docs/paper.md quotes are those of the model's own files."""
    root = model_directory(DEFAULT_MODEL).parents[1]
    page = (root / "docs" / "paper.md").read_text(encoding="utf-8")
    assert f"`{DEFAULT_MODEL}`" in page
    for row in load_predictor().files.metrics["scores"]:
        shown = row["split"] in ("random-1", "chemical_system")
        if row["model"] == "tcexplore" and row["rows"] == "all" and shown:
            assert f"{row['r2']:.3f}" in page
    for image in re.findall(r"\]\((\S+\.png)\)", page):
        assert (root / "docs" / image).is_file()


def test_the_command_line_does_not_import_matplotlib():
    code = "import sys, tcexplore.cli.main; print('matplotlib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
