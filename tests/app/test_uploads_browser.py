"""Uploads in a real browser: replacement, failure, several structures, notes and their links."""

import re
from urllib.parse import urlsplit

import pytest
from support.browser import NEEDS_BROWSER, new_page

pytestmark = NEEDS_BROWSER

START = "At which temperature"
BROKEN = b"data_broken\n_cell_length_a minus three\n"
NOTED = b"""data_MgB2
_symmetry_space_group_name_H-M 'P 6/m m m'
_cell_length_a 3.086
_cell_length_b 3.086
_cell_length_c 3.524
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 120
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Mg1 Mg 0 0 0
B1 B 0.333333 0.666667 0.5
"""
FRAMES = b"""2
Lattice="3 0 0 0 3 0 0 0 3" Properties=species:S:1:pos:R:3 pbc="T T T"
Na 0 0 0
Cl 1.5 1.5 1.5
2
Lattice="3 0 0 0 3 0 0 0 3" Properties=species:S:1:pos:R:3 pbc="T T T"
Pd 0 0 0
H 1.5 1.5 1.5
"""
# Notes every text that the main column shows from now on.
RECORD = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  window.shown = [main.innerText];
  const record = () => window.shown.push(main.innerText);
  new MutationObserver(record).observe(main, {childList: true, subtree: true, characterData: true});
}"""
# Whether the middle of an element can be seen: in the window, and under nothing else.
SEEN = """element => {
  const {left, right, top, bottom} = element.getBoundingClientRect();
  const topmost = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return topmost !== null && element.contains(topmost);
}"""
STUDIES = {"Element swap": "swap", "Dome": "dome", "Lattice map": "map", "H–H network": "network"}


@pytest.fixture
def phone(chromium):
    page = new_page(chromium)
    page.set_viewport_size({"width": 400, "height": 850})
    yield page
    page.context.close()


def upload(page, name, content):
    file = {"name": name, "mimeType": "text/plain", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)


def open_start(page, address):
    page.goto(address)
    page.get_by_role("heading", name=START).wait_for()


def show(page, formula):
    """Wait until the title begins with a formula; the name of the file stands behind it."""
    title = page.get_by_test_id("stMain").locator("h1", has_text=re.compile(rf"^\s*{formula}"))
    title.wait_for()


def alert_with(page, text):
    """Return the message in the main column that holds some words."""
    return page.get_by_test_id("stMain").get_by_role("alert").filter(has_text=text)


def test_a_good_file_replaces_a_good_one_without_the_start_page(page, address, mgb2, triclinic):
    open_start(page, address)
    upload(page, "first.cif", mgb2.to(fmt="cif").encode())
    show(page, "MgB2")
    page.get_by_text("predicted", exact=True).wait_for()
    page.evaluate(RECORD)
    upload(page, "second.cif", triclinic.to(fmt="cif").encode())
    show(page, "YH2S")
    page.get_by_text("Shown: second.cif").wait_for()
    shown = page.evaluate("window.shown")
    assert any("MgB2" in text for text in shown)
    assert not any(START in text for text in shown)
    assert "name=second.cif" in page.url


def test_a_broken_file_is_said_in_the_main_column_and_changes_nothing(page, address, mgb2):
    open_start(page, address)
    upload(page, "good.cif", mgb2.to(fmt="cif").encode())
    show(page, "MgB2")
    page.wait_for_url("**name=good.cif**")
    link = page.url
    page.evaluate(RECORD)
    upload(page, "broken.cif", BROKEN)
    alert = alert_with(page, "was not read")
    alert.wait_for()
    assert "broken.cif" in alert.inner_text()
    assert "Still shown: MgB₂, good.cif" in alert.inner_text()
    show(page, "MgB2")
    page.get_by_text("predicted", exact=True).wait_for()
    assert not any(START in text for text in page.evaluate("window.shown"))
    assert page.url == link


def test_on_a_phone_a_broken_file_is_seen_when_the_sidebar_is_closed(phone, address, mgb2):
    open_start(phone, address)
    upload(phone, "good.cif", mgb2.to(fmt="cif").encode())
    show(phone, "MgB2")
    upload(phone, "broken.cif", BROKEN)
    alert = alert_with(phone, "was not read")
    alert.wait_for()
    phone.wait_for_timeout(1000)  # the sidebar slides
    assert alert.evaluate(SEEN)
    assert phone.get_by_test_id("stMain").locator("h1", has_text="MgB2").evaluate(SEEN)


def test_a_file_with_two_structures_offers_both(page, address):
    open_start(page, address)
    upload(page, "frames.xyz", FRAMES)
    page.get_by_text("frames.xyz holds 2 structures").wait_for()
    page.get_by_role("heading", name=START).wait_for()  # none is taken silently
    page.get_by_role("combobox", name="Which structure", exact=True).click()
    page.get_by_role("option").nth(1).click()
    show(page, "HPd")
    page.wait_for_url("**cell=**")
    page.reload()
    show(page, "HPd")


def test_notes_on_reading_stay_on_every_page_and_in_its_link(page, address):
    open_start(page, address)
    upload(page, "noted.cif", NOTED)
    show(page, "MgB2")
    note = alert_with(page, "no symmetry operations")
    note.wait_for()
    text = note.inner_text()
    for name, path in STUDIES.items():
        page.get_by_role("banner").get_by_role("link", name=name).click()
        page.wait_for_url(f"**/{path}?**")
        note.wait_for()
        assert note.inner_text() == text
        assert "cell=" in urlsplit(page.url).query
        page.reload()
        note.wait_for()
        assert note.inner_text() == text
