"""Search space, its numbers, its draws and its symmetry-equivalent assignments."""

import itertools

import numpy as np
import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.structure import StructureError
from tcexplore.model.predictor import load_predictor
from tcexplore.search.draws import permuted
from tcexplore.search.equivalents import canonical_indices, group_permutations, is_canonical
from tcexplore.search.evaluate import Search, evaluate
from tcexplore.search.query import variant_structure
from tcexplore.search.runs import Settings
from tcexplore.search.sequence import chunks
from tcexplore.search.space import allowed_elements, search_space, within_radius_ratio

ELEMENTS = ("H", "Li", "Mg", "La", "Y")


@pytest.fixture(scope="module")
def li2mgh16():
    return canonical_cell(catalogue_entry("li2mgh16-fd-3m-250gpa").structure())


@pytest.fixture
def space(li2mgh16):
    groups = ((32, 33), (34, 35), (36,), (37,))
    return search_space(li2mgh16, groups, [ELEMENTS] * 4)


def test_numbers_and_assignments_go_there_and_back(space):
    indices = np.arange(space.n_assignments)
    assert space.n_assignments == 5**4
    np.testing.assert_array_equal(space.indices(space.digits(indices)), indices)
    assert len(np.unique(space.atomic_numbers(indices), axis=0)) == 5**4
    assert space.atomic_numbers(np.array([1])).tolist() == [[1, 1, 1, 3]]


@pytest.mark.parametrize("n", [1, 2, 3, 10, 99, 1000, 4097])
def test_draws_meet_every_number_once(n):
    assert sorted(permuted(np.arange(n), n, seed=3)) == list(range(n))


def test_draws_from_a_huge_space_are_distinct_uniform_and_seeded():
    n = 86**6
    drawn = permuted(np.arange(20_000), n, seed=1)
    assert len(np.unique(drawn)) == 20_000
    counts, _ = np.histogram(drawn, bins=20, range=(0, n))
    assert np.square(counts - 1000).sum() / 1000 < 45  # chi² of 19 degrees: 1 in 1000 above 43.8
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 0.03
    assert len(np.intersect1d(drawn, permuted(np.arange(20_000), n, seed=2))) < 5
    np.testing.assert_array_equal(permuted(np.array([77]), n, seed=1), drawn[77:78])


def test_equivalent_assignments_are_one_crystal(space):
    """Each class by pymatgen's own comparison is a class here."""
    from pymatgen.analysis.structure_matcher import StructureMatcher

    permutations = group_permutations(space)
    assert permutations.tolist() == [[0, 1, 2, 3], [0, 1, 3, 2], [1, 0, 2, 3], [1, 0, 3, 2]]
    search, matcher = Search(space), StructureMatcher(scale=False, primitive_cell=False)
    digits = np.array(list(itertools.permutations((1, 2, 3, 4), 4)))
    indices = space.indices(digits)
    smallest = canonical_indices(space, permutations, indices)
    structures = [variant_structure(search, int(i), 1.0) for i in indices[:6]]
    for first, second in itertools.combinations(range(6), 2):
        same = matcher.fit(structures[first], structures[second])
        assert same == (smallest[first] == smallest[second])


def test_equivalents_have_one_tc_and_one_stands_for_all(space):
    predictor, permutations = load_predictor(), group_permutations(space)
    indices = space.indices(np.array([[3, 4, 1, 2], [4, 3, 1, 2], [3, 4, 2, 1], [4, 3, 2, 1]]))
    assert len(set(canonical_indices(space, permutations, indices))) == 1
    assert is_canonical(space, permutations, indices).sum() == 1
    columns = evaluate(predictor, Search(space), indices)
    for name in ("tc", "tc_low", "percentile"):
        np.testing.assert_allclose(columns[name], columns[name][0], rtol=1e-4)


def test_exchange_counts_only_where_the_other_group_allows_the_element(li2mgh16):
    space = search_space(li2mgh16, ((36,), (37,)), [("H", "La"), ("La", "Y")])
    kept = is_canonical(space, group_permutations(space), np.arange(4))
    assert kept.all()  # H-La, H-Y, La-La, La-Y: no image of any is in the space but La-La's own


def test_unlike_sites_are_not_exchanged():
    parent = canonical_cell(catalogue_entry("mgh13-fm-3m-200gpa").structure())
    space = search_space(parent, ((13,), (0,)), [ELEMENTS] * 2)
    assert len(group_permutations(space)) == 1


@pytest.mark.parametrize("mode", ["exhaustive", "random"])
def test_a_sequence_holds_each_class_once_and_goes_on_from_any_chunk(space, mode):
    settings = Settings(mode, number=10_000, seed=5, chunk_size=40)
    whole = list(chunks(space, settings))
    indices = np.concatenate([chunk.indices for chunk in whole])
    expected = np.unique(canonical_indices(space, group_permutations(space), np.arange(5**4)))
    np.testing.assert_array_equal(np.sort(indices), expected)
    assert len(expected) == 15**2
    third = whole[2]
    rest = chunks(space, settings, number=3, position=third.next_position)
    for chunk, again in zip(whole[3:], rest, strict=True):
        np.testing.assert_array_equal(chunk.indices, again.indices)
        assert chunk.next_position == again.next_position


def test_a_sequence_ends_after_its_number(space):
    parts = list(chunks(space, Settings("random", number=50, chunk_size=20)))
    assert [len(part.indices) for part in parts] == [20, 20, 10]


def test_allowed_elements():
    predictor = load_predictor()
    formers = allowed_elements(predictor, ["hydride formers"])
    assert {"Li", "Ca", "Y", "La", "Ti", "Pd", "Th"} - set(formers) == {"Th"}
    assert not {"H", "Fe", "O", "Pm"} & set(formers)
    assert "Th" in allowed_elements(predictor, ["hydride formers"], radioactive=True)
    assert allowed_elements(predictor, ["H", "halogens", "H"]) == ("H", "F", "Cl", "Br", "I")
    assert allowed_elements(predictor, ["noble gases"]) == ()
    assert allowed_elements(predictor, ["Ar", "He"], noble=True) == ("Ar",)  # He has no radius
    with pytest.raises(ValueError, match="'metal' is neither an element up to Pu nor a group"):
        allowed_elements(predictor, ["metal"])


@pytest.mark.parametrize(
    ("sites", "elements", "message"),
    [
        (((36,), (36,)), [ELEMENTS] * 2, "name one site twice"),
        (((38,),), [ELEMENTS], "not all there; the cell has 0 to 37"),
        (((-1,),), [ELEMENTS], "not all there"),
        ((), [], "has no sites"),
        (((36,),), [()], "group 1 has no elements"),
        (((36,),), [ELEMENTS] * 2, "1 groups of sites, but elements for 2"),
        (tuple((i,) for i in range(38)), [ELEMENTS] * 38, "give fewer groups"),
    ],
)
def test_wrong_groups_are_refused(li2mgh16, sites, elements, message):
    with pytest.raises(StructureError, match=message):
        search_space(li2mgh16, sites, elements)


def test_radius_ratio_counts_from_the_element_that_is_replaced(li2mgh16):
    """Atomic radii in Å: Li 1.45, Mg 1.50, Y 1.80, La 1.95, H 0.25."""
    space = search_space(li2mgh16, ((32, 33), (36,)), [ELEMENTS] * 2)
    before = {li2mgh16.structure[32].specie.symbol, li2mgh16.structure[36].specie.symbol}
    assert before == {"Li", "Mg"}
    allowed = {
        li2mgh16.structure[group.sites[0]].specie.symbol: group.elements
        for group in within_radius_ratio(space, 0.9, 1.25).groups
    }
    assert allowed == {"Li": ("Li", "Mg", "Y"), "Mg": ("Li", "Mg", "Y")}
    assert within_radius_ratio(space, 0.9, 1.32).groups[1].elements == ("Li", "Mg", "La", "Y")
    with pytest.raises(StructureError, match="group 1 has no elements whose radius is 2 to 3"):
        within_radius_ratio(space, 2, 3)
