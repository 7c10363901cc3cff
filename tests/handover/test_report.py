"""Report of a candidate: one file with all that the pages say, without anything from elsewhere."""

import base64
import re
from datetime import UTC, datetime

import pytest
from pymatgen.core import Lattice, Structure

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.structure import StructureError
from tcexplore.handover.report import build_candidate, report_html
from tcexplore.io.load import load_structure
from tcexplore.model.predictor import load_predictor

MADE = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


def report_of(predictor, entry_id):
    entry = catalogue_entry(entry_id)
    candidate = build_candidate(
        predictor, entry.structure(), entry_id, entry=entry, stated_pressure=entry.pressure
    )
    return candidate, report_html(candidate, made=MADE)


def text_of(html):
    """Return the words of a page without its scripts and tags."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", "", bare).split())


@pytest.fixture(scope="module")
def lah10(predictor):
    return report_of(predictor, "lah10-fm-3m-150gpa")


def test_the_report_says_what_the_pages_say(lah10):
    candidate, html = lah10
    prediction, text = candidate.prediction, text_of(html)
    for words in (
        f"Tc = {prediction.tc:.0f} K predicted",
        f"interval {prediction.tc_low:.0f} to {prediction.tc_high:.0f} K",
        f"In training: yes; without its chemical system the model says"
        f" {prediction.tc_held_out:.0f}",
        "Pressure: 150 GPa, stated; the volume says about",
        "Reported: 249 K, measured",
        "lies inside the applicability domain",
        "has its maximum, ",
        "3D, framework",
        "1 × La: 32 H",
        "Nearest known superconductors",
        "lah10-fm-3m-150gpa, of the catalogue of tcexplore; 150 GPa",
        "Model: cvcnn-3. tcexplore 0.",
        "Made on 5 November 2026, 09:30 UTC.",
        "arXiv:2301.10474",
    ):
        assert words in text
    assert "$" not in text
    assert "**" not in text


def test_the_file_needs_nothing_from_elsewhere_and_stays_small(lah10):
    _, html = lah10
    assert len(html) < 6e6
    assert html.count("plotly.js v") == 1
    without_scripts = re.sub(r"<script\b.*?</script>", "", html, flags=re.S)
    assert not re.findall(r"<(?:link|img|iframe|script)\b[^>]*", without_scripts)
    assert not re.findall(r"<script[^>]*\bsrc=", html)


def test_the_cif_within_gives_the_same_tc(lah10, predictor):
    candidate, html = lah10
    [code] = re.findall(r'href="data:chemical/x-cif;base64,([^"]+)"', html)
    [found] = predictor([load_structure(base64.b64decode(code))])
    assert found.tc == pytest.approx(candidate.prediction.tc, abs=0.01)


def test_a_material_without_hydrogen_has_a_dome_over_its_lattice_and_no_network(predictor):
    candidate, html = report_of(predictor, "la1p85sr0p15cuo4")
    text = text_of(html)
    assert candidate.dome_axis == "lattice parameter"
    assert "On other lattices" in text
    assert "La1.85Sr0.15CuO4" in text
    assert "Hydrogen network" not in text


def test_names_and_warnings_of_a_file_are_shown_as_they_are(predictor, mgb2):
    mgb2.properties["warnings"] = ("D is <b>hydrogen</b> & more.",)
    name = "<script>alert(1)</script>.cif"
    html = report_html(build_candidate(predictor, mgb2, name), made=MADE)
    assert name not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.cif, a structure of the user" in html
    assert "D is &lt;b&gt;hydrogen&lt;/b&gt; &amp; more." in html
    assert "pressure not known" in html


def test_a_structure_that_is_not_predicted_has_no_report(predictor):
    xenon = Structure(Lattice.cubic(6), ["Xe"], [[0, 0, 0]])
    with pytest.raises(StructureError):
        build_candidate(predictor, xenon, "xenon.cif")
