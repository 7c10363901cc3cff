"""The pages, run by Streamlit's own test harness: no browser, no server."""

import dataclasses
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from streamlit.testing.v1 import AppTest

from tcexplore.app import predict
from tcexplore.app.choice import address, structure_choice
from tcexplore.app.parts import background_work
from tcexplore.catalogue.entries import load_catalogue
from tcexplore.display import labels
from tcexplore.display.model.terms import TERMS
from tcexplore.io.url_code import structure_from_code
from tcexplore.model.predictor import load_predictor

APP = Path(__file__).parents[2] / "app.py"
H3S = "h3s-im-3m-200gpa"


@pytest.fixture
def app():
    structure_choice.loaded_predictor.clear()
    predict.predicted.clear()
    yield AppTest.from_file(str(APP), default_timeout=60)
    structure_choice.loaded_predictor.clear()
    predict.predicted.clear()


def with_metrics(monkeypatch, metrics):
    predictor = load_predictor()
    files = dataclasses.replace(predictor.files, metrics=metrics)
    changed = dataclasses.replace(predictor, files=files)
    monkeypatch.setattr(structure_choice, "load_predictor", lambda: changed)


def all_text(app):
    kinds = (app.markdown, app.caption, app.error, app.warning, app.subheader, app.header)
    html = [block.proto.body for block in app.get("html")]
    return "\n".join([element.value for kind in kinds for element in kind] + html)


def upload(app, content, name):
    return app.file_uploader(key="file").set_value((name, content, "text/plain")).run()


def test_every_page_opens(app):
    app.run()
    assert not app.exception
    assert "At which temperature" in all_text(app)
    app.switch_page("pages/model.py").run()
    assert not app.exception
    assert "How to cite" in all_text(app)


def test_presets_are_in_the_catalogue():
    assert set(address.EXAMPLES) <= {entry.entry_id for entry in load_catalogue()}


def test_address_chooses_a_structure(app):
    app.query_params["structure"] = H3S
    app.run()
    assert not app.exception
    assert app.selectbox(key="structure").value == H3S
    assert "H<sub>3</sub>S" in all_text(app)
    assert "predicted" in all_text(app)
    assert "207\\.5 K" in all_text(app)


def test_choice_goes_into_the_address_and_survives_another_page(app):
    app.run()
    app.selectbox(key="structure").select("mgb2").run()
    assert app.query_params["structure"] == "mgb2"
    app.switch_page("pages/model.py").run()
    app.switch_page("pages/predict.py").run()
    assert "MgB<sub>2</sub>" in all_text(app)


def test_unknown_structure_in_the_address(app):
    app.query_params["structure"] = "mgb<b>"
    app.run()
    assert not app.exception
    assert "has no structure" in app.error[0].value
    assert "mgb2" in app.error[0].value
    assert "<b>" not in app.error[0].value


def test_without_figures_the_page_says_so(app, monkeypatch):
    with_metrics(monkeypatch, {})
    app.query_params["structure"] = H3S
    app.run()
    assert "Nobody has measured how far" in all_text(app)


def test_upload_stays_and_a_bad_one_changes_nothing(app, mgb2):
    app.run()
    upload(app, mgb2.to(fmt="cif").encode(), "mine.cif")
    assert "MgB<sub>2</sub>" in all_text(app)
    upload(app, b"no structure at all", "broken.cif")
    assert "broken\\.cif" in app.error[0].value
    assert "MgB<sub>2</sub>" in all_text(app)
    app.switch_page("pages/model.py").run()
    app.switch_page("pages/predict.py").run()
    assert not app.exception
    assert "MgB<sub>2</sub>" in all_text(app)


def test_upload_replaces_the_entry_and_gives_way_to_it(app, disordered):
    app.query_params["structure"] = H3S
    app.run()
    upload(app, disordered.to(fmt="cif").encode(), "lsco.cif")
    assert app.selectbox(key="structure").value is None
    assert "No POSCAR" in all_text(app)
    app.selectbox(key="structure").select("mgb2").run()
    assert "MgB<sub>2</sub>" in all_text(app)
    next(button for button in app.button if "lsco" in button.label).click().run()
    assert "La<sub>1.85</sub>" in all_text(app)


def test_predict_page_says_whether_the_model_has_seen_the_like(app, mgb2):
    app.query_params["structure"] = "mgb2"
    app.run()
    assert "lies inside the applicability domain" in all_text(app)
    stretched = Structure(mgb2.lattice.scale(40 * mgb2.volume), mgb2.species, mgb2.frac_coords)
    upload(app, stretched.to(fmt="cif").encode(), "stretched.cif")
    assert not app.exception
    assert "lies outside the applicability domain" in all_text(app)


STUDIES = ("predict", "element_swap", "lattice_dome", "lattice_map", "hydrogen_network")


@pytest.mark.parametrize("page", STUDIES)
def test_terms_are_named_with_a_tooltip_and_a_link_to_the_model_page(app, page):
    app.run().switch_page(f"pages/{page}.py")
    app.query_params["structure"] = H3S
    app.run()
    [named] = [one for one in app.caption if "(model#terms)" in one.value]
    assert "90\u202f% interval, applicability domain" in named.value
    assert "$T_c$ is a guess" in named.proto.help
    assert "guess" not in named.value


def test_model_page_explains_every_term(app):
    app.run().switch_page("pages/model.py").run()
    text = all_text(app)
    assert all(f"**{term.word}.** {term.text}" in text for term in TERMS.values())
    assert "terms" in [header.proto.anchor for header in app.header]


def test_element_without_radius_is_not_predicted(app):
    coords = [[0, 0, 0], [0, 0, 0.28], [0, 0, 0.72]]
    xenon = Structure(Lattice.tetragonal(4.3, 7), ["Xe", "F", "F"], coords)
    app.run()
    upload(app, xenon.to(fmt="cif").encode(), "xef2.cif")
    assert not app.exception
    assert "Not predicted" in all_text(app)
    assert "Xe is not predicted" in app.error[0].value


@pytest.mark.parametrize(
    ("formula", "text", "html"),
    [
        ("MgB2", "MgB₂", "MgB<sub>2</sub>"),
        (
            "La1.85Sr0.15Cu1O4",
            "La₁.₈₅Sr₀.₁₅CuO₄",
            "La<sub>1.85</sub>Sr<sub>0.15</sub>CuO<sub>4</sub>",
        ),
        ("H10", "H₁₀", "H<sub>10</sub>"),
    ],
)
def test_formulas(formula, text, html):
    assert labels.formula_text(formula) == text
    assert labels.formula_html(formula) == html


def test_space_groups():
    overlined = '<span style="text-decoration:overline">3</span>'
    assert labels.space_group_html("Fm-3m") == f"Fm{overlined}m"
    assert labels.space_group_html("P6_3/mmc") == "P6<sub>3</sub>/mmc"
    assert labels.space_group_math("P-62m") == r"$\mathsf{P\bar{6}2m}$"


def test_catalogue_labels_are_found_by_typing():
    texts = {entry.entry_id: labels.entry_label(entry) for entry in load_catalogue()}
    assert len(set(texts.values())) == len(texts)
    assert all(texts.values())
    assert texts[H3S].startswith("H3S · Im-3m · 200 GPa")


# --- the maps -----------------------------------------------------------------------------------

MAP_PAGES = {
    "pages/element_swap.py": "Element swap",
    "pages/lattice_dome.py": "Lattice dome",
    "pages/lattice_map.py": "Lattice map",
}


def on_page(app, page, **query):
    """Open a page by a link; the harness has no browser that would read the address first."""
    app.run().switch_page(page)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


@pytest.mark.parametrize("page", MAP_PAGES)
def test_map_pages_open_and_a_preset_draws(app, page):
    on_page(app, page)
    assert not app.exception
    assert MAP_PAGES[page] in all_text(app)
    assert len(app.get("plotly_chart")) == 1  # empty axes
    app.button[0].click().run()
    assert not app.exception
    assert not app.error
    assert app.get("plotly_chart")
    assert app.query_params["structure"]


def test_link_shows_the_same_swap_map(app):
    query = {"from": "Li", "to": "H", "x": "Mg1, site 1", "y": "Mg1, site 2", "elements": "s block"}
    on_page(
        app,
        "pages/element_swap.py",
        structure="li2mgh16-fd-3m-250gpa",
        picked="Na-H",
        order="Mendeleev number",
        **query,
    )
    assert not app.exception
    assert app.multiselect(key="x").value == ["Mg1, site 1"]
    assert app.selectbox(key="order").value == "Mendeleev number"
    assert "NaH₃₇" in all_text(app)
    assert set(app.dataframe[0].value["X"]) <= {"H", "Li", "Na", "K", "Rb", "Cs", "Be", "Mg"} | {
        "Ca", "Sr", "Ba", "Fr", "Ra", "He",
    }  # fmt: skip


def test_filters_of_the_best_materials(app):
    query = {"x": "S1 (1 site)", "holding": ["Se", "Te"], "best": "5"}
    on_page(app, "pages/element_swap.py", structure=H3S, **query)
    assert set(app.dataframe[0].value["X"]) == {"Se", "Te"}
    app.multiselect(key="holding").set_value(["He"]).run()
    assert not app.exception
    assert any("No predicted material" in info.value for info in app.info)


def test_link_with_nonsense_does_no_harm(app):
    query = {"x": "<b>", "y": "Mg9", "picked": "Qq-<b>", "elements": "air", "best": "many"}
    on_page(app, "pages/element_swap.py", structure=H3S, **query)
    assert not app.exception
    assert app.multiselect(key="x").value == ["S1 (1 site)"] or app.error


def test_sites_of_the_last_structure_are_forgotten(app):
    on_page(app, "pages/element_swap.py", structure=H3S, x="S1 (1 site)")
    app.selectbox(key="structure").select("mgb2").run()
    assert not app.exception
    assert app.multiselect(key="x").value == ["Mg1 (1 site)"]


def test_same_site_for_x_and_y_is_refused(app):
    on_page(app, "pages/element_swap.py", structure=H3S, x="S1 (1 site)", y="S1 (1 site)")
    assert "twice" in app.error[0].value


def test_upload_is_in_the_address_and_a_link_brings_it_back(app, mgb2):
    on_page(app, "pages/lattice_dome.py")
    upload(app, mgb2.to(fmt="cif").encode(), "mine.cif")
    assert not app.exception
    assert app.get("plotly_chart")
    code, name = app.query_params["cell"], app.query_params["name"]
    other = AppTest.from_file(str(APP), default_timeout=60)
    on_page(other, "pages/predict.py", cell=code, name=name)
    assert "MgB<sub>2</sub>" in all_text(other)
    assert "mine\\.cif" in all_text(other)


def test_a_broken_link_is_said(app):
    on_page(app, "pages/predict.py", cell="AAAA", name="<b>")
    assert not app.exception
    assert "cut off or changed" in app.error[0].value


def test_upload_too_large_for_a_link_is_said(app):
    crystal = Structure(Lattice.cubic(22), ["Nb"] * 400, well_apart(400))
    app.run()
    upload(app, crystal.to(fmt="cif").encode(), "large.cif")
    assert "cell" not in app.query_params
    assert any("too large for a link" in caption.value for caption in app.caption)


def well_apart(n):
    """Positions without symmetry, none near another."""
    rng = np.random.default_rng(1)
    grid = np.stack(np.meshgrid(*[np.arange(8)] * 3), -1).reshape(-1, 3)[:n] / 8
    return grid + rng.uniform(-0.02, 0.02, grid.shape)


def test_material_of_the_map_can_be_taken_to_other_pages(app):
    on_page(app, "pages/element_swap.py", structure=H3S, x="S1 (1 site)", picked="Se-S")
    assert "H₃Se" in all_text(app)
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    assert {"Predict", "Dome", "Lattice map"} <= set(links)
    query = {key: values[0] for key, values in parse_qs(links["Predict"]).items()}
    other = AppTest.from_file(str(APP), default_timeout=60)
    on_page(other, "pages/predict.py", **query)
    assert "H<sub>3</sub>Se" in all_text(other)


def test_work_goes_on_where_it_was_left():
    work = background_work.start((share / 4, share) for share in range(1, 5))
    assert (work.share, work.result) == (0.25, 1)
    work.advance()
    assert (work.share, work.result) == (0.5, 2)
    for _ in range(5):
        work.advance()
    assert (work.share, work.result) == (1.0, 4)


def test_a_point_of_a_lattice_map_is_a_structure_for_other_pages(app):
    query = {"picked": ["3.5000", "6.0000"]}
    on_page(app, "pages/lattice_map.py", structure="li2mgh16-p-3m1-300gpa", **query)
    assert not app.exception
    heading = [one.value for one in app.subheader if "Å" in one.value]
    assert len(heading) == 1
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    query = {key: values[0] for key, values in parse_qs(links["H–H network"]).items()}
    lattice = structure_from_code(query["cell"]).lattice
    assert lattice.a == pytest.approx(3.5, abs=0.1)
    assert lattice.c == pytest.approx(6.0, abs=0.1)
    assert f"{lattice.a:.3f}" in heading[0]


def test_dome_link_compares_structures(app):
    other = "li2mgh16-p-3m1-300gpa"
    query = {"with": other, "axis": "volume per atom"}
    on_page(app, "pages/lattice_dome.py", structure="li2mgh16-fd-3m-250gpa", **query)
    assert app.multiselect(key="with").value == [other]
    assert len(app.table[0].value) == 2
