"""Applicability domain: contacts against a slow loop, distances that must order as they do."""

import numpy as np
import pandas as pd
import pytest
from pymatgen.core import Composition, Lattice, Structure

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.canonical import CanonicalCell, canonical_cell
from tcexplore.crystal.orbits import site_choices
from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.display.domain import apex_domain_sentence, domain_sentence
from tcexplore.model.applicability_domain import (
    EDGE,
    INSIDE,
    OUTSIDE,
    ApplicabilityDomain,
    build_known_materials,
    known_fractions,
    separations,
)
from tcexplore.model.pair_limits import not_judged
from tcexplore.model.predictor import load_predictor
from tcexplore.scans.scan import Scan, member_structure
from tcexplore.scans.scan_domain import cell_domain, cell_geometry, member_domain, scan_domain
from tcexplore.studies.element_swap import element_swap
from tcexplore.studies.lattice_dome import lattice_dome
from tcexplore.studies.lattice_map import lattice_map, stretched_lattices
from tcexplore.studies.swap_domain import swap_domain
from tcexplore.studies.swap_dome import swap_dome

KNOWN = pd.DataFrame(
    {
        "formula": ["LaH10", "YH10", "CaH6", "MgB2", "Nb3Sn", "NbN"],
        "tc": [250.0, 240.0, 230.0, 39.0, 18.0, 16.0],
        "space_group_number": [225, 225, 229, 191, 223, 225],
        "volume_per_atom": [2.7, 2.5, 3.1, 9.7, 18.0, 11.0],
        "contact": [0.82, 0.84, 0.88, 0.8, 0.95, 1.0],
        "distances": "",
    }
)


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


def slow_distances(structure, kinds):
    """Return the shortest distance of each two kinds by pymatgen's neighbours."""
    found = np.full((max(kinds) + 1,) * 2, np.inf)
    reach = 1.01 * max(structure.lattice.abc)
    first, second, _, distances = structure.get_neighbor_list(reach)
    for i, j, d in zip(first, second, distances, strict=True):
        filled = structure[i].species.num_atoms + structure[j].species.num_atoms
        if i == j or filled > 1.001:
            found[kinds[i], kinds[j]] = min(found[kinds[i], kinds[j]], d)
    return found


# --- contacts -----------------------------------------------------------------------------------


def test_contacts_are_those_of_a_slow_search(any_structure, rng):
    cell = canonical_cell(any_structure).structure
    occupied = np.array([site.species.num_atoms for site in cell])
    kinds = np.unique([site.species_string for site in cell], return_inverse=True)[1]
    lengths = rng.uniform(1.5, 9, (2, 7))
    lattices = stretched_lattices(cell.lattice, *lengths)
    found = shortest_distances(cell.frac_coords, occupied, kinds, lattices)
    for number in rng.integers(0, len(lattices), 6):
        species = [site.species for site in cell]
        structure = Structure(Lattice(lattices[number]), species, cell.frac_coords)
        np.testing.assert_allclose(found[number], slow_distances(structure, kinds), atol=1e-6)


def test_contacts_do_not_depend_on_the_choice_of_cell(triclinic):
    oblique = triclinic.copy()
    oblique.make_supercell([[1, 3, 0], [0, 1, -2], [0, 0, 1]])
    np.testing.assert_allclose(cell_geometry(oblique), cell_geometry(triclinic), atol=1e-6)
    np.testing.assert_allclose(
        cell_geometry(triclinic * [2, 1, 2]), cell_geometry(triclinic), atol=1e-6
    )


def test_two_species_that_share_one_place_have_no_distance():
    halves = [{"Cu": 0.5}, {"Cu": 0.5}]
    structure = Structure(Lattice.cubic(4), halves, [[0, 0, 0], [0.02, 0, 0]])
    assert cell_geometry(structure)[1] == pytest.approx(4)


def test_a_family_without_two_atoms_has_its_lattice_vectors():
    lattices = np.array([2.0, 3.0])[:, None, None] * np.eye(3)
    found = shortest_distances(np.zeros((1, 3)), np.ones(1), np.zeros(1, int), lattices)
    np.testing.assert_allclose(found.ravel(), [2.0, 3.0])


def test_contact_by_hand():
    """CsCl with a = 4 Å: 2√3 Å between unlike atoms, radii of 2.6 and 1.0 Å."""
    structure = Structure(Lattice.cubic(4.0), ["Cs", "Cl"], [[0, 0, 0], [0.5] * 3])
    volume, shortest, contact = cell_geometry(structure)
    assert (volume, shortest) == (32.0, pytest.approx(2 * 3**0.5))
    assert contact == pytest.approx(4 / (2 * 2.6))  # Cs to Cs, nearer than its radii allow


# --- what was seen ------------------------------------------------------------------------------


def domain_of(known, formula, volume, contact, shortest=1.0):
    fractions = np.zeros((1, 94))
    for element, share in Composition(formula).fractional_composition.items():
        fractions[0, element.Z - 1] = share
    known = known.assign(separation=separations(known), tc_held_out=np.nan)
    return build_known_materials(known).domain(
        fractions,
        volume_per_atom=np.array([volume]),
        shortest_distance=np.array([shortest]),
        contact=np.array([contact]),
        space_group_number=225,
        tightness=not_judged(1),
    )


def test_a_known_material_is_its_own_nearest_and_lies_inside():
    for row, one in KNOWN.iterrows():
        domain = domain_of(KNOWN, one.formula, one.volume_per_atom, one.contact)
        assert (domain.nearest[0], domain.percentile[0], domain.words[0]) == (row, 0.0, INSIDE)
        assert domain.is_known_system[0]


def test_the_measure_knows_amounts_of_a_formula_and_unknown_systems():
    assert domain_of(KNOWN, "Nb6Sn2", 18.0, 0.95).percentile[0] == 0
    assert not domain_of(KNOWN, "LaYH20", 2.6, 0.83).is_known_system[0]


def test_a_hydride_stretched_to_the_volume_of_a_metal_is_not_that_metal():
    percentiles = [domain_of(KNOWN, "LaH10", v, 0.95).percentile[0] for v in (2.7, 8.0, 18.0)]
    assert percentiles[0] < percentiles[1] <= percentiles[2]
    assert percentiles[2] > 50  # Nb3Sn has just this volume and contact, and it is no neighbour


def test_atoms_that_coincide_are_outside_whatever_else():
    assert domain_of(KNOWN, "LaH10", 2.7, 0.82, shortest=0.39).percentile[0] == 100


def test_separations_are_to_other_systems():
    twice = pd.concat([KNOWN, KNOWN.iloc[:1]], ignore_index=True)  # LaH10 twice
    apart = separations(twice)
    assert (apart > 0).all()
    assert apart[0] == apart[-1]


def test_the_short_way_for_scans_is_the_long_way(predictor, rng):
    space = predictor.known_materials
    fractions = np.repeat(known_fractions(predictor.files.known)[:1], 50, axis=0)
    geometry = {
        "volume_per_atom": rng.uniform(1, 60, 50),
        "shortest_distance": np.ones(50),
        "contact": rng.uniform(0.5, 1.5, 50),
    }
    scan = space.domain(fractions, **geometry, space_group_number=1, tightness=not_judged(50))
    fractions = np.concatenate([fractions, np.eye(94)[:1]])  # no scan any more
    geometry = {name: np.append(values, 1.0) for name, values in geometry.items()}
    each = space.domain(fractions, **geometry, space_group_number=1, tightness=not_judged(51))
    np.testing.assert_allclose(scan.percentile, each.percentile[:-1])
    np.testing.assert_array_equal(scan.nearest, each.nearest[:-1])


def test_words_begin_at_the_stated_percentiles():
    percentile = np.array([0, 94.9, 95, 98.9, 99, 100, np.nan])
    empty = np.zeros(7)
    domain = ApplicabilityDomain(
        percentile,
        empty.astype(int),
        empty.astype(bool),
        *[empty] * 5,
        empty.astype(int),
        *[empty] * 3,
    )
    assert domain.words.tolist() == [INSIDE, INSIDE, EDGE, EDGE, OUTSIDE, OUTSIDE, ""]
    assert domain.is_outside.tolist() == [False] * 4 + [True, True, False]


# --- the shipped model --------------------------------------------------------------------------


def test_the_catalogues_lattices_are_seen_and_absurd_ones_are_not(predictor):
    for entry_id in ("nb", "mgb2", "yba2cu3o7", "h3s-im-3m-200gpa", "lah10-fm-3m-250gpa"):
        structure = catalogue_entry(entry_id).structure()
        dome = lattice_dome(predictor, structure, scales=np.array([0.4, 1.0, 2.5]))
        assert dome.domain.words.tolist() == [OUTSIDE, INSIDE, OUTSIDE], entry_id


def test_the_percentile_of_a_cell_does_not_depend_on_how_it_is_written(predictor, any_structure):
    once = cell_domain(predictor, predictor.cell(any_structure))
    again = cell_domain(predictor, predictor.cell(any_structure * [2, 1, 1]))
    assert again.percentile[0] == pytest.approx(once.percentile[0], abs=0.05)
    assert again.contact[0] == pytest.approx(once.contact[0], abs=1e-6)


def test_members_of_a_family_are_judged_as_by_themselves(predictor, disordered, rng):
    parent = predictor.cell(disordered)
    groups = tuple(tuple(sites) for sites in list(site_choices(parent.structure).values())[:1])
    lattices = rng.uniform(0.8, 1.2, (3, 1, 1)) * parent.structure.lattice.matrix
    scan = Scan(parent, groups, np.array([[29], [57], [8]]), lattices)
    rows, places = np.array([0, 1, 2, 2]), np.array([2, 0, 1, 1])
    together = member_domain(predictor, scan, rows, places)
    for number, (row, place) in enumerate(zip(rows, places, strict=True)):
        structure = member_structure(scan, row, place)
        alone = cell_domain(predictor, CanonicalCell(structure, 1, "P1"))
        for name in ("percentile", "volume_per_atom", "shortest_distance", "contact"):
            assert getattr(together, name)[number] == pytest.approx(getattr(alone, name)[0])


def test_an_element_swap_is_judged_at_the_peaks(predictor):
    parent = predictor.cell(catalogue_entry("mgh13-fm-3m-200gpa").structure())
    choices = site_choices(parent.structure)
    swap = element_swap(
        predictor, parent, x_sites=choices["Mg1 (1 site)"], y_sites=choices["H2 (1 site)"],
        x=("Mg", "He", "La"), y=("H", "La"), scales=np.array([0.5, 1.0]),
    )  # fmt: skip
    domain = swap_domain(predictor, swap)
    np.testing.assert_array_equal(np.isnan(domain.percentile), np.isnan(swap.tc))
    assert (domain.words[:, 1] == "").all()
    for y, x in ((0, 0), (1, 2), (0, 2)):
        scales = np.array([swap.peak_scale[y, x]])
        dome = swap_dome(predictor, swap, x=swap.x[x], y=swap.y[y], scales=scales)
        assert domain.percentile[y, x] == dome.domain.percentile[0]
        assert domain.volume_per_atom[y, x] == pytest.approx(dome.volume_per_atom[0])


def test_a_map_is_judged_point_by_point(predictor, mgb2):
    a, c = np.array([1.0, 3.086, 6.0]), np.array([3.524, 9.0])
    result = lattice_map(predictor, mgb2, a=a, c=c)
    assert result.domain.words.shape == (2, 3)
    assert result.domain.words[0, 1] == INSIDE
    assert result.domain.words[0, 0] == OUTSIDE
    volume = result.parent.structure.lattice.volume / 3
    assert result.domain.volume_per_atom[0, 1] == pytest.approx(volume)


def test_sentences_name_the_word_and_the_nearest_material(predictor, mgb2):
    known = predictor.files.known
    dome = lattice_dome(predictor, mgb2, scales=np.array([0.2, 1.0]))
    assert "outside the applicability domain" in domain_sentence("It", dome.domain, 0, known)
    assert "Å apart, which no crystal has" in domain_sentence(
        "It", lattice_dome(predictor, mgb2, scales=np.array([0.1, 1.0])).domain, 0, known
    )
    own = domain_sentence("It", dome.domain, 1, known)
    assert own.startswith("It lies inside the applicability domain")
    assert "B₂ with" in own
    assert apex_domain_sentence(dome, known) == domain_sentence(
        "That lattice", dome.domain, dome.apex, known
    )


def test_scan_needs_one_row_alone(predictor, mgb2):
    cell = predictor.cell(mgb2)
    scan = Scan(cell, (), np.zeros((1, 0), int), cell.structure.lattice.matrix[None])
    assert scan_domain(predictor, scan).percentile.shape == (1,)
