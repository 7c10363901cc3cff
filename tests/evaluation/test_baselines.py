"""Baselines: by hand, and against scikit-learn."""

import sys

import numpy as np
import pandas as pd
import pytest
from pymatgen.core import Lattice, Structure
from sklearn.kernel_ridge import KernelRidge

from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.elements import ELEMENTS
from tcexplore.datasets.dataset import structure_arrays
from tcexplore.evaluation import baselines
from tcexplore.evaluation.baselines import (
    SoapRidge,
    composition_columns,
    median_tc,
    nearest_tc,
    tree_columns,
)
from tcexplore.evaluation.soap_baseline import (
    LENGTH,
    RIDGES,
    kernel_ridge_tc,
    majority_sites,
    soap_vectors,
)
from tcexplore.features.cell_scalars import cell_scalars
from tcexplore.features.descriptors import descriptors
from tcexplore.features.hydrogen_symmetry_functions import hydrogen_symmetry_functions
from tcexplore.features.valence_electrons import electron_statistics


def test_the_nearest_composition_by_hand():
    rows = pd.DataFrame({"tc": [10.0, 20.0, 40.0, np.nan, np.nan]})
    fractions = np.array(
        [[1, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0.8, 0.1, 0.1], [0.5, 0.25, 0.25]]
    )  # the last is as far from the second as from the third
    train = np.array([True, True, True, False, False])
    np.testing.assert_allclose(nearest_tc(rows, fractions, train, ~train), [10.0, 30.0])
    np.testing.assert_allclose(median_tc(rows, train, ~train), [20.0, 20.0])


def test_trees_see_all_that_the_network_sees(triclinic):
    cell = canonical_cell(triclinic)
    own = descriptors(cell.structure, cell.space_group_number, elements=ELEMENTS)
    contacts = hydrogen_symmetry_functions(cell.structure)
    columns = tree_columns(np.concatenate([own, contacts])[None], ELEMENTS)
    amounts = own[None, -len(ELEMENTS) :]
    expected = [
        own,
        contacts,
        cell_scalars(own[None])[0],
        electron_statistics(amounts, elements=ELEMENTS)[0],
        amounts[0] / amounts.sum(),
    ]
    np.testing.assert_allclose(columns, [np.concatenate(expected)])


def test_a_composition_does_not_know_its_cell(any_structure):
    values = []
    for scale in (1.0, 1.3):
        cell = canonical_cell(any_structure.copy().scale_lattice(any_structure.volume * scale))
        own = descriptors(cell.structure, cell.space_group_number, elements=ELEMENTS)
        values.append(composition_columns(own[None], ELEMENTS)[0])
    np.testing.assert_allclose(values[0], values[1])
    assert values[0][-len(ELEMENTS) :].sum() == pytest.approx(1.0)


def test_a_mixed_site_counts_as_its_majority(disordered):
    numbers, coords = majority_sites(structure_arrays(disordered))
    assert sorted(numbers) == sorted([29] * 2 + [57] * 4 + [8] * 8)
    np.testing.assert_allclose(coords, disordered.frac_coords)


@pytest.fixture
def doped():
    """MgB2 with a tenth and with four fifths of its Mg replaced, and a supercell of the first."""
    sites = [[0, 0, 0], [1 / 3, 2 / 3, 0.5], [2 / 3, 1 / 3, 0.5]]
    lattice = Lattice.hexagonal(3.086, 3.524)
    little, much = (
        Structure(lattice, [{"Mg": 1 - share, "Al": share}, "B", "B"], sites)
        for share in (0.1, 0.8)
    )
    return [structure_arrays(one) for one in (little, much, little.copy() * (2, 1, 1))]


def test_soap_is_of_length_one_and_the_same_for_a_supercell(doped):
    pytest.importorskip("dscribe")
    little, much, supercell = soap_vectors(doped)
    np.testing.assert_allclose(np.linalg.norm(little), 1.0, rtol=1e-5)
    np.testing.assert_allclose(little, supercell, atol=1e-4)
    assert np.abs(little - much).max() > 0.1


def test_without_dscribe_the_error_says_what_to_do(doped, monkeypatch):
    monkeypatch.setitem(sys.modules, "dscribe", None)
    monkeypatch.setitem(sys.modules, "dscribe.descriptors", None)
    with pytest.raises(ValueError, match="pip install dscribe"):
        soap_vectors(doped)


def test_kernel_ridge_equals_that_of_scikit_learn(rng):
    x = rng.normal(size=(60, 5))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    tc, weight = 50 + 10 * x[:, 0], rng.uniform(0.3, 1, 60)
    found = kernel_ridge_tc(x[:40], tc[:40], weight[:40], x[40:], ridge=0.01)
    plain = KernelRidge(kernel="rbf", gamma=0.5 / LENGTH**2, alpha=0.01)
    plain.fit(x[:40], tc[:40] - tc[:40].mean(), sample_weight=weight[:40])
    np.testing.assert_allclose(found, plain.predict(x[40:]) + tc[:40].mean(), rtol=1e-4)


def test_the_ridge_is_chosen_without_the_rows_that_are_asked_for(rng, monkeypatch):

    vectors = rng.normal(size=(80, 2))  # many alike, and much noise: a large ridge is better
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = pd.DataFrame(
        {
            "tc": 50 + 10 * vectors[:, 0] + rng.normal(0, 20, 80),
            "weight": 1.0,
            "chemical_system": [f"S{number % 20}" for number in range(80)],
        }
    )
    monkeypatch.setattr(baselines, "soap_vectors", lambda _: vectors)
    train = np.arange(80) < 60
    found = SoapRidge(rows, [])(train, ~train)
    known = vectors[train], rows["tc"].to_numpy()[train], np.ones(60)
    least = kernel_ridge_tc(*known, vectors[~train], ridge=RIDGES[0])
    assert np.abs(found - least).max() > 1.0
    flattering = rows.copy()
    flattering.loc[~train, "tc"] = least  # as if the smallest ridge made no error there
    np.testing.assert_array_equal(SoapRidge(flattering, [])(train, ~train), found)
