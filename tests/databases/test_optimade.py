"""Structures from a local server that speaks OPTIMADE."""

import pytest
from support.optimade_server import catalogue_entries, optimade_server
from support.same_crystal import assert_same_crystal

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.databases.download import DatabaseError
from tcexplore.databases.optimade import (
    PROVIDERS,
    Query,
    find_structures,
    provider_address,
    reduced_formula,
    structures_endpoint,
)

NO_ELEMENTS = Query(elements=("H",))


def labels(found):
    return [structure.properties["label"] for structure in found.structures]


@pytest.fixture
def server():
    with optimade_server() as server:
        yield server


def test_a_formula_is_found_in_whatever_order_it_is_written(server):
    for formula in ("LaH10", "H10La", "La2H20"):
        found = find_structures(server.address, Query(formula=formula))
        assert labels(found) == ["lah10-fm-3m-150gpa"]
    expected = catalogue_entry("lah10-fm-3m-150gpa").structure()
    assert_same_crystal(found.structures[0], expected)
    assert found.structures[0].properties["warnings"] == ()
    assert found.errors == ()


def test_elements_and_an_id_are_found(server):
    assert labels(find_structures(server.address, Query(elements=("H", "S")))) == [
        "h3s-im-3m-200gpa"
    ]
    assert labels(find_structures(server.address, Query(entry_id="mgb2"))) == ["mgb2"]
    both = Query(formula="MgB2", elements=("H",))
    assert labels(find_structures(server.address, both)) == []


@pytest.mark.parametrize("next_as_object", [False, True])
def test_pages_are_followed_to_the_last_on_the_same_server(next_as_object):
    """The links name another host, as behind a proxy: it is never asked."""
    with optimade_server(next_as_object=next_as_object) as server:
        found = find_structures(server.address, NO_ELEMENTS)
        assert len(server.asked) == 2
    assert len(labels(found)) == len(set(labels(found))) == found.total == 4


def test_no_more_are_asked_for_than_wanted(server):
    found = find_structures(server.address, NO_ELEMENTS, count=1)
    assert (len(found.structures), found.total, len(server.asked)) == (1, 4, 1)
    assert len(find_structures(server.address, NO_ELEMENTS, count=3).structures) == 3


def test_an_unsound_entry_is_named_and_keeps_back_no_other():
    entries = catalogue_entries()[1:4]
    entries[0]["attributes"]["cartesian_site_positions"][1] = [0, 0, 0]
    entries[1]["attributes"]["lattice_vectors"] = None
    with optimade_server(entries) as server:
        found = find_structures(server.address, NO_ELEMENTS)
    assert labels(found) == ["yh9-p63mmc-201gpa"]
    near, none = found.errors
    assert near.startswith("lah10-fm-3m-150gpa: sites 1 (La) and 2 (La) are 0 Å")
    assert none.startswith("h3s-im-3m-200gpa: ")


def test_a_quote_in_an_id_is_only_a_letter(server):
    strange = Query(entry_id='a" OR id="mgb2')
    assert labels(find_structures(server.address, strange)) == []


def test_what_a_provider_refuses_is_told(server):
    with pytest.raises(DatabaseError, match=r"127.0.0.1:\d+ refuses with HTTP 404 \(Not Found\)"):
        find_structures(f"{server.address}/v0", NO_ELEMENTS)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"data": {}}', "answers without a list of data; is this an OPTIMADE provider"),
        (b'{"errors": [{"detail": "too busy"}]}', "refuses: too busy"),
        (b'{"errors": "?"}', "refuses: no reason given"),
    ],
)
def test_answers_that_are_no_optimade_are_told(content, message):
    replies = {"/v1/structures": lambda handler: handler.send(content)}
    with (
        optimade_server(replies=replies) as server,
        pytest.raises(DatabaseError, match=message),
    ):
        find_structures(server.address, NO_ELEMENTS)


def test_a_provider_that_repeats_its_page_is_left():
    def same_page(handler):
        entry = catalogue_entries()[0]
        handler.answer({"data": [entry], "links": {"next": "http://x/v1/structures?page=2"}})

    with optimade_server(replies={"/v1/structures": same_page}) as server:
        find_structures(server.address, NO_ELEMENTS, count=100)
        assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("formula", "reduced"),
    [
        ("LaH10", "H10La"),
        ("Mg2B4", "B2Mg"),
        ("H2", "H"),
        ("O4", "O"),
        ("Ca(OH)2", "CaH2O2"),
        ("LaD10", "H10La"),
    ],
)  # fmt: skip
def test_formulas_as_optimade_writes_them(formula, reduced):
    assert reduced_formula(formula) == reduced


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (Query(), "nothing to look for; give a formula, elements or an id"),
        (Query(formula="lah10"), "'lah10' is no formula with whole numbers; write one such as"),
        (Query(formula="La1.85Sr0.15CuO4"), "no formula with whole numbers"),
        (Query(formula="AmH3"), "'Am' is no element"),
        (Query(elements=("La", "h")), "'h' is no element; write symbols such as La and H"),
    ],
)
def test_queries_that_mean_nothing_are_refused(query, message):
    with pytest.raises(DatabaseError, match=message):
        _ = query.filter


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        ("https://a.org", "https://a.org/v1/structures"),
        ("https://a.org/optimade/", "https://a.org/optimade/v1/structures"),
        ("https://a.org/v1.2/", "https://a.org/v1.2/structures"),
        ("https://a.org/v1/structures?page_limit=3", "https://a.org/v1/structures"),
    ],
)
def test_the_endpoint_of_an_address(address, endpoint):
    assert structures_endpoint(address) == endpoint


def test_providers_by_their_short_names():
    assert provider_address("mp") == PROVIDERS["mp"]
    assert provider_address("http://a.org") == "http://a.org"
    with pytest.raises(
        DatabaseError, match="no provider 'nowhere'; give an address, https://…, or"
    ):
        provider_address("nowhere")
