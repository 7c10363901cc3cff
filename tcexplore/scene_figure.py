"""A scene as a plotly drawing, for browsers without WebGL.

Plotly's own 3D traces need WebGL too, so the scene is projected here and drawn flat, as SVG.
"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from tcexplore.layers import GHOST_SIZE, Layer, Mesh, Spheres, Sticks, paler
from tcexplore.scene import Scene
from tcexplore.viewer import site_labels, turn

FloatArray = NDArray[np.floating]

DIRECTIONS = {"askew": None, "along a": 0, "along b": 1, "along c": 2}
MARKS = ("box", "patch", "line", "dot")  # in this order, the last on top
WIDTHS = {"box": 1, "patch": 1, "line": 4}  # CSS pixels
RIM = "#4a555c"
HEIGHT = 460  # CSS pixels
HALF_WIDTH = 0.42 * HEIGHT  # CSS pixels that the scene's radius takes


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
    span = [-scene.radius, scene.radius]
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
        return Rotation.from_quat(turn()).as_matrix()
    towards = matrix[axis] / np.linalg.norm(matrix[axis])
    up = matrix[(axis + 2) % 3] - (matrix[(axis + 2) % 3] @ towards) * towards
    up /= np.linalg.norm(up)
    return np.stack([np.cross(up, towards), up, towards])


def _traces(scene: Scene, layer: Layer, axes: FloatArray) -> list[go.Scatter]:
    if layer.spheres is not None:
        return [_atoms(scene, layer, layer.spheres, axes)]
    traces = [_faces(mesh, layer.colour, axes) for mesh in layer.meshes]
    traces += [_lines(sticks, layer, axes) for sticks in layer.sticks]
    for number, trace in enumerate(traces):
        trace.update(
            name=layer.label, legendgroup=layer.name, showlegend=number == 0, hoverinfo="skip"
        )
    return traces


def _atoms(scene: Scene, layer: Layer, spheres: Spheres, axes: FloatArray) -> go.Scatter:
    coords = spheres.centres @ axes.T
    order = np.argsort(coords[:, 2])  # the nearest last, on top of the others
    ghost = spheres.is_ghost[order]
    size = 2 * spheres.radius * HALF_WIDTH / scene.radius
    labels = site_labels(scene.structure)
    return go.Scatter(
        x=coords[order, 0],
        y=coords[order, 1],
        mode="markers",
        name=layer.label,
        marker={
            "size": np.where(ghost, GHOST_SIZE * size, size),
            "color": np.where(ghost, paler(layer.colour), layer.colour),
            "opacity": 1,
            "line": {"width": 1, "color": RIM},
        },
        text=[labels[site] for site in scene.atoms.sites[spheres.atoms[order]]],
        hoverinfo="text",
    )


def _lines(sticks: Sticks, layer: Layer, axes: FloatArray) -> go.Scatter:
    coords = sticks.ends @ axes.T
    gaps = np.full((len(sticks.pairs), 1), np.nan)
    return go.Scatter(
        x=np.hstack([coords[sticks.pairs, 0], gaps]).ravel(),
        y=np.hstack([coords[sticks.pairs, 1], gaps]).ravel(),
        mode="lines",
        line={"color": layer.colour, "width": WIDTHS[layer.mark]},
    )


def _faces(mesh: Mesh, colour: str, axes: FloatArray) -> go.Scatter:
    copies = (mesh.vertices + mesh.shifts[:, None]) @ axes.T  # (n_copies, n_vertices, 3)
    corners = copies[:, mesh.triangles, :2].reshape(-1, 3, 2)
    loops = np.concatenate([corners, corners[:, :1], np.full((len(corners), 1, 2), np.nan)], axis=1)
    return go.Scatter(
        x=loops[..., 0].ravel(),
        y=loops[..., 1].ravel(),
        mode="lines",
        fill="toself",
        fillcolor=colour,
        opacity=0.5 * mesh.opacity,
        line={"width": 0},
    )
