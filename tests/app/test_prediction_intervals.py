"""Intervals on the pages: shown where the model has them, nowhere where it has none."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tcexplore.app import element_swap, hydrogen_network, lattice_dome, lattice_map, predict
from tcexplore.app.choice import structure_choice
from tcexplore.display.labels import band_text, source_link
from tcexplore.model.conformal import ConformalCalibration
from tcexplore.model.predictor import load_predictor

APP = Path(__file__).parents[2] / "app.py"
H3S, P3M1 = "h3s-im-3m-200gpa", "li2mgh16-p-3m1-300gpa"
COVERAGE = [{"rows": "all", "n": 7226, "coverage": 0.904, "width": 12.0}]
CACHES = (
    structure_choice.loaded_predictor, predict.predicted, lattice_dome._dome, lattice_map.map_study,
    element_swap.swap_study, element_swap.table_of, hydrogen_network.on_lattices,
)  # fmt: skip


def clear():
    for cache in CACHES:
        cache.clear()


def with_bands(result):
    """Return a result whose band goes from half its Tc to twice that."""
    return dataclasses.replace(result, tc_low=result.tc / 2, tc_high=result.tc * 2)


@pytest.fixture
def app():
    clear()
    yield AppTest.from_file(str(APP), default_timeout=60)
    clear()


@pytest.fixture
def banded(app, monkeypatch):
    """The app with a model that has bands, and a part for the composition alone."""
    predictor = load_predictor()
    metrics = {**predictor.files.metrics, "coverage": COVERAGE}
    files = dataclasses.replace(
        predictor.files, conformal=ConformalCalibration(0.9, 1.3), metrics=metrics
    )
    banded_predictor = dataclasses.replace(predictor, files=files)
    monkeypatch.setattr(structure_choice, "load_predictor", lambda: banded_predictor)

    def predicted(structure):
        [prediction] = predictor([structure])
        return dataclasses.replace(prediction, tc_low=31.2, tc_high=78.4, tc_composition=22.0)

    monkeypatch.setattr(predict, "predicted", predicted)
    for module, name in ((lattice_dome, "lattice_dome"), (hydrogen_network, "hydrogen_scan")):
        study = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda *a, study=study, **more: with_bands(study(*a, **more))
        )
    for module, name in ((lattice_map, "lattice_map_steps"), (element_swap, "element_swap_steps")):
        steps = getattr(module, name)

        def banded_steps(*a, steps=steps, **more):
            return ((share, with_bands(one)) for share, one in steps(*a, **more))

        monkeypatch.setattr(module, name, banded_steps)
    return app


def all_text(app):
    kinds = (app.markdown, app.caption, app.subheader)
    html = [block.proto.body for block in app.get("html")]
    return "\n".join([element.value for kind in kinds for element in kind] + html)


def on_page(app, page, **query):
    app.run().switch_page(page)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def test_predict_page_has_band_and_composition(banded):
    on_page(banded, "pages/predict.py", structure=H3S)
    assert not banded.exception
    text = all_text(banded)
    assert "90\u202f% interval 31 to 78 K" in text
    assert "From the composition alone **22 K**" in text
    assert "7,226 materials" in text
    assert "$T_c$ of 90\u202f%" in text


PAGES = {
    "pages/predict.py": {"structure": H3S},
    "pages/lattice_dome.py": {"structure": H3S},
    "pages/lattice_map.py": {"structure": P3M1},
    "pages/element_swap.py": {"structure": H3S, "picked": "Se-S"},
    "pages/hydrogen_network.py": {"structure": H3S},
}


@pytest.mark.parametrize("page", PAGES)
def test_a_model_without_bands_shows_none(app, page, monkeypatch):
    files = dataclasses.replace(load_predictor().files, conformal=None)
    bare = dataclasses.replace(load_predictor(), files=files)
    monkeypatch.setattr(structure_choice, "load_predictor", lambda: bare)
    on_page(app, page, **PAGES[page])
    assert not app.exception
    assert "interval" not in all_text(app).lower()
    assert "colours" not in [one.key for one in app.get("button_group")]


@pytest.mark.parametrize("page", ["pages/lattice_map.py", "pages/element_swap.py"])
@pytest.mark.parametrize("quantity", ["Lower end", "Width of interval"])
def test_a_switch_says_what_the_colours_of_a_map_are(banded, page, quantity):
    on_page(banded, page, colours=quantity, **PAGES[page])
    assert not banded.exception
    [chart] = [one for one in banded.get("plotly_chart") if one.proto.id.endswith("_map")]
    assert {"Lower end": "Lower end", "Width of interval": "Width"}[quantity] in chart.proto.spec
    assert "90\u202f% interval" in all_text(banded)
    [switch] = [one for one in banded.get("button_group") if one.key == "colours"]
    assert switch.value == {"Lower end": "lower band", "Width of interval": "band width"}[quantity]


def test_dome_and_network_say_their_bands(banded):
    on_page(banded, "pages/lattice_dome.py", structure=H3S)
    assert "K (interval " in all_text(banded)
    assert '"toself"' in banded.get("plotly_chart")[0].proto.spec
    on_page(banded, "pages/hydrogen_network.py", structure=H3S)
    assert not banded.exception
    assert any("90\u202f% interval" in table.value.index for table in banded.table)


def test_words_of_bands():
    assert band_text(31.2, 78.4) == "31 to 78 K"
    assert band_text(0.0, 4.21) == "0.0 to 4.2 K"
    assert band_text(0.0, 461.2) == "0 to 461 K"
    assert band_text(np.nan, np.nan) == ""


@pytest.mark.parametrize(
    ("source", "link"),
    [
        ("3DSC_MP:mp-763", r"[3DSC, mp\-763](https://materialsproject.org/materials/mp-763)"),
        ("mp-763", r"[mp\-763](https://materialsproject.org/materials/mp-763)"),
        ("hydrides:200GPa_x.cif", "https://doi.org/10.1103/PhysRevB.104.054501"),
        ("jarvis_dft:JVASP-1.cif", "https://arxiv.org/abs/2205.00060"),
        ("supercon3d_hydrides:a.cif", "SuperCon3D"),
        ("<b>x", r"\<b\>x"),
    ],
)
def test_sources_are_linked_where_an_address_is_known(source, link):
    assert link in source_link(source)
