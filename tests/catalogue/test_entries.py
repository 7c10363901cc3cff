"""The catalogue: every entry builds, and is what it says it is."""

import re
from itertools import combinations_with_replacement

import numpy as np
import pytest
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Composition, Structure
from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

from tcexplore.catalogue.entries import (
    TC_KINDS,
    catalogue_entry,
    entry_from_record,
    load_catalogue,
)

pytestmark = pytest.mark.filterwarnings("ignore:Set OLD_ERROR_HANDLING:DeprecationWarning")

ENTRIES = load_catalogue()
DOI = re.compile(r"^10\.\d{4,9}/\S+$")
SHORTEST = 0.6
"""(Å) No two atoms are nearer."""
SHORTEST_PAIR = {
    ("H", "H"): 0.7,
    ("H", "metal"): 1.0,
    ("metal", "metal"): 1.75,
}  # Be at 250 GPa: 1.80
"""(Å) Nor are two atoms of these kinds, nearest Be at 250 GPa with 1.80; a bound for swaps in
unrelaxed cells is the first one."""
NONMETALS = {"B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "As", "Se", "Te"}
REQUIRED = [
    "nb",
    "pb",
    "nb3sn",
    "mgb2",
    "v3si",
    "yba2cu3o7",
    "la2cuo4",
    "fese",
    "lafeaso",
    "bafe2as2",
    "hgba2ca2cu3o8",
    "bi2sr2cacu2o8",
    "h3s-im-3m-200gpa",
    "lah10-fm-3m-150gpa",
    "lah10-fm-3m-250gpa",
    "h3s-im-3m-150gpa",
    "yh6-im-3m-166gpa",
    "yh9-p63mmc-201gpa",
    "cah6-im-3m-150gpa",
    "ceh9-p63mmc-200gpa",
    "thh10-fm-3m-170gpa",
    "mgh13-fm-3m-200gpa",
    "li2mgh16-fd-3m-250gpa",
    "li2mgh16-p-3m1-300gpa",
    "seh3-im-3m-200gpa",
    "csh7-r3m-270gpa",
    "bah32n5-f-43m",
    "lah32n5-f-43m",
    "bah32n4o-f-43m",
    "lah32n4o-f-43m",
]


@pytest.fixture(scope="module")
def built():
    """Return each structure by its entry's id, built once."""
    return {entry.entry_id: entry.structure() for entry in ENTRIES}


@pytest.fixture(scope="module")
def symmetry(built):
    """Return the symmetry of each structure by its entry's id, found once."""
    return {i: SpacegroupAnalyzer(s, symprec=0.01).get_symmetry_dataset() for i, s in built.items()}


def kind(symbol):
    return symbol if symbol == "H" else "nonmetal" if symbol in NONMETALS else "metal"


def shortest_distances(structure):
    """Return (Å) the shortest distance for every pair of kinds of atom."""
    first, second, _, distance = structure.get_neighbor_list(4.0)
    kinds = [kind(site.species.elements[0].symbol) for site in structure]
    shortest = {}
    for i, j, d in zip(first, second, distance, strict=True):
        pair = tuple(sorted((kinds[i], kinds[j])))
        shortest[pair] = min(d, shortest.get(pair, np.inf))
    return shortest


def test_there_are_enough_entries_with_distinct_ids():
    ids = [entry.entry_id for entry in ENTRIES]
    assert len(ids) >= 60
    assert len(set(ids)) == len(ids)


def test_the_required_entries_are_there():
    assert set(REQUIRED) <= {entry.entry_id for entry in ENTRIES}


def test_no_structure_stands_twice_with_one_label():
    for a, b in combinations_with_replacement(ENTRIES, 2):
        if a is not b:
            assert (a.cell, a.sites, a.setting) != (b.cell, b.sites, b.setting)


def test_catalogue_covers_the_heaviest_elements():
    symbols = {el.symbol for entry in ENTRIES for el in Composition(entry.formula)}
    assert {"Ac", "Th", "U", "Pu"} <= symbols


def test_ids_can_stand_in_a_link():
    for entry in ENTRIES:
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", entry.entry_id)


def test_compositions_are_those_of_the_formulas(built):
    for entry in ENTRIES:
        found = built[entry.entry_id].composition.fractional_composition
        stated = Composition(entry.formula).fractional_composition
        assert found.almost_equals(stated, atol=1e-6), entry.entry_id


def test_symmetries_are_the_stated_ones(symmetry):
    for entry in ENTRIES:
        found = symmetry[entry.entry_id]
        stated = (entry.space_group_number, entry.space_group_symbol)
        assert (found.number, found.international) == stated, entry.entry_id


def test_each_site_makes_one_orbit_of_the_stated_multiplicity(built, symmetry):
    for entry in ENTRIES:
        structure, orbits = built[entry.entry_id], symmetry[entry.entry_id].equivalent_atoms
        ends = np.cumsum([int(site.wyckoff[:-1]) for site in entry.sites])
        assert ends[-1] == len(structure), entry.entry_id
        for site, start, end in zip(entry.sites, [0, *ends[:-1]], ends, strict=True):
            assert {atom.species for atom in structure[start:end]} == {Composition(site.species)}
            assert len(set(orbits[start:end])) == 1, (entry.entry_id, site)


def test_no_atoms_are_too_near(built):
    for entry in ENTRIES:
        shortest = shortest_distances(built[entry.entry_id])
        assert min(shortest.values()) > SHORTEST, entry.entry_id
        for pair, distance in shortest.items():
            bound = SHORTEST if entry.sc_class == "morphism" else SHORTEST_PAIR.get(pair, SHORTEST)
            assert distance > bound, (entry.entry_id, pair)


def test_volumes_per_atom_are_sane(built):
    for entry in ENTRIES:
        structure = built[entry.entry_id]
        volume = structure.volume / structure.composition.num_atoms
        low, high = (1.4, 16.0) if entry.sc_class in {"hydride", "morphism"} else (7.0, 40.0)
        assert low < volume < high, entry.entry_id


def test_tc_and_its_range_agree():
    for entry in ENTRIES:
        low = entry.tc if entry.tc_low is None else entry.tc_low
        high = entry.tc if entry.tc_high is None else entry.tc_high
        assert 0 <= low <= entry.tc <= high < 500, entry.entry_id
        assert entry.pressure is None or entry.pressure >= 0, entry.entry_id
        assert entry.tc_kind in TC_KINDS, entry.entry_id
        assert entry.tc > 0 or "Tc = 0" in entry.note, entry.entry_id


def test_sources_are_dois():
    for entry in ENTRIES:
        assert DOI.match(entry.structure_doi), entry.entry_id
        assert DOI.match(entry.tc_doi), entry.entry_id


def test_no_fact_is_left_open():
    assert [entry.entry_id for entry in ENTRIES if "UNVERIFIED" in entry.note] == []


def test_predictions_of_the_network_are_marked_as_such():
    for entry in ENTRIES:
        assert (entry.tc_kind == "ml_prediction") == (entry.sc_class == "morphism")


def test_shared_sites_are_explained(built):
    for entry in ENTRIES:
        assert built[entry.entry_id].is_ordered or entry.note, entry.entry_id


def test_entry_is_found_by_its_id():
    assert catalogue_entry("mgb2").formula == "MgB2"


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(KeyError, match=r"no catalogue entry 'mgb3'.*nearest are.*mgb2"):
        catalogue_entry("mgb3")


def test_building_gives_a_structure_of_ones_own():
    entry = catalogue_entry("nb")
    entry.structure().replace_species({"Nb": "V"})
    assert entry.structure().composition.reduced_formula == "Nb"


def test_mgb2_distances_by_hand():
    structure = catalogue_entry("mgb2").structure()
    shortest = shortest_distances(structure)
    assert shortest["metal", "metal"] == pytest.approx(3.086, abs=1e-3)
    assert shortest["nonmetal", "nonmetal"] == pytest.approx(3.086 / np.sqrt(3), abs=1e-3)


def test_bi2212_layers_come_in_the_known_order():
    z = {s.species: s.frac_coords[2] for s in catalogue_entry("bi2sr2cacu2o8").sites}
    assert [z["Ca"], 0.5 - z["Cu"], z["Sr"], 0.5 - z["Bi"]] == sorted(
        [z["Ca"], 0.5 - z["Cu"], z["Sr"], 0.5 - z["Bi"]]
    )


PAPER_FILES = {
    "mgh13-fm-3m-200gpa": "200GPa_Fm-3m_MgH13.cif",
    "h3s-im-3m-200gpa": "200GPa_Im-3m_SH3.cif",
    "bah32n4o-f-43m": "Fd-3mBaH32N4O.cif",
    "bah32n5-f-43m": "Fd-3mBaH32N5.cif",
    "lah32n4o-f-43m": "Fd-3mLaH32N4O.cif",
    "lah32n5-f-43m": "Fd-3mLaH32N5.cif",
    "li2mgh16-fd-3m-250gpa": "GFd-3m-X2YH16.cif",
    "li2mgh16-p-3m1-300gpa": "P3m1Li2MgH16.cif",
    "csh7-r3m-270gpa": "R3m_CSH7_270GPa.cif",
    "seh3-im-3m-200gpa": "SeH3.cif",
}


@pytest.mark.data
@pytest.mark.filterwarnings("ignore:Issues encountered while parsing CIF")
@pytest.mark.parametrize("entry_id", PAPER_FILES)
def test_entry_is_the_published_structure(entry_id, data_dir):
    published = Structure.from_file(data_dir / "paper_structures" / PAPER_FILES[entry_id])
    matcher = StructureMatcher(scale=False, ltol=1e-3, stol=1e-3, angle_tol=0.01)
    assert matcher.fit(catalogue_entry(entry_id).structure(), published)


def test_a_pressure_that_nobody_states_is_unknown_and_a_forgotten_one_an_error():
    unknown = [entry for entry in ENTRIES if entry.pressure is None]
    assert {"limgh12-fm-3m", "bah32n5-f-43m", "luh18-fd-3m", "ph3-im-3m"} <= {
        entry.entry_id for entry in unknown
    }
    assert all(entry.tc_kind == "ml_prediction" for entry in unknown)
    hydrides = [entry for entry in ENTRIES if entry.sc_class == "hydride" and not entry.pressure]
    assert [entry.entry_id for entry in hydrides] == ["pdh"]
    record = {"space_group_symbol": "Fm-3m", "sites": [], "cell": [], "family": "hydride"}
    with pytest.raises(KeyError, match="pressure"):
        entry_from_record(record)
