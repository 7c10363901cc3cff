"""A scene as a plotly drawing, for browsers without WebGL.

Plotly's own 3D traces need WebGL too, so the scene is projected here and drawn flat, as SVG.
"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from tcexplore.layers import Layer, Mesh
from tcexplore.scene import Scene
from tcexplore.viewer import turn

FloatArray = NDArray[np.floating]

DIRECTIONS = {"askew": None, "along a": 0, "along b": 1, "along c": 2}
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
    order = {"box": 0, "patch": 1, "line": 2, "dot": 3}
    flat = [layer for layer in scene.layers if layer.mark in order]
    layers = sorted(flat, key=lambda layer: order[layer.mark])
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
    if layer.atoms:
        return [_atoms(scene, layer, axes)]
    traces = [_faces(mesh, axes) for mesh in layer.meshes]
    traces += [_sticks(call.arguments[0]["m"][0], layer, axes)
               for call in layer.calls if call.method == "addModel"]  # fmt: skip
    for number, trace in enumerate(traces):
        trace.update(
            name=layer.label, legendgroup=layer.name, showlegend=number == 0, hoverinfo="skip"
        )
    return traces


def _atoms(scene: Scene, layer: Layer, axes: FloatArray) -> go.Scatter:
    coords = scene.cart_coords[list(layer.atoms)] @ axes.T
    model = layer.calls[0].arguments[0]["m"][0]
    spheres = [model["s"][point["s"]]["sphere"] for point in model["a"]]
    nearest_last = np.argsort(coords[:, 2])
    chosen = [spheres[index] for index in nearest_last]
    sites = scene.atoms.sites[list(layer.atoms)][nearest_last]
    return go.Scatter(
        x=coords[nearest_last, 0],
        y=coords[nearest_last, 1],
        mode="markers",
        name=layer.label,
        marker={
            "size": [2 * sphere["radius"] * HALF_WIDTH / scene.radius for sphere in chosen],
            "color": [sphere["color"] for sphere in chosen],
            "opacity": 1,
            "line": {"width": 1, "color": "#4a555c"},
        },
        text=[f"{scene.structure[site].species_string}, site {site + 1}" for site in sites],
        hoverinfo="text",
    )


def _sticks(model: dict, layer: Layer, axes: FloatArray) -> go.Scatter:
    coords = np.array([[point["x"], point["y"], point["z"]] for point in model["a"]]) @ axes.T
    ends = np.array([[bond["b"], bond["e"]] for bond in model["b"]])
    gaps = np.full((len(ends), 1), np.nan)
    width = {"line": 4, "patch": 1, "box": 1}[layer.mark]
    return go.Scatter(
        x=np.hstack([coords[ends, 0], gaps]).ravel(),
        y=np.hstack([coords[ends, 1], gaps]).ravel(),
        mode="lines",
        line={"color": layer.colour, "width": width},
    )


def _faces(mesh: Mesh, axes: FloatArray) -> go.Scatter:
    copies = (mesh.vertices + mesh.shifts[:, None]) @ axes.T  # (n_copies, n_vertices, 3)
    corners = copies[:, mesh.triangles, :2].reshape(-1, 3, 2)
    loops = np.concatenate([corners, corners[:, :1], np.full((len(corners), 1, 2), np.nan)], axis=1)
    return go.Scatter(
        x=loops[..., 0].ravel(),
        y=loops[..., 1].ravel(),
        mode="lines",
        fill="toself",
        fillcolor=mesh.colour,
        opacity=0.5 * mesh.opacity,
        line={"width": 0},
    )
