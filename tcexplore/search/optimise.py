"""Guided search: which assignments to evaluate next, by Optuna's tree-structured Parzen estimator.

An element is a place in the order of Mendeleev numbers, in which elements of like chemistry are
neighbours: so the estimator learns from one element for the next. The proposals are a function of
the seed, the number of the batch and the variants evaluated so far, so a run can be resumed.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from pymatgen.core import Element

from tcexplore.search.draws import permuted
from tcexplore.search.equivalents import canonical_indices
from tcexplore.search.space import SearchSpace
from tcexplore.typing import IntArray

CANDIDATES = 100  # that the estimator chooses one from
PATIENCE = 20  # proposals that were evaluated before, until one is drawn at random
BLOCK = 256  # random positions that are looked at at once
REFUSED = -1.0  # K; what a variant counts that does not keep the constraints


def propose(
    space: SearchSpace,
    permutations: IntArray,
    values: Mapping[int, float],
    *,
    count: int,
    seed: int,
    batch: int,
) -> IntArray:
    """Return distinct assignments that were not evaluated yet, shape (count,) or fewer at the end.

    Parameters
    ----------
    permutations
        From `group_permutations`.
    values
        (K) Objective by assignment, in the order of evaluation; `REFUSED` for refused ones.
    batch
        Number of the batch.
    """
    proposals: dict[int, None] = {}
    study, distributions = _study(space, values, seed, batch)
    orders = _orders(space)
    repeats = 0
    while len(proposals) < count and repeats < PATIENCE * count:
        trial = study.ask(distributions)
        digits = [order[trial.params[name]] for name, order in orders.items()]
        [index] = canonical_indices(space, permutations, space.indices(np.array([digits])))
        if int(index) in values or int(index) in proposals:
            repeats += 1
        else:
            proposals[int(index)] = None
    seen = {*values, *proposals}
    return np.array([*proposals, *_unseen(space, permutations, seen, count - len(proposals), seed)])


def _unseen(
    space: SearchSpace, permutations: IntArray, seen: set[int], count: int, seed: int
) -> list[int]:
    """Return the first assignments of a random sequence that were not seen."""
    chosen: list[int] = []
    for start in range(0, space.n_assignments, BLOCK):
        if len(chosen) >= count:
            break
        places = np.arange(start, min(start + BLOCK, space.n_assignments))
        indices = permuted(places, space.n_assignments, seed)
        canonical = canonical_indices(space, permutations, indices) == indices
        chosen += [i for i in indices[canonical].tolist() if i not in seen]
    return chosen[:count]


def _study(space: SearchSpace, values: Mapping[int, float], seed: int, batch: int):  # noqa: ANN202
    """Return an Optuna study that holds what was evaluated, and the range of each group."""
    import optuna  # half a second

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    distributions: dict[str, optuna.distributions.BaseDistribution] = {
        name: optuna.distributions.IntDistribution(0, size - 1)
        for name, size in zip(space.names, space.sizes, strict=True)
    }
    [drawn] = np.random.SeedSequence([seed, batch]).generate_state(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            seed=int(drawn), multivariate=True, constant_liar=True, n_ei_candidates=CANDIDATES
        )
    study = optuna.create_study(direction="maximize", sampler=sampler)
    ranks = [np.argsort(order) for order in _orders(space).values()]
    digits = space.digits(np.array(list(values), dtype=np.int64))
    for row, value in zip(digits.tolist(), values.values(), strict=True):
        params = {n: int(rank[d]) for n, rank, d in zip(space.names, ranks, row, strict=True)}
        trial = optuna.trial.create_trial(params=params, distributions=distributions, value=value)
        study.add_trial(trial)
    return study, distributions


def _orders(space: SearchSpace) -> dict[str, IntArray]:
    """Return the elements of each group in the order of their Mendeleev numbers."""
    return {
        name: np.argsort([Element(s).mendeleev_no for s in group.elements], kind="stable")
        for name, group in zip(space.names, space.groups, strict=True)
    }
