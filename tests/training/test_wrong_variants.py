"""Wrong variants: same cell and composition, never the crystal itself; where they count."""

import numpy as np
import pytest
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Lattice, Structure

from tcexplore.catalogue.entries import load_catalogue
from tcexplore.crystal.structure import check_structure
from tcexplore.training.wrong_variants import KINDS, NEAREST_H_H, wrong_variants

[LAH10] = [
    entry.structure() for entry in load_catalogue() if entry.entry_id.startswith("lah10-fm-3m-150")
]
[H3S] = [
    entry.structure() for entry in load_catalogue() if entry.entry_id.startswith("h3s-im-3m-200")
]


def variants(structure, *, count=3, seed=0):
    return list(wrong_variants(structure, np.random.default_rng(seed), count=count))


def test_variants_of_each_kind_keep_cell_and_composition():
    made = variants(LAH10)
    assert {kind for kind, _ in made} == set(KINDS)
    for _, variant in made:
        check_structure(variant)
        assert variant.lattice == LAH10.lattice
        assert variant.composition == LAH10.composition
        assert not StructureMatcher(scale=False).fit(variant, LAH10)


def test_kinds_move_what_they_say():
    moved = {kind: variant for kind, variant in variants(LAH10, count=1)}
    is_metal = np.array([site.specie.symbol != "H" for site in LAH10])

    def differs(variant):
        return (np.abs(variant.frac_coords - LAH10.frac_coords) > 1e-6).any(axis=1)

    assert differs(moved["shifted"])[is_metal].sum() == differs(moved["shifted"]).sum() == 1
    np.testing.assert_array_equal(differs(moved["scattered"]), ~is_metal)
    assert differs(moved["exchanged"]).sum() == 2


def test_scattered_hydrogen_is_not_nearer_than_its_limit():
    for kind, variant in variants(LAH10, count=5):
        if kind == "scattered":
            hydrogen = variant.copy()
            hydrogen.remove_species(["La"])
            apart = hydrogen.distance_matrix[np.triu_indices(len(hydrogen), 1)]
            assert apart.min() >= NEAREST_H_H[0]


def test_an_exchange_that_gives_the_same_crystal_is_left_out():
    assert all(kind != "exchanged" for kind, _ in variants(H3S.get_primitive_structure()))


def test_the_same_seed_gives_the_same_variants():
    first, second = variants(LAH10, seed=4), variants(LAH10, seed=4)
    for (_, one), (_, other) in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.frac_coords, other.frac_coords)


@pytest.mark.parametrize("species", [["Mg", "B"], ["H", "H"], [{"H": 0.5, "Li": 0.5}, "H"]])
def test_other_crystals_have_no_variants(species):
    crystal = Structure(Lattice.cubic(3.0), species, [[0, 0, 0], [0.5, 0.5, 0.5]])
    assert not variants(crystal)
