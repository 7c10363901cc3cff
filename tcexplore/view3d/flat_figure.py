"""Flat drawing of a scene by plotly, for browsers without WebGL.

Plotly's own 3D traces need WebGL too, so the scene is projected here and drawn flat, as SVG.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import plotly.graph_objects as go
from scipy.spatial import ConvexHull

from tcexplore.typing import FloatArray
from tcexplore.view3d.colours import paler
from tcexplore.view3d.layers import GHOST_SIZE, Layer, Mesh, Spheres, Sticks, turn
from tcexplore.view3d.scene import Scene, site_labels
from tcexplore.view3d.sectors import flat_sectors, sector_angles

DIRECTIONS = {"askew": None, "along a": 0, "along b": 1, "along c": 2}
MARKS = ("box", "patch", "bond", "line", "dot")  # in this order, the last on top
WIDTHS = {"box": 1, "patch": 1, "bond": 3, "line": 4}  # CSS pixels
RIM = "#4a555c"
HEIGHT = 460  # CSS pixels
HALF_WIDTH = 0.42 * HEIGHT  # CSS pixels that half of the frame takes


def scene_figure(scene: Scene, direction: str = "askew") -> go.Figure:
    """Return the scene seen from afar, a trace for each of its layers; densities are left out.

    Parameters
    ----------
    direction
        A key of `DIRECTIONS`.
    """
    axes = view_axes(scene.structure.lattice.matrix, direction)
    layers = [layer for mark in MARKS for layer in scene.layers if layer.mark == mark]
    figure = go.Figure([trace for layer in layers for trace in _traces(scene, layer, axes)])
    half = max(scene.half_frame)
    span = [-half, half]
    figure.update_xaxes(visible=False, range=span)
    figure.update_yaxes(visible=False, range=span, scaleanchor="x")
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"orientation": "h"},
        showlegend=True,
        hovermode="closest",
    )
    return figure


def view_axes(matrix: FloatArray, direction: str) -> FloatArray:
    """Return the directions to the right, upwards and towards the viewer as rows, shape (3, 3).

    Parameters
    ----------
    matrix
        (Å) Lattice vectors as rows, shape (3, 3).
    """
    axis = DIRECTIONS[direction]
    if axis is None:
        return turn().as_matrix()
    towards = matrix[axis] / np.linalg.norm(matrix[axis])
    up = matrix[(axis + 2) % 3] - (matrix[(axis + 2) % 3] @ towards) * towards
    up /= np.linalg.norm(up)
    return np.stack([np.cross(up, towards), up, towards])


def _traces(scene: Scene, layer: Layer, axes: FloatArray) -> list[go.Scatter]:
    if layer.spheres is not None:
        traces = _atoms(scene, layer, layer.spheres, axes) + _sectors(layer, layer.spheres, axes)
    else:
        traces = [outline for mesh in layer.meshes for outline in _outlines(mesh, layer, axes)]
        traces += [line for sticks in layer.sticks for line in _lines(sticks, layer, axes)]
    named = [trace for trace in traces if trace.mode == "markers"] or traces
    for trace in traces:
        trace.update(name=layer.label, legendgroup=layer.name, showlegend=trace is named[-1])
    return traces


def _atoms(scene: Scene, layer: Layer, spheres: Spheres, axes: FloatArray) -> list[go.Scatter]:
    """Return the ghosts of a kind, and its atoms above them."""
    size = 2 * spheres.radius * HALF_WIDTH / max(scene.half_frame)
    ghosts = (spheres.is_ghost, paler(layer.colour), GHOST_SIZE * size)
    atoms = (~spheres.is_ghost, layer.colour, size)
    labels = site_labels(scene.structure)
    traces = []
    for shown, colour, size in (ghosts, atoms):
        x, y, depth = axes @ spheres.centres[shown].T
        order = np.argsort(depth)  # the nearest last, on top of the others
        sites = scene.atoms.sites[spheres.atoms[shown][order]]
        marker = {"size": size, "color": colour, "opacity": 1, "line": {"width": 1, "color": RIM}}
        traces.append(
            go.Scatter(
                x=x[order],
                y=y[order],
                mode="markers",
                marker=marker,
                text=[labels[site] for site in sites],
                hoverinfo="text",
            )
        )
    return traces


def _sectors(layer: Layer, spheres: Spheres, axes: FloatArray) -> list[go.Scatter]:
    """Return the shares of all but the largest species, above the atoms of a shared site."""
    x_y = spheres.centres[~spheres.is_ghost] @ axes[:2].T
    angles = sector_angles(layer.shares)
    return [
        _filled(flat_sectors(x_y, spheres.radius, start, end), colour)
        for colour, start, end in angles
    ]


def _filled(outlines: Iterable[FloatArray], colour: str) -> go.Scatter:
    """Return areas (Å) without lines around them, parted by gaps."""
    gap = np.full((1, 2), np.nan)
    x, y = np.concatenate([part for outline in outlines for part in (outline, gap)]).T
    return go.Scatter(
        x=x, y=y, mode="lines", fill="toself", fillcolor=colour, line={"width": 0}, hoverinfo="skip"
    )


def _lines(sticks: Sticks, layer: Layer, axes: FloatArray) -> list[go.Scatter]:
    """Return the lines, one trace for each colour: halves where the two ends have one each."""
    coords = sticks.ends @ axes.T
    first, second = coords[sticks.pairs[:, 0]], coords[sticks.pairs[:, 1]]
    if not sticks.colours:
        return [_line_trace(first, second, layer.colour, layer)]
    middle, colours = 0.5 * (first + second), np.array(sticks.colours)[sticks.pairs]
    start, end = np.concatenate([first, second]), np.tile(middle, (2, 1))
    of_half = colours.T.ravel()
    nowhere = np.full((1, 3), np.nan)
    return [
        _line_trace(start[of_half == colour], end[of_half == colour], colour, layer)
        for colour in np.unique(of_half)
    ] + [_line_trace(nowhere, nowhere, layer.colour, layer)]  # the last one is in the legend


def _line_trace(start: FloatArray, end: FloatArray, colour: str, layer: Layer) -> go.Scatter:
    gaps = np.full((len(start), 3), np.nan)
    x, y, _ = np.stack([start, end, gaps], axis=1).reshape(-1, 3).T
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": str(colour), "width": WIDTHS[layer.mark]},
        hoverinfo="skip",
    )


def _outlines(mesh: Mesh, layer: Layer, axes: FloatArray) -> list[go.Scatter]:
    """Return the outlines of cages: as they bulge everywhere, the hulls of their corners."""
    traces = []
    for shift in mesh.shifts:
        corners = (mesh.vertices + shift) @ axes[:2].T
        hull = corners[ConvexHull(corners).vertices]
        traces.append(
            go.Scatter(
                x=hull[:, 0],
                y=hull[:, 1],
                mode="lines",
                fill="toself",
                fillcolor=layer.colour,
                opacity=0.5 * mesh.opacity,
                line={"width": 0},
                hoverinfo="skip",
            )
        )
    return traces
