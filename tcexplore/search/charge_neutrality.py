"""Charge neutrality of assignments by SMACT: oxidation states that sum to 0."""

from __future__ import annotations

import numpy as np
from pymatgen.core import Composition, Element

from tcexplore.crystal.structure import site_occupancies
from tcexplore.search.space import SearchSpace
from tcexplore.typing import BoolArray, IntArray

MOST_DENOMINATOR = 100  # of partial occupancies


def is_charge_neutral(space: SearchSpace, numbers: IntArray) -> BoolArray:
    """Return which assignments SMACT finds charge-neutral, shape (n,).

    Each element has one oxidation state, of those that it has in the ICSD; electronegativities take
    no part. Superhydrides such as LaH10 are not neutral by that.

    Parameters
    ----------
    numbers
        Atomic numbers of the assignments, shape (n, n_groups).

    References
    ----------
    Davies et al., J. Open Source Softw. 4, 1361 (2019).
    """
    from smact.screening import smact_validity  # a second, for those who ask for it

    structure = space.parent.structure
    occupancy = site_occupancies(structure)
    swapped = {site for group in space.groups for site in group.sites}
    kept = [site.species for number, site in enumerate(structure) if number not in swapped]
    amounts = [occupancy[list(group.sites)].sum() for group in space.groups]

    def is_neutral(row: IntArray) -> bool:
        species = sum(kept, Composition())
        for number, amount in zip(row, amounts, strict=True):
            species += Composition({Element.from_Z(int(number)): amount})
        formula, _ = species.get_integer_formula_and_factor(MOST_DENOMINATOR)
        return smact_validity(formula, use_pauling_test=False, include_alloys=False)

    distinct, index = np.unique(numbers, axis=0, return_inverse=True)
    return np.array([is_neutral(row) for row in distinct], dtype=bool)[index.reshape(-1)]
