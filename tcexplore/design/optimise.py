"""Inverse design: covariance matrix adaptation (CMA-ES) from several starts, step by step.

Tc is no smooth function of a crystal (its space group is an input, its canonical cell jumps where
the symmetry rises), so the optimiser takes no gradients and looks at ranks alone: crystals that
break a limit rank behind all others, by how far they break it. Every crystal is predicted from
scratch, in the same way as `TcPredictor` predicts a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from cmaes import CMA
from pymatgen.core import Structure

from tcexplore.crystal.structure import StructureError
from tcexplore.design.distance_limits import distance_limits
from tcexplore.design.evaluate import Evaluator, Trial, parameter_bounds
from tcexplore.design.parameters import free_parameters
from tcexplore.design.request import DesignRequest
from tcexplore.design.result import REFUSED, Design, DesignPath, DesignPoint
from tcexplore.equation_of_state.estimate import PressureScale, pressure_scale
from tcexplore.io.load import load_structure
from tcexplore.model.predictor import TcPredictor
from tcexplore.model.worker_threads import OneByOne
from tcexplore.typing import FloatArray

WIDEST = 0.25  # of the bounds: spread of the first crystals of a start
NARROWEST = 0.002
PROBES = 12  # crystals drawn to find that spread
DRAWS = 100  # of a random crystal, until its atoms are far enough apart
PATIENCE = 8  # generations without a gain, plus one for each parameter, that end a start
GAIN = 0.01  # K
MET = 0.5  # K; a target counts as met
SAME_TC = 0.1  # K; between a crystal and the same one read from its CIF
MOST_PARAMETERS = 300


@dataclass
class _Start:
    """State of one start."""

    path: DesignPath
    least: float = np.inf
    """Least cost of all crystals but the given one."""
    gained: int = 0
    """Generation in which that fell."""


def design_steps(
    predictor: TcPredictor,
    structure: Structure,
    request: DesignRequest,
    *,
    stated_pressure: float | None = None,
) -> Iterator[tuple[float, Design]]:
    """Yield the share that is done, 0 to 1, and the design so far.

    Parameters
    ----------
    structure
        Any cell of the crystal.
    request
        What is wanted.
    stated_pressure
        (GPa) Known pressure of the structure's own lattice, 0 for ambient.

    Raises
    ------
    ValueError
        Nothing may move, too much may move, or a pressure has no volume.
    """
    parent = predictor.cell(structure)
    scale = pressure_scale(parent.structure, stated_pressure)
    evaluator = _evaluator(predictor, parent.structure, request, scale)
    given = evaluator.given()
    design = Design(parent, request, evaluator.parameters, evaluator.bounds, given, scale)
    yield 0.0, design
    for number in range(request.starts):
        path = DesignPath((given,), 0)
        for path in _paths(evaluator, given, number):
            share = (number + path.evaluations / request.evaluations) / request.starts
            yield min(share, 0.999), replace(design, paths=(*design.paths, path))
        design = replace(design, paths=(*design.paths, _confirmed(predictor, path)))
        yield (number + 1) / request.starts, design


def _evaluator(
    predictor: TcPredictor, cell: Structure, request: DesignRequest, scale: PressureScale
) -> Evaluator:
    """Return what evaluates the crystals of a request; `cell` is the canonical one."""
    parameters = free_parameters(
        cell,
        keeps_symmetry=request.keeps_symmetry,
        moves_lattice=request.moves_lattice,
        moves_atoms=request.moves_atoms,
    )
    if parameters.count > MOST_PARAMETERS:
        raise ValueError(
            f"{parameters.count} parameters may move; expected at most {MOST_PARAMETERS}:"
            " keep the symmetry, or move the lattice alone"
        )
    bounds = parameter_bounds(parameters, request, scale)
    return Evaluator(predictor, parameters, distance_limits(predictor, cell), request, bounds)


def inverse_design(
    predictor: TcPredictor,
    structure: Structure,
    request: DesignRequest | None = None,
    *,
    stated_pressure: float | None = None,
) -> Design:
    """Return the inverse design of a crystal; parameters and errors as of `design_steps`."""
    steps = design_steps(
        predictor, structure, request or DesignRequest(), stated_pressure=stated_pressure
    )
    *_, (_, design) = steps
    return design


def _paths(evaluator: Evaluator, given: DesignPoint, number: int) -> Iterator[DesignPath]:
    """Yield the path of one start after each generation."""
    request = evaluator.request
    optimiser = _optimiser(evaluator, given, number)
    start, in_turn = _Start(DesignPath((given,), 0)), OneByOne()
    yield start.path
    while not _is_over(start, optimiser, request):
        asked = [optimiser.ask() for _ in range(optimiser.population_size)]
        left = request.evaluations - start.path.evaluations
        asked = asked[: max(left, 0)]
        trials = in_turn(partial(evaluator.trials, asked, start.path.evaluations + 1))
        _take_in(start, trials, evaluator, optimiser.generation)
        yield start.path
        if len(asked) < optimiser.population_size:
            return
        optimiser.tell(list(zip(asked, (trial.cost for trial in trials), strict=True)))


def _is_over(start: _Start, optimiser: CMA, request: DesignRequest) -> bool:
    path = start.path
    is_met = request.target is not None and path.end.cost <= MET
    patience = PATIENCE + optimiser.dim
    is_stuck = optimiser.generation - start.gained > patience
    return is_met or is_stuck or path.evaluations >= request.evaluations


def _take_in(start: _Start, trials: list[Trial], evaluator: Evaluator, generation: int) -> None:
    """Append the best of a generation to the path, where it is better and the way there clear."""
    path = start.path
    refused = path.refused + sum(trial.cost >= REFUSED for trial in trials)
    points, trials = path.points, sorted(trials, key=lambda trial: trial.cost)
    if trials[0].cost < start.least - GAIN:
        start.least, start.gained = trials[0].cost, generation
    for trial in trials:
        if trial.point is None or trial.cost >= points[-1].cost:
            break
        if evaluator.is_clear(points[-1].values, trial.point.values):
            points = (*points, trial.point)
            break
    start.path = replace(
        path, points=points, evaluations=path.evaluations + len(trials), refused=refused
    )


def _optimiser(evaluator: Evaluator, given: DesignPoint, number: int) -> CMA:
    """Return the optimiser of one start; its parameters go from 0 to 1 within the bounds."""
    middle = evaluator.shares(given.values)
    seed = int(np.random.SeedSequence([evaluator.request.seed, number]).generate_state(1)[0])
    rng = np.random.default_rng(seed)
    if number:
        middle = _drawn(evaluator, middle, rng)
    bounds = np.tile([0.0, 1.0], (len(middle), 1))
    return CMA(mean=middle, sigma=_spread(evaluator, middle, rng), bounds=bounds, seed=seed)


def _spread(evaluator: Evaluator, middle: FloatArray, rng: np.random.Generator) -> float:
    """Return the widest spread around a crystal at which half of all keep their distances."""
    spread = WIDEST
    while spread > NARROWEST:
        drawn = np.clip(middle + spread * rng.normal(size=(PROBES, len(middle))), 0, 1)
        if np.mean([evaluator.keeps_distances(one) for one in drawn]) >= 0.5:
            return spread
        spread /= 1.5
    return spread


def _drawn(evaluator: Evaluator, given: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return a random crystal within the bounds whose atoms are not too close, shape (count,).

    It is drawn nearer and nearer to the given one, which it is where none is found.
    """
    for draw in range(DRAWS):
        drawn = given + (1 - draw / DRAWS) * (rng.uniform(size=len(given)) - given)
        if evaluator.keeps_distances(drawn):
            return drawn
    return given


def _confirmed(predictor: TcPredictor, path: DesignPath) -> DesignPath:
    """Return a path without the last crystals whose CIF has another Tc."""
    points = path.points
    while len(points) > 1 and not is_confirmed(predictor, points[-1]):
        points = points[:-1]
    return replace(path, points=points)


def is_confirmed(predictor: TcPredictor, point: DesignPoint) -> bool:
    """Return whether a crystal that was written as CIF and read again has the same Tc."""
    try:
        read = load_structure(str(point.structure.to(fmt="cif")), file_name="design.cif")
        [prediction] = predictor([read])
    except StructureError:
        return False
    return abs(prediction.tc - point.prediction.tc) <= SAME_TC
