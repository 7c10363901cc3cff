"""The Model page and what it is made of, with an invented evaluation."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pymatgen.core import Composition
from streamlit.testing.v1 import AppTest
from support.evaluated_model import write_evaluated_model

from tcexplore.app import model
from tcexplore.app.choice import structure_choice
from tcexplore.display.model import figures, tables
from tcexplore.display.model import text as sentences
from tcexplore.model import predictor
from tcexplore.model.files import load_model_files
from tcexplore.model.hashes import write_hashes
from tcexplore.model.nearest_known import nearest_known
from tcexplore.model.report import IDENTITY, INTERVAL, ModelReport, read_report, split_kind

APP = Path(__file__).parents[2] / "app.py"
PAGE = "pages/model.py"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    directory = tmp_path_factory.mktemp("models")
    write_evaluated_model(directory)
    return directory


@pytest.fixture(scope="module")
def report(models):
    directory = models / predictor.DEFAULT_MODEL
    return read_report(directory, load_model_files(directory).metrics)


@pytest.fixture
def app():
    clear()
    yield AppTest.from_file(str(APP), default_timeout=60)
    clear()


@pytest.fixture
def evaluated(app, models, monkeypatch):
    monkeypatch.setattr(predictor, "MODELS", models)
    return app


def clear():
    for cache in (structure_choice.loaded_predictor, model.report_in):
        cache.clear()


def on_page(app, **query):
    app.run().switch_page(PAGE)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def all_text(app):
    kinds = (app.markdown, app.caption, app.subheader, app.header, app.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def a_line(**values):
    """A prediction by hand."""
    own = {
        "split": "chemical_system", "formula": "MgB2", "family": "other", "tc_kind": "experiment",
        "source": "mp-763", "tc": 39.0, "tcexplore": 30.0, "tc_low": 20.0, "tc_high": 50.0,
    }  # fmt: skip
    return own | values


def a_report(*lines, scores=(), **metrics):
    table = pd.DataFrame([a_line(**line) for line in lines])
    kinds = table["split"].map(split_kind)
    return ModelReport(table.assign(kind=kinds), {"scores": scores, **metrics})


def a_score(**values):
    own = {"split": "chemical_system", "rows": "all", "model": "tcexplore", "n": 10, "r2": 0.8}
    return own | {"mae": 7.0, "rmse": 15.0, "spearman": 0.9, "top50": 0.5} | values


# --- the page -----------------------------------------------------------------------------------


def test_a_model_without_evaluation_says_which_command_does_it(app, tmp_path, monkeypatch):
    directory = write_evaluated_model(tmp_path)
    (directory / "predictions.csv").unlink()
    (directory / "metrics.json").write_text("{}")
    write_hashes(directory)
    monkeypatch.setattr(predictor, "MODELS", tmp_path)
    on_page(app)
    assert not app.exception
    text = all_text(app)
    assert f"python -m tcexplore evaluate --data FILE --model {directory.name}" in text
    assert "How to cite" in text
    assert "Where it fails" not in text
    assert "Comparison with the paper" in text


def test_a_model_without_tables_says_which_command_writes_them(app, tmp_path, monkeypatch):
    directory = write_evaluated_model(tmp_path)
    (directory / "table-3.csv").unlink()
    write_hashes(directory)
    monkeypatch.setattr(predictor, "MODELS", tmp_path)
    on_page(app)
    assert not app.exception
    [line] = app.info
    assert f"`python -m tcexplore tables --model {directory.name}`" in line.value
    headers = [one.value for one in app.header]
    assert "Where it fails" in headers
    assert not {"Comparison with the paper", "Under pressure"} & set(headers)


def test_page_predicts_nothing(evaluated, monkeypatch):
    """What only the model decides is kept with it; predicted anew it took most of a cold page."""
    monkeypatch.setattr(predictor.TcPredictor, "cell", lambda *_: pytest.fail("a prediction"))
    on_page(evaluated)
    assert not evaluated.exception
    assert {"Comparison with the paper", "Under pressure"} <= {
        one.value for one in evaluated.header
    }


def test_page_answers_first_and_keeps_what_about_said(evaluated):
    on_page(evaluated)
    assert not evaluated.exception
    headers = [one.value for one in evaluated.header]
    assert headers[0] == "How far can a prediction be believed?"
    assert evaluated.markdown[0].value.startswith("**On chemical systems not in training**")
    ends = {"Coverage of the prediction intervals", "Terms", "Data", "How to cite"}
    assert {"Where it fails"} | ends <= set(headers)
    assert "Model card" in [one.label for one in evaluated.expander]
    assert "3DSC" in all_text(evaluated)


def test_split_and_model_and_rows_are_chosen_by_a_link(evaluated, report):
    on_page(evaluated, split="Random", model="XGBoost, all descriptors", rows="hydrides")
    assert not evaluated.exception
    assert evaluated.selectbox(key="model").value == "XGBoost"
    [score] = [
        row
        for row in tables.score_table(report, "random", "hydride").to_dict("records")
        if row["Model"] == "tcexplore"
    ]
    shown = [one.value for one in evaluated.table if "Spearman" in one.value.columns]
    assert score["r²"] in shown[0]["r²"].tolist()
    captions = [one.value for one in evaluated.caption if "Split: random" in one.value]
    assert len(captions) == 3


def test_nonsense_in_the_link_does_no_harm(evaluated):
    on_page(evaluated, split="<b>", model="air", rows="9", picked="-1;<b>")
    assert not evaluated.exception
    assert "Largest errors" in all_text(evaluated)


def test_a_picked_point_opens_its_material(evaluated, report):
    lines = report.lines("chemical_system")
    [label] = lines.index[(lines["formula"] == "H3S") & (lines["tc_kind"] == "eliashberg")][:1]
    on_page(evaluated, picked=str(label))
    assert not evaluated.exception
    text = all_text(evaluated)
    assert f"H₃S: $T_c$ = {lines.loc[label, 'tc']:.4g} K" in text
    assert "Largest errors" not in text
    assert "10.1103/PhysRevB.104.054501" in text
    links = [link.proto.query_string for link in evaluated.get("page_link")]
    assert "structure=h3s-im-3m-200gpa" in links
    near = next(one.value for one in evaluated.table if "Atoms exchanged" in one.value.columns)
    assert not near["Formula"].isin(["H₃S", "HS₂"]).any()


# --- what it is made of -------------------------------------------------------------------------


def test_report_is_read_only_in_its_own_form(tmp_path, report):
    assert read_report(tmp_path, {}) is None
    assert report.kinds == ["chemical_system", "formula", "random", "class"]
    assert set(report.lines("random")["split"]) == {"random-1", "random-2"}
    assert "SOAP" in report.models("formula")
    assert "SOAP" not in report.models("class")
    assert report.models("formula")[0] == "tcexplore"
    assert not set(report.models("formula")) & {*IDENTITY, *INTERVAL, "kind"}


def test_scores_of_several_seeds_are_their_mean():
    scores = [
        a_score(split=f"random-{seed}", r2=r2, r2_low=r2 - 0.1, r2_high=None)
        for seed, r2 in ((1, 0.5), (2, 0.7))
    ]
    report = a_report({"split": "random-1"}, scores=scores, seen_share={"random-1": 0.5})
    score = report.score("random")
    assert score["r2"] == pytest.approx(0.6)
    assert score["r2_low"] == pytest.approx(0.5)
    assert np.isnan(score["r2_high"])
    assert report.score("formula") is None
    assert report.seen_share("random") == 0.5


def test_parity_figure_holds_every_prediction(report):
    lines = report.lines("chemical_system")
    figure = figures.parity_figure(lines, "tcexplore")
    points = [one for one in figure.data if one.type == "scattergl"]
    assert sum(len(one.x) for one in points) == len(lines)
    for one in points:
        labels = [int(details[-1]) for details in one.customdata]
        np.testing.assert_array_equal(one.x, lines.loc[labels, "tc"])
        np.testing.assert_array_equal(one.y, lines.loc[labels, "tcexplore"])
    diagonal = figure.data[0]
    assert list(diagonal.x) == list(diagonal.y)


def test_parity_figure_leaves_out_what_was_not_asked():
    lines = a_report({}, {"paper": 3.0, "formula": "Nb"}).lines("chemical_system")
    figure = figures.parity_figure(lines, "paper")
    [points] = [one for one in figure.data if one.type == "scattergl"]
    assert points.customdata[0][0] == "Nb"
    assert len(points.x) == 1
    assert points.customdata[0][4] == ""  # the band is the shipped model's


def test_picked_point_has_its_band():
    lines = a_report({}).lines("chemical_system")
    mark = figures.parity_figure(lines, "tcexplore", picked=0).data[-1]
    assert (mark.x, mark.y) == ((39,), (30,))
    assert (mark.error_y.array, mark.error_y.arrayminus) == ((20,), (10,))
    assert len(figures.parity_figure(lines, "tcexplore", picked=7).data) == 2


def test_logarithmic_axes_keep_a_prediction_of_zero():
    lines = a_report({"tcexplore": 0.0, "tc_low": np.nan}).lines("chemical_system")
    [points] = figures.parity_figure(lines, "tcexplore", logarithmic=True).data[1:]
    assert points.y == (0.1,)
    assert points.customdata[0][3] == "0"


def test_calibration_figure_in_percent():
    rows = [{"level": 0.9, "covered": 0.91}, {"level": 0.5, "covered": 0.48}]
    curve = figures.calibration_figure(rows).data[1]
    assert list(curve.x) == [50, 90]
    assert list(curve.y) == [48, 91]


def test_best_scores_are_bold():
    scores = [a_score(mae_low=6.0, mae_high=8.0), a_score(model="XGBoost", mae=9.0, r2=0.9)]
    table = tables.score_table(a_report({}, scores=scores), "chemical_system", "all")
    assert table["r²"].tolist() == ["0.800", "**0.900**"]
    assert table["MAE (K)"].tolist() == ["**7.00** (6.00\u00a0to\u00a08.00)", "9.00"]


def test_largest_errors_name_each_formula_once():
    lines = a_report(
        {}, {"tcexplore": 1.0}, {"formula": "Nb", "tc": 9.2, "tcexplore": 9.0}
    ).lines("chemical_system")  # fmt: skip
    table = tables.largest_errors(lines, "tcexplore", 5)
    assert table["Material"].tolist() == ["MgB₂", "Nb"]
    assert table["Predicted (K)"].tolist() == ["1.0", "9.0"]


def test_material_table_has_the_models_that_predicted_it():
    table = tables.material_table(a_line(paper=np.nan), ["tcexplore", "paper"])
    assert table["$T_c$ (K)"].tolist() == ["30 (20 to 50 K)"]
    assert table["Error (K)"].tolist() == ["−9.0"]


def test_failures_are_drawn_from_the_numbers():
    hydride = {"family": "hydride", "formula": "LaH10", "tc_kind": "eliashberg"}
    report = a_report(
        {**hydride, "tc": 250.0, "tcexplore": 140.0},
        {**hydride, "formula": "PdH", "tc_kind": "experiment", "tc": 8.0, "tcexplore": 16.0},
        {
            **hydride,
            "formula": "BH",
            "tc_kind": "allen_dynes",
            "tc": 40.0,
            "tcexplore": 2.0,
            "source": "hydrides_literature",
        },
        {"split": "class", "family": "cuprate", "tc": 90.0, "tcexplore": 9.0},
        {"split": "class", "family": "cuprate", "tc": 70.0, "tcexplore": 11.0},
    )
    text = "\n".join(sentences.known_failures(report))
    assert "cuprates: mean reported 80 K, predicted 10 K (n\u00a0=\u00a02)" in text
    assert "mean reported 250 K, predicted 140 K (n\u00a0=\u00a01)" in text
    assert (
        "mean reported 8.0 K, predicted 16 K (n\u00a0=\u00a01); 100\u202f% are predicted too high"
        in text
    )
    assert "measured 8.0 K" in text
    nothing = "\n".join(sentences.known_failures(a_report({"split": "formula"})))
    assert "Hydrides above" not in nothing
    assert "Materials that do not superconduct" in nothing


def test_answer_says_what_counts_first():
    coverage = [
        {"rows": "all", "n": 10, "coverage": 0.9, "width": 9.0},
        {"rows": "hydride", "n": 3, "coverage": 0.8, "width": 99.0},
    ]
    scores = [a_score(), a_score(split="formula", mae=3.1, r2=0.93)]
    first, bands, known = sentences.answer(a_report({}, scores=scores, coverage=coverage))
    assert "(MAE) is 7.0 K, r² = 0.80" in first
    assert "90\u202f% of these materials (80\u202f% of hydrides)" in bands
    assert "3.1 K" in known
    assert sentences.answer(a_report({}, scores=[])) == []


@pytest.mark.parametrize(
    ("without", "left"),
    [
        ("nothing", ["MgB2", "Mg2B4", "MgB4", "Nb"]),
        ("formula", ["MgB4", "Nb"]),
        ("chemical system", ["Nb"]),
    ],
)
def test_nearest_known_without_what_was_kept_apart(without, left):
    formulas = ["Nb", "MgB4", "MgB2", "Mg2B4"]
    known = pd.DataFrame({"formula": formulas, "tc": 1.0, "tc_kind": "experiment"})
    known = known.assign(space_group_number=1, source="s", volume_per_atom=10.0)
    near = nearest_known(Composition("MgB2"), known, without=without)
    assert [one.formula for one in near] == left


def test_errors_by_class_come_first_with_the_baselines_beside(evaluated, report):
    on_page(evaluated)
    table = evaluated.table[0].value
    assert table["Materials"].tolist()[:2] == ["hydrides", "cuprates"]
    expected = report.scores("chemical_system", "hydride").set_index("model")["mae"]
    shown = table.set_index("Materials").loc["hydrides"]
    assert shown["tcexplore"].strip("*") == f"{expected['tcexplore']:.1f}"
    assert shown["XGBoost, all descriptors"].strip("*") == f"{expected['XGBoost']:.1f}"
    for line in table.itertuples(index=False):
        numbers = [float(str(cell).strip("*")) for cell in line[2:] if cell]
        bold = [float(cell.strip("*")) for cell in line[2:] if str(cell).startswith("**")]
        assert set(bold) == {min(numbers)}
