"""Structures in links: there and back, and what was tampered with."""

import base64
import json
import zlib

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.structure import StructureError
from tcexplore.io.url_code import (
    LONGEST_CODE,
    LONGEST_NOTE,
    MOST_NOTES,
    reading_notes,
    structure_code,
    structure_from_code,
)
from tcexplore.model.predictor import load_predictor

CUBE = [3, 0, 0, 0, 3, 0, 0, 0, 3]


def packed(content):
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode()


def test_there_and_back(any_structure):
    code = structure_code(any_structure)
    assert code is not None
    assert set(code) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    back = structure_from_code(code)
    np.testing.assert_allclose(back.lattice.matrix, any_structure.lattice.matrix, atol=1e-7)
    np.testing.assert_allclose(back.frac_coords, any_structure.frac_coords, atol=1e-6)
    for site, other in zip(back, any_structure, strict=True):
        assert site.species.almost_equals(other.species, atol=1e-5)


def test_a_link_predicts_what_the_file_does(any_structure):
    predictor = load_predictor()
    back = structure_from_code(structure_code(any_structure))
    here, there = predictor([any_structure, back])
    assert there.cell.space_group_number == here.cell.space_group_number
    assert there.tc == pytest.approx(here.tc, abs=0.01)


def test_fifty_sites_fit_and_five_hundred_do_not(rng):
    def crystal(n):
        return Structure(Lattice.cubic(3.0 * n ** (1 / 3)), ["H"] * n, rng.random((n, 3)))

    assert structure_code(crystal(50)) is not None
    assert structure_code(crystal(500)) is None


@pytest.mark.parametrize(
    "code",
    [
        "", "x", "%%%", "AAAA", "é" * 8, "A" * (LONGEST_CODE + 5), packed([]), packed({"a": 1}),
        packed([[1, 2], []]), packed([[1] * 9, [["H", 0, 0]]]), packed([[1, 0, 0] * 3, "H"]),
        packed([["a"] * 9, [["H", 0, 0, 0]]]), packed([CUBE, [["?", 0, 0, 0]]]),
        packed([CUBE, [["H1", 0, 0, float("nan")]]]), packed([CUBE, [["H1", 0, 0, 0]] * 600]),
        packed([[3e9, *CUBE[1:]], [["H1", 0, 0, 0]]]), packed([CUBE, []]),
        packed([CUBE, [["H1", 0, 0, 0]], "note"]), packed([CUBE, [["H1", 0, 0, 0]], [1]]),
        packed([CUBE, [["H1", 0, 0, 0]], [], []]),
    ],
)  # fmt: skip
def test_tampered_links_are_refused(code):
    with pytest.raises(StructureError, match="in this link"):
        structure_from_code(code)


def test_a_bomb_is_not_unpacked():
    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" * 50_000_000, 9)).decode()
    with pytest.raises(StructureError, match="cut off or changed"):
        structure_from_code(bomb)


def test_notes_on_reading_travel(mgb2):
    noted = mgb2.copy()
    noted.properties = {"warnings": ("The angle γ is missing; 90° was used.", "Two <b>blocks</b>.")}
    assert reading_notes(structure_from_code(structure_code(noted))) == noted.properties["warnings"]
    assert reading_notes(structure_from_code(structure_code(mgb2))) == ()


def test_codes_of_older_versions_have_no_notes():
    back = structure_from_code(packed([CUBE, [["H1", 0, 0, 0]]]))
    assert (back.composition.reduced_formula, reading_notes(back)) == ("H2", ())


def test_notes_of_a_link_are_cut():
    code = packed([CUBE, [["H1", 0, 0, 0]], ["a\n" + "b" * 1000] * 20])
    notes = reading_notes(structure_from_code(code))
    assert len(notes) == MOST_NOTES
    assert set(map(len, notes)) == {LONGEST_NOTE}
    assert notes[0].startswith("a b")
