"""Charge neutrality on the fluorite structure, where anyone can add up the charges."""

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure

from tcexplore.search.charge_neutrality import is_charge_neutral
from tcexplore.search.constraints import Constraints
from tcexplore.search.evaluate import Search, evaluate
from tcexplore.search.space import search_space

NEUTRAL = {("Ca", "F"), ("Mg", "F"), ("Ti", "O")}
CHARGED = {("Na", "F"), ("K", "F"), ("Al", "F"), ("Na", "O")}


@pytest.fixture(scope="module")
def fluorite(predictor):
    lattice = Lattice.cubic(5.46)
    structure = Structure.from_spacegroup("Fm-3m", lattice, ["Ca", "F"], [[0] * 3, [0.25] * 3])
    cell = predictor.cell(structure)
    symbols = [site.specie.symbol for site in cell.structure]
    sites = [[n for n, symbol in enumerate(symbols) if symbol == one] for one in ("Ca", "F")]
    return search_space(cell, sites, [("Na", "K", "Mg", "Ca", "Al", "Ti"), ("F", "O", "N")])


def pairs(space, indices):
    digits = space.digits(indices)
    elements = [group.elements for group in space.groups]
    return [(elements[0][x], elements[1][y]) for x, y in digits]


def test_fluorites_are_neutral_or_not(fluorite):
    every = np.arange(fluorite.n_assignments)
    neutral = is_charge_neutral(fluorite, fluorite.atomic_numbers(every))
    found = {
        pair for pair, is_neutral in zip(pairs(fluorite, every), neutral, strict=True) if is_neutral
    }
    assert found >= NEUTRAL
    assert not found & CHARGED


def test_a_search_keeps_neutral_variants_alone(predictor, fluorite):
    every = np.arange(fluorite.n_assignments)
    kept = evaluate(
        predictor, Search(fluorite, constraints=Constraints(charge_neutral=True)), every
    )
    found = set(pairs(fluorite, kept["assignment"]))
    assert found >= NEUTRAL
    assert not found & CHARGED


@pytest.mark.parametrize(("other", "is_neutral"), [("Y", True), ("K", False)])
def test_partial_occupancies_count_as_they_are(predictor, other, is_neutral):
    lattice, half = Lattice.cubic(5.46), {"Na": 0.5, other: 0.5}  # NaYF4 and NaKF4
    structure = Structure.from_spacegroup("Fm-3m", lattice, [half, "F"], [[0] * 3, [0.25] * 3])
    cell = predictor.cell(structure)
    anions = [n for n, site in enumerate(cell.structure) if site.species_string == "F"]
    space = search_space(cell, [anions], [("F",)])
    assert is_charge_neutral(space, np.array([[9]])).tolist() == [is_neutral]
