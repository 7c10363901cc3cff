"""Weight of chemistry against volume and contact in the applicability domain."""

import numpy as np
import pandas as pd
import pytest

from tcexplore.crystal.elements import ELEMENTS, element_table
from tcexplore.features.composition import PROPERTY_UNITS
from tcexplore.model.applicability_domain import KnownMaterials, build_known_materials, separations
from tcexplore.model.in_training import TrainingCrystals
from tcexplore.model.pair_limits import PairLimits, Tightness

MATERIALS = pd.DataFrame(
    {
        "composition": [
            {"La": 1, "H": 10}, {"La": 1, "H": 6}, {"Y": 1, "H": 10}, {"Mg": 1, "B": 2},
            {"Nb": 3, "Sn": 1}, {"Nb": 1}, {"Ta": 1}, {"Y": 1, "Ba": 2, "Cu": 3, "O": 7},
        ],
        "formula": ["LaH10", "LaH6", "YH10", "MgB2", "Nb3Sn", "Nb", "Ta", "YBa2Cu3O7"],
        "space_group_number": [225, 229, 225, 191, 223, 229, 229, 47],
        "volume_per_atom": [2.7, 4.4, 2.5, 9.7, 18.0, 18.0, 18.1, 13.3],
        "contact": [0.82, 0.88, 0.84, 0.8, 0.95, 0.98, 0.98, 0.86],
        "distances": "",
    }
)  # fmt: skip


def chemistry(composition):
    """Mean and standard deviation of each elemental property over the atoms, one by one."""
    table, values = element_table(), []
    atoms = [element for element, amount in composition.items() for _ in range(amount)]
    for name in PROPERTY_UNITS:
        of_atoms = [getattr(table, name)[ELEMENTS.index(element)] for element in atoms]
        values += [np.mean(of_atoms), np.std(of_atoms)]
    return np.array(values)


def ranges(materials):
    """From the 5th to the 95th percentile of each statistic; 1 where it does not vary."""
    low, high = np.quantile([chemistry(c) for c in materials["composition"]], [0.05, 0.95], axis=0)
    return np.where(high > low, high - low, 1.0)


def distance(first, second, width):
    """Length of 0.2 x differences in chemistry, ln of the volumes' ratio, ln of the contacts'."""
    apart = 0.2 * (chemistry(first.composition) - chemistry(second.composition)) / width
    volume = np.log(first.volume_per_atom / second.volume_per_atom)
    contact = np.log(first.contact / second.contact)
    return np.sqrt((apart**2).sum() + volume**2 + contact**2)


def fractions(compositions):
    rows = np.zeros((len(compositions), len(ELEMENTS)))
    for row, composition in zip(rows, compositions, strict=True):
        for element, amount in composition.items():
            row[ELEMENTS.index(element)] = amount / sum(composition.values())
    return rows


def test_separations_weigh_chemistry_by_a_fifth_of_its_range():
    width, expected = ranges(MATERIALS), []
    for first in MATERIALS.itertuples():
        others = [m for m in MATERIALS.itertuples() if {*m.composition} != {*first.composition}]
        expected.append(min(distance(first, other, width) for other in others))
    np.testing.assert_allclose(separations(MATERIALS), expected, rtol=1e-9)


@pytest.mark.parametrize("n_compositions", [1, 2])  # one: the short way of a scan of lattices
def test_the_percentile_of_a_structure_weighs_chemistry_the_same(n_compositions):
    known = MATERIALS.assign(separation=separations(MATERIALS), tc_held_out=np.nan)
    space = build_known_materials(known)
    queries = pd.DataFrame(
        {
            "composition": [{"Ca": 1, "H": 6}, {"V": 3, "Si": 1}][:n_compositions],
            "volume_per_atom": [4.0, 13.0][:n_compositions],
            "contact": [0.86, 0.96][:n_compositions],
        }
    )
    loose = np.full(n_compositions, np.inf)
    domain = space.domain(
        fractions(queries["composition"]),
        volume_per_atom=queries["volume_per_atom"].to_numpy(),
        shortest_distance=np.ones(n_compositions),
        contact=queries["contact"].to_numpy(),
        space_group_number=1,
        tightness=Tightness(loose, loose, np.zeros(n_compositions, int), loose),
    )
    for number, query in enumerate(queries.itertuples()):
        distances = [distance(query, m, ranges(MATERIALS)) for m in MATERIALS.itertuples()]
        nearer = (space.separations < min(distances)).mean()
        assert domain.nearest[number] == np.argmin(distances)
        assert domain.percentile[number] == pytest.approx(100 * nearer)


def test_the_whole_range_of_a_property_counts_as_a_factor_of_e_to_the_fifth_in_volume():
    """One known material, niobium; the percentile is made to read as the distance, 0 to 1."""
    width = np.full(16, np.inf)
    mass = [element_table().atomic_mass[ELEMENTS.index(symbol)] for symbol in ("Nb", "Ta")]
    width[0] = mass[1] - mass[0]  # tantalum lies one whole range of the mean mass away
    rulings = np.linspace(0, 1, 10_001)
    point = np.concatenate([np.zeros(16), np.log([18.0, 0.98])])[None]
    crystals = TrainingCrystals({}, np.zeros((1, 94)), np.ones(1), np.ones(1))
    limits = PairLimits(np.zeros((94, 94)), np.zeros(94))
    middle = chemistry({"Nb": 1})
    space = KnownMaterials(point, middle, width, rulings, frozenset(), crystals, limits)
    heavier, larger = (
        space.domain(
            fractions([{symbol: 1}]),
            volume_per_atom=np.array([volume]),
            shortest_distance=np.ones(1),
            contact=np.array([0.98]),
            space_group_number=1,
            tightness=Tightness(*[np.full(1, np.inf)] * 2, np.zeros(1, int), np.full(1, np.inf)),
        ).percentile[0]
        / 100
        for symbol, volume in (("Ta", 18.0), ("Nb", 18.0 * np.exp(0.2)))
    )
    assert heavier == pytest.approx(0.2, abs=2e-4)
    assert larger == pytest.approx(0.2, abs=2e-4)
