"""Sectors of the spheres of shared sites: a pie of the species, whole from the first camera."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.spatial.transform import Rotation

from tcexplore.typing import FloatArray, IntArray
from tcexplore.view3d.colours import Share

FINENESS = 12  # degrees between corners
HALF_TURN = 180  # degrees


def sector_angles(shares: Sequence[Share]) -> list[tuple[str, float, float]]:
    """Return colour, start and end (degrees, from 12 o'clock clockwise) of all but the largest.

    The largest share, which comes first, has the colour of the sphere itself.
    """
    if not shares:
        return []
    ends = 360 * np.cumsum([share.part for share in shares]) / sum(share.part for share in shares)
    later = zip(shares[1:], ends[:-1], ends[1:], strict=True)
    return [(share.colour, float(start), float(end)) for share, start, end in later]


def sector_surface(start: float, end: float, turn: Rotation) -> tuple[FloatArray, IntArray]:
    """Return the part of a unit sphere between two angles of a clock's face.

    Parameters
    ----------
    start, end
        (degrees)
    turn
        First orientation of the view, whose axis towards the viewer is the clock's.

    Returns
    -------
    :
        Vertices, shape (n_vertices, 3), and triangles as their indices, shape (n_triangles, 3).
    """
    hours = np.radians(np.linspace(start, end, 2 + int((end - start) / FINENESS)))
    tilts = np.radians(np.linspace(0, HALF_TURN, 1 + HALF_TURN // FINENESS))
    hour, tilt = (grid.ravel() for grid in np.meshgrid(hours, tilts, indexing="ij"))
    across = np.sin(tilt)
    vertices = np.stack([across * np.sin(hour), across * np.cos(hour), np.cos(tilt)], axis=1)
    index = np.arange(len(vertices)).reshape(len(hours), len(tilts))
    corners = [index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]]
    a, b, c, d = (corner.ravel() for corner in corners)
    triangles = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    return turn.inv().apply(vertices), triangles


def flat_sectors(
    centres: FloatArray, radius: float, start: float, end: float
) -> Iterable[FloatArray]:
    """Return the outlines of a sector on discs around centres (Å), each of shape (n, 2)."""
    hours = np.radians(np.linspace(start, end, 2 + int((end - start) / FINENESS)))
    rim = radius * np.stack([np.sin(hours), np.cos(hours)], axis=1)
    outline = np.concatenate([np.zeros((1, 2)), rim])
    return (centre + outline for centre in centres)
