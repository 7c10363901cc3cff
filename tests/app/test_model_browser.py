"""The Model page in a real browser: a click on a point of the parity plot opens its material."""

import pandas as pd
import pytest
from support.browser import (
    NEEDS_BROWSER,
    ROOT,
    click_point,
    served_app,
)
from support.evaluated_model import write_evaluated_model

pytestmark = NEEDS_BROWSER

PARTS = ("app.py", "server.py", "pages", "tcexplore", "static", ".streamlit")


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """A folder like this repository whose model was evaluated."""
    root = tmp_path_factory.mktemp("app")
    for name in PARTS:
        (root / name).symlink_to(ROOT / name)
    (root / "models").mkdir()
    return write_evaluated_model(root / "models")


@pytest.fixture(scope="module")
def model_address(evaluated):
    yield from served_app(evaluated.parents[1])


def alone(lines, least=100):
    """Return a line with no other near it in the plot, and a Tc above some kelvin."""
    for label, line in lines[lines["tc"] > least].iterrows():
        apart = (lines["tc"] - line["tc"]).abs() + (lines["tcexplore"] - line["tcexplore"]).abs()
        if (apart.drop(label) > 15).all():
            return label, line
    raise AssertionError("every point has a neighbour")


def test_click_on_a_point_opens_its_material_and_its_link_does_too(page, model_address, evaluated):
    lines = pd.read_csv(evaluated / "predictions.csv", keep_default_na=False, na_values=[""])
    label, line = alone(lines[lines["split"] == "chemical_system"])
    page.goto(model_address)
    page.get_by_role("heading", name="At which temperature").wait_for()
    page.get_by_role("link", name="Model", exact=True).click()
    page.get_by_role("heading", name="Largest errors").wait_for()
    page.locator(".js-plotly-plot .legend").first.wait_for()
    page.get_by_text("has the published sign").wait_for()  # the page's slow part
    failures = page.get_by_role("heading", name="Largest errors")
    click_point(page, line["tc"], line["tcexplore"], lambda: not failures.count())
    page.wait_for_url(f"**picked={label}**")
    said = f"{line['tcexplore'] - line['tc']:+.1f}".replace("-", "−")
    page.get_by_role("cell", name=said, exact=True).first.wait_for()
    assert page.problems == []
    assert page.outside == []

    link = page.url
    page.goto("about:blank")
    page.goto(link)
    page.get_by_role("cell", name=said, exact=True).first.wait_for()
