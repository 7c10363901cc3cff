"""Maps beside their material: pairs by selection, a second map, ranges of the colours."""

import pytest
from support.app_page import page, text_of

SWAP = {
    "structure": "mgh13-fm-3m-200gpa", "x": "Mg1 (1 site)", "y": "H2 (1 site)",
    "elements": "alkaline earths",
}  # fmt: skip


def coloured(app, name="Tc"):
    """Return the cells of the map by the name of their quantity."""
    import json

    for chart in app.get("plotly_chart"):
        for trace in json.loads(chart.proto.spec)["data"]:
            if trace["type"] == "heatmap" and trace["name"] == name:
                return trace
    raise AssertionError(f"no map of {name}")


def test_a_pair_is_chosen_without_a_click():
    app = page("element_swap", **SWAP)
    assert "Click a cell of the map, or choose X and Y" in text_of(app)
    app.selectbox(key="pair_x").select("Ca").run()
    assert app.query_params["picked"] == "Ca-Ca"
    app.selectbox(key="pair_y").select("Be").run()
    assert app.query_params["picked"] == "Ca-Be"
    assert "CaBeH₁₂: $T_c$" in text_of(app)
    assert "Applicability domain: **" in text_of(app)
    app.query_params["picked"] = "Sr-Ca"  # as a click writes it
    app.run()
    assert app.selectbox(key="pair_x").value == "Sr"
    assert "SrCaH₁₂: $T_c$" in text_of(app)
    app.query_params["picked"] = "La-Lu"  # not among the elements shown
    app.run()
    assert app.selectbox(key="pair_x").value is None


def test_one_swapped_site_has_one_choice():
    app = page("element_swap", structure="h3s-im-3m-200gpa", x="S1 (1 site)", elements="halogens")
    app.selectbox(key="pair_x").select("Cl").run()
    assert "H₃Cl: $T_c$" in text_of(app) or "ClH₃: $T_c$" in text_of(app)


def test_a_second_map_and_the_difference():
    at_pressure = "own volume at a pressure"
    app = page("element_swap", **SWAP, compare="true", lattices_2=at_pressure, gpa_map_2="150")
    own = coloured(app)
    app.segmented_control(key="colours").set_value("other Tc").run()
    other = coloured(app, "other Tc")
    app.segmented_control(key="colours").set_value("difference").run()
    difference = coloured(app, "difference")
    alone = page("element_swap", **SWAP, lattices=at_pressure, gpa_map="150")
    assert other["z"] == coloured(alone)["z"]
    assert own["z"] != other["z"]
    assert difference["zmin"] == -difference["zmax"]
    assert "compare" not in page("element_swap", **SWAP).query_params


@pytest.mark.parametrize(
    ("page_name", "query"),
    [("element_swap", SWAP), ("lattice_map", {"structure": "mgb2", "a": "3", "c": "3"})],
)
def test_ranges_of_the_colours(page_name, query):
    app = page(page_name, **query)
    automatic = coloured(app)["zmax"]
    app.toggle(key="fixed").set_value(True).run()
    assert app.number_input(key="to_value").value == pytest.approx(automatic, abs=0.1)
    app.number_input(key="from_value").set_value(20.0).run()
    app.number_input(key="to_value").set_value(60.0).run()
    assert (coloured(app)["zmin"], coloured(app)["zmax"]) == (20, 60)
    app.number_input(key="to_value").set_value(10.0).run()
    assert "A range from 20 to 10; the second must be the larger one." in text_of(app)
    assert coloured(app)["zmax"] == automatic


def test_a_fixed_range_stays_when_other_elements_are_shown():
    app = page("element_swap", **SWAP)
    app.toggle(key="fixed").set_value(True).run()
    fixed = coloured(app)["zmax"]
    app.selectbox(key="elements").select("halogens").run()
    assert coloured(app)["zmax"] == fixed
    app.toggle(key="fixed").set_value(False).run()
    assert coloured(app)["zmax"] != fixed
