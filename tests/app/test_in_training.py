"""Pages say that a crystal was in training, and what the model says without it."""

from pathlib import Path

import numpy as np
import pytest
from pymatgen.core import Composition
from streamlit.testing.v1 import AppTest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.display.domain import band_comparison, error_sentence, training_cell
from tcexplore.display.labels import tc_text
from tcexplore.model.predictor import load_predictor

APP = Path(__file__).parents[2] / "app.py"
H3S = "h3s-im-3m-200gpa"
ERRORS = {
    "errors_by_class": [
        {"family": "hydride", "low": 150.0, "high": None, "n": 28, "mae": 56.2, "bias": -22.0}
    ]
}


def text_of(page, **query):
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.run().switch_page(page)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return "\n".join(element.value for element in app.markdown), app


def test_predict_says_it_was_in_training_and_the_error_of_its_class():
    text, _ = text_of("pages/predict.py", structure=H3S)
    predictor = load_predictor()
    [prediction] = predictor([catalogue_entry(H3S).structure()])
    without = tc_text(prediction.tc_held_out)
    assert (
        f"In training: **yes**; without its chemical system the model says **{without} K**." in text
    )
    composition = prediction.cell.structure.composition
    error = error_sentence(composition, prediction.tc, predictor.files.metrics)
    assert error.startswith("Hydrides predicted")
    assert error in text
    assert "the interval**" in text


def test_dome_says_the_lattice_in_training():
    text, app = text_of("pages/lattice_dome.py", structure=H3S)
    assert "In training at *a* = " in text
    assert "without its system in training" in app.get("plotly_chart")[0].proto.spec


def test_swap_table_says_which_pairs_were_in_training():
    _, app = text_of("pages/element_swap.py", structure=H3S)
    [best] = [one.value for one in app.dataframe if "In training" in one.value]
    assert best["In training"].str.startswith("yes; without it").any()
    assert (best["In training"] == "no").any()


@pytest.mark.parametrize(("tc", "place"), [(5.0, "below"), (50.0, "inside"), (90.0, "above")])
def test_reported_beside_the_band(tc, place):
    assert f"**{place} the interval**" in band_comparison(tc, 10.0, 80.0)
    assert band_comparison(tc, np.nan, np.nan) == ""


def test_errors_of_a_class_are_said_where_they_were_measured():
    assert "**56 K**" in error_sentence(Composition("LaH10"), 150.0, ERRORS)
    assert "not measured" in error_sentence(Composition("LaH10"), 149.0, ERRORS)
    assert "not measured" in error_sentence(Composition("Nb"), 160.0, ERRORS)
    assert error_sentence(Composition("LaH10"), 160.0, {}) == ""


def test_cells_of_tables():
    assert training_cell(True, 70.07) == "yes; without it 70 K"
    assert training_cell(True, np.nan) == "yes"
    assert training_cell(False, np.nan) == "no"
    assert training_cell(None, np.nan) == ""
