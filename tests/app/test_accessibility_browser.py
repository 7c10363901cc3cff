"""WCAG 2 A and AA on every page, light and dark, by axe: no finding that is serious or critical."""

import pytest
from support.browser import NEEDS_BROWSER, PATIENCE, ROOT, new_page

AXE = ROOT / "tests" / "support" / "axe.min.js"
pytestmark = [
    *NEEDS_BROWSER,
    pytest.mark.skipif(not AXE.is_file(), reason="axe is not fetched: make axe"),
]
H3S, P3M1 = "structure=h3s-im-3m-200gpa", "structure=li2mgh16-p-3m1-300gpa"
PAGES = {
    "": "the first page", f"?{H3S}": "Predict", "swap": "Element swap without a structure",
    f"swap?{H3S}": "Element swap", f"dome?{H3S}": "Dome", f"map?{P3M1}": "Lattice map",
    f"network?{P3M1}": "H–H network", f"search?{H3S}": "Search", "design": "Design",
    f"design?{H3S}": "Design of a crystal", "batch": "Batch", "runs": "Runs", "model": "Model",
}  # fmt: skip
AT_REST = """() => {
  const app = document.querySelector("[data-testid=stApp]");
  const waits = "[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]";
  return app && app.dataset.testScriptState === "notRunning" && !document.querySelector(waits)
    && document.querySelector("h1, h2");
}"""
GROUND = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
FINDINGS = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const {violations} = await axe.run(document, {runOnly: {type: "tag", values: tags}});
  return violations.filter(({impact}) => ["serious", "critical"].includes(impact)).flatMap(
    ({id, nodes}) => nodes.map(({html, any}) =>
      `${id}: ${html.slice(0, 160)} ${any[0] ? any[0].message.slice(0, 160) : ""}`)
  );
}"""


def findings(page):
    page.add_script_tag(path=str(AXE))
    return page.evaluate(FINDINGS)


@pytest.mark.parametrize("path", PAGES, ids=PAGES.get)
def test_no_serious_finding(address, chromium, path):
    page = new_page(chromium, width=1280, color_scheme="light")
    page.goto(f"{address}/{path}")
    page.wait_for_function(AT_REST, timeout=4 * PATIENCE)
    page.wait_for_timeout(500)
    found = findings(page)
    light = page.evaluate(GROUND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({GROUND})() !== light", arg=light)
    page.wait_for_timeout(500)
    found += findings(page)
    page.context.close()
    assert not found, "\n".join(found)


def test_axe_itself_finds_a_fault(page):
    page.set_content('<html lang="en"><title>x</title><p style="color:#ccc">pale</p>')
    assert any(found.startswith("color-contrast") for found in findings(page))
