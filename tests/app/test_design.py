"""The page of inverse designs, run by Streamlit's own test harness."""

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from tcexplore.app.parts import background_work
from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.display.labels import plain
from tcexplore.io.url_code import structure_code, structure_from_code
from tcexplore.model.predictor import load_predictor

APP = Path(__file__).parents[2] / "app.py"
PAGE = "pages/design.py"
LIH6, H3S = "lih6-r-3m-300gpa", "h3s-im-3m-200gpa"
FEW = {"starts": "1", "tried": "50"}


@pytest.fixture
def app():
    return AppTest.from_file(str(APP), default_timeout=120)


def opened(app, **query):
    """Open the page by a link; the harness has no browser that would read the address first."""
    app.run().switch_page(PAGE)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def words(app):
    kinds = (app.markdown, app.caption, app.error, app.warning, app.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def facts(app):
    return app.table[0].value


def test_page_without_a_structure_offers_examples(app):
    opened(app)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1  # empty axes
    assert "YH₉" in [button.label for button in app.button]


def test_start_stands_beside_an_end_that_predict_confirms(app):
    opened(app, structure=LIH6, **FEW)
    assert not app.exception
    start, end = facts(app).loc["$T_c$ (K)"].astype(float)
    [given] = load_predictor()([catalogue_entry(LIH6).structure()])
    assert start == pytest.approx(given.tc, abs=0.06)
    assert end > start + 10
    assert "statistical model" in words(app)
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    code = parse_qs(links["Predict"])["cell"][0]
    [linked] = load_predictor()([structure_from_code(code)])
    assert linked.tc == pytest.approx(end, abs=0.15)
    assert "Design" in links


def test_example_sets_all_choices(app):
    opened(app, structure=H3S, **FEW)
    next(b for b in app.button if b.label == "LiH₆ from 150 to 350 GPa").click().run()
    assert not app.exception
    assert app.selectbox(key="bounds").value == "pressure"
    assert app.slider(key="between").value == (150, 350)
    assert app.slider(key="starts").value == 2
    assert app.query_params["structure"] == LIH6


def test_target_is_looked_for(app):
    opened(app, structure=LIH6, goal="target Tc", target="190", **FEW)
    assert "the target is 190 K, missed by" in words(app)


def test_choices_that_leave_nothing_to_move_are_told(app):
    opened(app, structure=H3S, move="coordinates only", **FEW)
    assert not app.exception
    assert plain("nothing of H3S may move") in words(app)
    app.selectbox(key="move").set_value("lattice only").run()
    assert not app.exception
    assert plain("nothing of H3S may move") not in words(app)


def test_crystal_without_an_equation_of_state_has_no_pressures(app):
    opened(app, structure="mgb2", bounds="pressure", **FEW)
    assert not app.exception
    assert app.selectbox(key="bounds").options == ["volume"]
    assert "Pressure, from the volume" not in facts(app).index


def test_upload_with_shared_sites_moves(app, disordered):
    opened(app, cell=structure_code(disordered), name="mine", move="lattice only", **FEW)
    assert not app.exception
    assert float(facts(app).loc["$T_c$ (K)", "End"]) > 0


def test_p1_of_a_huge_cell_is_refused_in_words(app):
    large = catalogue_entry("yba2cu3o7").structure() * (2, 2, 2)
    large.replace(0, "Sr")
    opened(app, cell=structure_code(large), name="large", group="P1: everything moves", **FEW)
    assert not app.exception
    assert plain("315 parameters may move; expected at most 300") in words(app)


def test_paths_are_drawn_while_they_are_computed(app, monkeypatch):
    monkeypatch.setattr(background_work, "SECONDS_BETWEEN_DRAFTS", 0.0)
    opened(app, structure=LIH6, starts="2", tried="50", volumes=["0.85", "1.2"])
    assert not app.exception
    assert "from 2 starts" in words(app)


def test_numbers_are_offered_as_csv(app):
    opened(app, structure=H3S, **FEW)
    labels = [button.proto.label for button in app.get("download_button")]
    assert {"End (CIF)", "Numbers (CSV)", "HTML", "PDF"} <= set(labels)
