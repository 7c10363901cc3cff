"""Limits on distances: those of the same pair of elements in training."""

import numpy as np
import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.structure import on_lattice
from tcexplore.design.distance_limits import distance_limits
from tcexplore.model.pair_limits import MANY, distances_from_text, pair_symbols
from tcexplore.model.predictor import load_predictor


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


def cell(entry_id):
    return canonical_cell(catalogue_entry(entry_id).structure()).structure


def squeezed(structure, factor):
    return on_lattice(structure, factor * structure.lattice.matrix)


@pytest.mark.parametrize("entry_id", ["lah10-fm-3m-150gpa", "na2h11-i4mmm-500gpa"])
def test_limit_of_a_hydride_is_the_shortest_of_that_pair_in_training(predictor, entry_id):
    structure = cell(entry_id)
    closest = distance_limits(predictor, structure).closest(structure)
    texts = predictor.files.known["distances"].dropna()
    by_pair = [distances_from_text(text).get(closest.pair, np.inf) for text in texts]
    assert closest.ratio == pytest.approx(closest.distance / min(by_pair))
    assert closest.is_allowed  # it is in training itself


def test_few_training_hydrides_with_a_pair_set_its_limit_too(predictor):
    structure = cell("csh7-r3m-270gpa")
    closest = distance_limits(predictor, structure).closest(structure)
    texts = predictor.files.known["distances"].dropna()
    by_pair = [distances_from_text(text).get(closest.pair, np.inf) for text in texts]
    assert pair_symbols(closest.pair) == "H-C"
    assert 0 < np.isfinite(by_pair).sum() < MANY
    assert closest.distance / closest.ratio == pytest.approx(min(by_pair))
    assert not closest.is_allowed


def test_squeezed_crystal_is_refused_and_its_pair_named(predictor):
    structure = cell("lah10-fm-3m-150gpa")
    limits = distance_limits(predictor, structure)
    given, half = limits.closest(structure), limits.closest(squeezed(structure, 0.8))
    assert half.ratio == pytest.approx(0.8 * given.ratio)
    assert pair_symbols(half.pair) in {"H-H", "H-La", "La-La"}
    assert not half.is_allowed


def test_pair_that_no_training_hydride_holds_has_a_limit_by_radii(predictor):
    structure = cell("lah10-fm-3m-150gpa")
    structure.replace_species({"La": "Pm"})
    limits = distance_limits(predictor, structure)
    assert 0 < limits.shortest[0, 60] < 3  # H-Pm


def test_other_materials_have_limits_by_radii(predictor):
    structure = cell("mgb2")
    limits = distance_limits(predictor, structure)
    assert limits.closest(structure).is_allowed
    assert not limits.closest(squeezed(structure, 0.6)).is_allowed


def test_atoms_at_one_place_are_refused(predictor):
    structure = cell("lah10-fm-3m-150gpa")
    limits = distance_limits(predictor, structure)
    hydrogen = [n for n, site in enumerate(structure) if site.species_string == "H"]
    structure.translate_sites(
        hydrogen[0], structure.frac_coords[hydrogen[1]] - structure.frac_coords[hydrogen[0]]
    )
    assert limits.closest(structure).ratio == 0
