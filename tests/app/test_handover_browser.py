"""Report opened from a file: both figures are drawn, and nothing is fetched from elsewhere."""

from support.browser import NEEDS_BROWSER, wait_until

from tcexplore.cli.main import main

pytestmark = NEEDS_BROWSER


def test_a_report_draws_its_figures_without_network(page, tmp_path):
    path = tmp_path / "report.html"
    assert main(["report", "h3s-im-3m-200gpa", "--out", str(path)]) == 0
    page.goto(path.as_uri())
    wait_until(page, lambda: page.locator(".js-plotly-plot .main-svg").count() >= 4)
    assert page.outside == [path.as_uri()]
    assert page.problems == []
    assert page.locator("#dome .scatterlayer .trace").count() > 2
