"""Frames of a path: its crystals and those on the straight way between them, for an animation."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from pymatgen.core import Structure

from tcexplore.design.result import Design, DesignPath, DesignPoint


@dataclass(frozen=True)
class Frame:
    """Crystal at a place on a path."""

    structure: Structure
    before: DesignPoint
    """Point of the path that it is, or that it comes from."""
    after: DesignPoint | None = None
    """Point that it goes to; None where it is a point."""


def path_frames(design: Design, path: DesignPath, *, most: int) -> list[Frame]:
    """Return the crystals of a path, with as many between each two as make the wanted number.

    Those between are predicted by nobody; atoms keep their limits there, as the optimiser looked.

    Parameters
    ----------
    most
        Frames; of a longer path some points are left out, never the first or the last.
    """
    chosen = np.unique(np.linspace(0, len(path.points) - 1, most).round().astype(int))
    points = [path.points[number] for number in chosen]
    between = max((most - 1) // max(len(points) - 1, 1), 1)
    frames = []
    for before, after in itertools.pairwise(points):
        frames.append(Frame(before.structure, before))
        for share in np.arange(1, between) / between:
            values = before.values + share * (after.values - before.values)
            frames.append(Frame(design.parameters.structure(values), before, after))
    frames.append(Frame(points[-1].structure, points[-1]))
    return [replace(frame, structure=_pinned(frame.structure, design)) for frame in frames]


def _pinned(structure: Structure, design: Design) -> Structure:
    """Return a crystal shifted as a whole, so that its heaviest atom does not move."""
    parent = design.parent.structure
    heaviest = max(range(len(parent)), key=lambda site: parent[site].species.weight)
    pinned = structure.copy()
    offset = parent.frac_coords[heaviest] - structure.frac_coords[heaviest]
    pinned.translate_sites(range(len(pinned)), offset, to_unit_cell=False)
    return pinned
