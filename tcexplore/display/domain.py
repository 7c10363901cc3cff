"""What is known around a point of a dome or a map, in plain words."""

from __future__ import annotations

import pandas as pd

from tcexplore.crystal.structure import SHORTEST_DISTANCE
from tcexplore.display.labels import formula_text
from tcexplore.model.applicability_domain import INSIDE, LIMITS, OUTSIDE, SEEN, ApplicabilityDomain
from tcexplore.studies.lattice_dome import LatticeDome
from tcexplore.studies.lattice_map import LatticeMap

MEANING = (
    f"Outside what the model has seen: farther from every material that it was trained on, in"
    f" chemistry, volume per atom and closest contact, than {LIMITS[1]:g} % of these lie from the"
    f" nearest one of other elements; $T_c$ is a guess there. At the edge: {LIMITS[0]:g} %."
)


def apex_domain_sentence(result: LatticeDome | LatticeMap, known: pd.DataFrame) -> str:
    """Return in Markdown whether the model has seen anything like the apex.

    Parameters
    ----------
    known
        From `ModelFiles.known`.
    """
    if result.domain is None:
        return ""
    return domain_sentence("The apex", result.domain, result.apex, known)


def domain_sentence(
    subject: str, domain: ApplicabilityDomain, place: int | tuple[int, ...], known: pd.DataFrame
) -> str:
    """Return in Markdown whether the model has seen anything like one point, and what is nearest.

    Parameters
    ----------
    subject
        What the sentence begins with.
    place
        Index into the arrays of the domain.
    """
    word, shortest = str(domain.words[place]), float(domain.shortest_distance[place])
    if shortest < SHORTEST_DISTANCE:
        return (
            f"**{subject} lies {OUTSIDE} what the model has seen**: two atoms would be"
            f" {shortest:.2f} Å apart, which no crystal has."
        )
    near = known.iloc[int(domain.nearest[place])]
    where = f"{subject} lies {SEEN[word]}"
    where = where if word == INSIDE else f"**{where}**"
    return (
        f"{where} (percentile {domain.percentile[place]:.0f}):"
        f" {domain.volume_per_atom[place]:.2f} Å³ per atom, and its closest contact is"
        f" {domain.contact[place]:.2f} times the sum of the two atomic radii. The nearest material"
        f" that it was trained on, {formula_text(str(near['formula']))} with"
        f" {near['tc']:.3g} K, has {near['volume_per_atom']:.2f} Å³ and {near['contact']:.2f}."
    )
