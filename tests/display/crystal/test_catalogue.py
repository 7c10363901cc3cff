"""Search of the catalogue: by class, element, formula, space group, Tc and pressure."""

import pytest

from tcexplore.catalogue.entries import load_catalogue
from tcexplore.display.crystal.catalogue import catalogue_table, matching_entries

ENTRIES = load_catalogue()


def ids(*arguments, **limits):
    return {entry.entry_id for entry in matching_entries(ENTRIES, *arguments, **limits)}


def test_nothing_asked_keeps_all():
    assert len(ids()) == len(ENTRIES)
    assert catalogue_table(ENTRIES)["Formula"].tolist()[:1] == ["Nb"]


@pytest.mark.parametrize("word", ["hydride", "Hydrides", "HYDRIDE"])
def test_a_class_finds_its_members_those_of_the_papers_morphisms_too(word):
    found = ids(word)
    assert {"h3s-im-3m-200gpa", "mgh13-fm-3m-200gpa"} <= found
    assert "mgb2" not in found
    assert {e.entry_id for e in ENTRIES if e.sc_class == "hydride"} < found


def test_an_element_is_not_a_letter_of_another():
    assert all("B" in entry.structure().composition for entry in matching_entries(ENTRIES, "B"))
    assert "mgb2" in ids("B")
    assert "yba2cu3o7" not in ids("B")


def test_words_and_limits_add_up():
    assert ids("hydride La") == ids("La, hydride") < ids("La")
    assert ids("MgB2") == {"mgb2"}
    assert "h3s-im-3m-200gpa" in ids("Im-3m hydride S")
    assert ids("unobtainium") == set()
    warm = matching_entries(ENTRIES, "hydride", least_tc=200, highest_pressure=200)
    assert warm
    assert all(entry.tc >= 200 and entry.pressure <= 200 for entry in warm)
    unknown = {entry.entry_id for entry in ENTRIES if entry.pressure is None}
    assert unknown
    assert not unknown & ids("", highest_pressure=1000)
