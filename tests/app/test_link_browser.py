"""Links and the Back button in a real browser: what was wrong is said, one change is one step."""

import re

import pytest
from support.browser import NEEDS_BROWSER, click_point, new_page, rest, wait_until

pytestmark = NEEDS_BROWSER
H3S, P3M1 = "structure=h3s-im-3m-200gpa", "structure=li2mgh16-p-3m1-300gpa"
SHOWN = """() => {
  const each = (selector, value) => [...document.querySelectorAll(selector)].map(value).join("|");
  return [
    each("[role=combobox]", (box) => box.value), each("[data-tag]", (tag) => tag.innerText),
    each("input[type=range]", (thumb) => thumb.value),
    each("input[type=checkbox]", (box) => box.checked),
    each("h1, h2, h3", (head) => head.innerText),
    each("[aria-checked=true], [aria-pressed=true]", (button) => button.innerText),
  ];
}"""


@pytest.fixture
def page(chromium):
    page = new_page(chromium, width=1280)
    yield page
    page.context.close()


def choose(page, name, option):
    box = page.get_by_role("combobox", name=name, exact=True)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option).first.click()


def move(page, name):
    page.get_by_role("slider", name=name).first.focus()
    page.keyboard.press("ArrowRight")


def take_example(page):
    page.get_by_role("button", name="Examples").click()
    page.get_by_role("button", name="H₃S: X on S").click()


def choose_elements(page):
    page.get_by_role("button", name="Periodic table").first.click()
    page.locator(".groups button", has_text="halogens").click()


# What stands in the address before, and what the user does.
CHANGES = {
    "example of the first page": ("", lambda page: page.get_by_role("button", name="MgB₂").click()),
    "structure": (f"?{H3S}", lambda page: choose(page, "Structure from the catalogue", "MgB2")),
    "elements of a swap": (
        f"swap?{H3S}&elements=halogens", lambda page: choose(page, "Elements", "s block")),
    "pair of a swap": (f"swap?{H3S}&elements=halogens", lambda page: choose(page, "X", "Cl")),
    "structure of a swap": (
        f"swap?{H3S}&x=H1+%283+sites%29&elements=halogens",
        lambda page: choose(page, "Structure from the catalogue", "MgB2")),
    "example of a swap": (f"swap?{H3S}&elements=halogens", take_example),
    "axis of a dome": (
        f"dome?{H3S}", lambda page: choose(page, "Along the axis", "volume per atom")),
    "range of a map": (f"map?{P3M1}", lambda page: move(page, "a (Å)")),
    "lattice of a network": (f"network?{P3M1}", lambda page: move(page, "c (Å)")),
    "structure of a network": (
        f"network?{P3M1}&at_c=8", lambda page: choose(page, "Structure from the catalogue", "YH9")),
    "elements of a search": (f"search?{H3S}", choose_elements),
    "goal of a design": (f"design?{H3S}", lambda page: choose(page, "Move", "lattice only")),
    "axes of the model page": (
        "model", lambda page: page.get_by_text("Logarithmic axes", exact=True).click()),
    "page": (
        f"map?{P3M1}",
        lambda page: page.get_by_role("banner").get_by_role("link", name="Dome").click()),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_back_undoes_one_change_in_one_step(page, address, change):
    query, act = CHANGES[change]
    page.goto(f"{address}/{query}")
    rest(page)
    before, length = (page.url, page.evaluate(SHOWN)), page.evaluate("history.length")
    act(page)
    wait_until(page, lambda: page.url != before[0])
    rest(page)
    after = page.url, page.evaluate(SHOWN)
    assert page.evaluate("history.length") == length + 1
    page.go_back()
    rest(page)
    assert (page.url, page.evaluate(SHOWN)) == before
    page.go_forward()
    rest(page)
    assert (page.url, page.evaluate(SHOWN)) == after


def test_back_takes_a_click_on_a_map_away(page, address):
    page.goto(f"{address}/map?{P3M1}")
    rest(page)
    clicked = page.get_by_text("Clicked lattice")
    click_point(page, 4.0, 5.0, clicked.count)
    page.go_back()
    page.get_by_text("Maximum; click for another").wait_for()
    assert "picked" not in page.url
    click_point(page, 4.0, 5.0, clicked.count)  # the same point again


def test_two_changes_are_undone_one_after_the_other(page, address):
    page.goto(f"{address}/design?{H3S}")
    rest(page)
    choose(page, "Move", "lattice only")
    page.wait_for_url("**move=lattice+only**")
    rest(page)
    choose(page, "Look for", "highest lower")
    page.wait_for_url("**goal=**")
    rest(page)
    page.go_back()
    rest(page)
    assert "goal" not in page.url
    assert "move=lattice" in page.url
    page.go_back()
    rest(page)
    assert "move" not in page.url


@pytest.mark.parametrize(
    ("query", "sentence", "act"),
    [
        (f"swap?{H3S}&elements=halogens&x=Foo1", "“Foo1”, which H₃S does not have; shown: S1",
         lambda page: choose(page, "Order of the axes", "Mendeleev")),
        (f"map?{H3S}&c=7&c=3", "runs from high to low; shown: 3 to 7",
         lambda page: move(page, "c")),
        (f"network?{P3M1}&at_c=99", "is not within 3.2 to 13.8",
         lambda page: page.get_by_text("Cages", exact=True).click()),
        (f"search?{H3S}&elements1=Xx-La", "in which not all are elements", choose_elements),
        (f"design?{H3S}&starts=many", "“many”, which is no number",
         lambda page: choose(page, "Move", "lattice only")),
        ("model?split=nosuch", "is not among its choices",
         lambda page: page.get_by_text("Logarithmic axes", exact=True).click()),
    ],
    ids=["site", "range", "slider", "elements", "number", "choice"],
)  # fmt: skip
def test_bad_link_is_said_until_the_user_changes_something(page, address, query, sentence, act):
    page.goto(f"{address}/{query}")
    note = page.get_by_test_id("stAlert").filter(has_text=re.compile("The link (sets|asks)"))
    note.filter(has_text=sentence).wait_for()
    rest(page)
    act(page)
    note.wait_for(state="detached")
    rest(page)
    assert note.count() == 0


def test_range_of_a_link_is_turned_round_on_its_slider(page, address):
    page.goto(f"{address}/map?{H3S}&c=7&c=3")
    rest(page)
    ends = page.get_by_role("slider", name="c (Å)").evaluate_all(
        "all => all.map((thumb) => thumb.value)"
    )
    assert ends == ["3", "7"]
