"""The page of hydrogen networks, run by Streamlit's own test harness."""

from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app.py"
PAGE = "pages/hydrogen_network.py"
P3M1 = "li2mgh16-p-3m1-300gpa"
PRESETS = {  # network; components, of which H2 units and lone H, of the stretched lattice
    "Li₂MgH₁₆ P-3m1 as given": ("2D, layers", "1", "0", "0"),
    "at *c* = 8 Å": ("2D, layers", "6", "0", "4"),
    "at *a* = *b* = 6 Å": ("0D, molecules", "8", "8", "0"),
    "LaH₁₀": ("3D, framework", "1", "0", "0"),
    "YH₆": ("3D, framework", "1", "0", "0"),
    "YH₉": ("3D, framework", "1", "0", "0"),
    "CaH₆": ("3D, framework", "1", "0", "0"),
    "H₃S at 1.6 Å": ("3D, framework", "1", "0", "0"),
}
ROWS = ["Network", "Components", "H₂ units", "Lone H"]


@pytest.fixture
def app():
    return AppTest.from_file(str(APP), default_timeout=60)


def opened(app, **query):
    """Open the page by a link; the harness has no browser that would read the address first."""
    app.run().switch_page(PAGE)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def numbers(app, column=None):
    """Of the stretched lattice, or of the one as given where nothing is stretched."""
    table = app.table[0].value
    return table[column or table.columns[-1]]


def words(app):
    kinds = (app.markdown, app.caption, app.error, app.warning, app.info, app.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


def test_page_says_what_the_network_stands_in_for(app):
    opened(app)
    assert not app.exception
    assert "Nat. Commun. 12, 5381 (2021)" in words(app)
    assert len(app.get("plotly_chart")) == 1  # empty axes


def test_presets_one_after_the_other_give_the_networks_of_the_paper(app):
    opened(app)
    for label, expected in PRESETS.items():
        press(app, label)
        assert not app.exception
        assert not app.error, label
        assert tuple(numbers(app)[ROWS]) == expected, label
        assert numbers(app, "As given")["Network"] != "0D, molecules", label
    assert not app.warning


def test_cages_of_the_clathrates(app):
    opened(app)
    for label, cage in {"LaH₁₀": "La: 32 H", "YH₆": "Y: 24 H", "CaH₆": "Ca: 24 H"}.items():
        press(app, label)
        assert cage in numbers(app)["Cages: number, size, mean radius"]


def test_stretched_appears_once_something_is_stretched(app):
    opened(app, structure=P3M1)
    assert list(app.table[0].value) == ["As given"]
    assert "stretched" not in words(app).lower()
    assert "Move a slider" in words(app)
    app.slider(key="at_c").set_value(8.0).run()
    assert list(app.table[0].value) == ["As given", "Stretched"]
    assert "Stretched: $T_c$" in words(app)
    assert "Move a slider" not in words(app)
    app.slider(key="at_c").set_value(round(5.313, 2)).run()
    assert list(app.table[0].value) == ["As given"]


def test_slider_moves_network_and_tc_together(app):
    opened(app, structure=P3M1)
    before = dict(numbers(app))
    app.slider(key="at_c").set_value(8.0).run()
    after = numbers(app)
    assert after["$T_c$ (K)"] != before["$T_c$ (K)"]
    assert after["Lone H"] == "4"
    assert dict(numbers(app, "As given")) == before


def test_link_brings_the_same_page_back(app):
    opened(app, structure=P3M1, at_a="6", along="a", cutoff="1.3", cells_c="2", cages="false")
    assert not app.exception
    assert app.slider(key="at_a").value == 6.0
    assert app.segmented_control(key="along").value == "a"
    assert app.slider(key="cutoff").value == 1.3
    assert app.selectbox(key="cells_c").value == 2
    assert app.toggle(key="cages").value is False
    assert numbers(app)["H₂ units"] == "8"


def test_nonsense_in_a_link_does_no_harm(app):
    opened(app, structure=P3M1, at_a="wide", at_c="-4", cutoff="99", along="<b>", density="<b>")
    assert not app.exception
    assert app.table


def test_another_structure_is_shown_as_given(app):
    opened(app, structure=P3M1, at_c="8")
    app.selectbox(key="structure").select("yh9-p63mmc-201gpa").run()
    assert list(app.table[0].value) == ["As given"]
    app.selectbox(key="structure").select("h3s-im-3m-200gpa").run()
    assert app.slider(key="at_scale").value == 1.0
    assert numbers(app)["Lone H"] == "3"  # at 1.4 Å


def test_without_hydrogen_it_says_what_to_do(app):
    opened(app, structure="mgb2")
    assert not app.exception
    assert "MgB₂ holds no hydrogen" in words(app)
    assert "Choose a hydride" in words(app)
    assert not app.table


def test_lattice_outside_what_was_seen_is_said(app):
    opened(app, structure="h3s-im-3m-200gpa", at_scale="2.5")
    assert "the applicability domain**" in words(app)
    assert numbers(app)["Applicability domain"] == "outside"


def test_stretched_structure_can_be_taken_to_other_pages(app):
    opened(app, structure=P3M1, at_c="8")
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    query = {key: values[0] for key, values in parse_qs(links["H–H network"]).items()}
    other = AppTest.from_file(str(APP), default_timeout=60)
    opened(other, **query)
    assert not other.exception
    assert tuple(numbers(other, "As given")[ROWS]) == PRESETS["at *c* = 8 Å"]


def test_density_is_drawn_where_it_is_asked_for(app):
    opened(app, structure="h3s-im-3m-200gpa", density="charge", level="20")
    assert not app.exception
    assert not app.slider(key="level").disabled
    assert np.isclose(app.slider(key="level").value, 20)
