"""Export of a scene: JSON for the viewer of the app, HTML that needs no app."""

from __future__ import annotations

import inspect
import json
from html import escape
from typing import Any

import numpy as np
import py3Dmol

from tcexplore.resources import VIEWER_LIBRARY
from tcexplore.typing import FloatArray
from tcexplore.view3d.colours import css_background, paler
from tcexplore.view3d.layers import EDGE, GHOST_SIZE, Layer, Mesh, Sign, Spheres, Sticks, turn
from tcexplore.view3d.scene import Scene, site_labels

SERVED_LIBRARY = "app/static/3Dmol-min.js"  # by Streamlit, from the folder static/
BOTH_SIDES = 2  # of a surface, as 3Dmol says it
CAMERA_Z = 150  # Å; height of 3Dmol's camera
HALF_ANGLE = 20  # degrees that 3Dmol's camera sees to each side without perspective


def remote_library() -> str:
    """Return py3Dmol's own address of 3Dmol.js."""
    return str(inspect.signature(py3Dmol.view.__init__).parameters["js"].default)


def scene_json(scene: Scene) -> str:
    """Return a scene as the viewer of the app reads it, the same text for the same scene."""
    atoms = zip(
        scene.atoms.sites.tolist(),
        scene.atoms.images.tolist(),
        scene.cart_coords.round(5).tolist(),
        strict=True,
    )
    content = {
        "text": scene.text,
        "file": f"{scene.file_stem}.png",
        "frame": scene.frame,
        "radius": round(scene.radius, 3),
        "half": scene.half_frame,
        "turn": _quaternion(),
        "labels": site_labels(scene.structure),
        "atoms": [[site, *image, *position] for site, image, position in atoms],
        "layers": [_layer(layer) for layer in scene.layers],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _quaternion() -> list[float]:
    """Return the first orientation as x, y, z, w."""
    return turn().as_quat().round(6).tolist()


def _layer(layer: Layer) -> dict[str, Any]:
    content: dict[str, Any] = {name: getattr(layer, name) for name in ("name", "label", "mark")}
    content |= {"colour": layer.colour, "background": css_background(layer.colour, layer.shares)}
    if layer.spheres is not None:
        content["atoms"] = layer.spheres.atoms.tolist()
    return content | {
        "models": _models(layer),
        "meshes": [_mesh(mesh) for mesh in layer.meshes],
        "signs": [[sign.text, _sign_style(sign)] for sign in layer.signs],
    }


def _models(layer: Layer) -> list[dict[str, Any]]:
    """Return atoms with styles and bonds between them, the form that 3Dmol draws fastest."""
    models = [] if layer.spheres is None else [_balls(layer.spheres, layer.colour)]
    return models + [_sticks(sticks, layer.colour) for sticks in layer.sticks]


def _balls(spheres: Spheres, colour: str) -> dict[str, Any]:
    pale = {"color": paler(colour), "radius": round(GHOST_SIZE * spheres.radius, 3)}
    return {
        "positions": spheres.centres.round(4).tolist(),
        "styles": [{"sphere": {"color": colour, "radius": round(spheres.radius, 3)}},
                   {"sphere": pale}],
        "style": spheres.is_ghost.astype(int).tolist(),
        "bonds": [],
    }  # fmt: skip


def _sticks(sticks: Sticks, colour: str) -> dict[str, Any]:
    colours = sticks.colours or (colour,) * len(sticks.ends)
    present = sorted(set(colours))
    radius = round(sticks.radius, 4)
    return {
        "positions": sticks.ends.round(4).tolist(),
        "styles": [{"stick": {"color": one, "radius": radius}} for one in present],
        "style": [present.index(one) for one in colours],
        "bonds": sticks.pairs.tolist(),
    }


def _mesh(mesh: Mesh) -> dict[str, Any]:
    return {
        "vertices": mesh.vertices.round(3).ravel().tolist(),
        "triangles": mesh.triangles.ravel().tolist(),
        "shifts": mesh.shifts.round(4).tolist(),
        "opacity": mesh.opacity,
        "colour": mesh.colour,
    }


def _sign_style(sign: Sign) -> dict[str, Any]:
    font = {"fontColor": EDGE, "fontSize": 15, "showBackground": False, "inFront": True}
    return {**font, "alignment": "center", "position": _point(sign.position)}


def _point(position: FloatArray) -> dict[str, float]:
    return dict(zip("xyz", position.round(4).tolist(), strict=True))


# --- without the app ----------------------------------------------------------------------------


def scene_view(scene: Scene, *, size: int = 480) -> py3Dmol.view:
    """Return a scene as py3Dmol shows it, in a notebook for instance.

    Parameters
    ----------
    size
        (CSS pixels) Width and height.
    """
    view = py3Dmol.view(width=size, height=size)
    for layer in scene.layers:
        _add_layer(view, layer)
    view.setProjection("orthographic")
    view.setSlab(-2 * scene.radius, 2 * scene.radius)
    distance = max(scene.half_frame) / np.tan(np.radians(HALF_ANGLE))
    view.setView([0, 0, 0, CAMERA_Z - distance, *_quaternion()])
    return view


def _add_layer(view: py3Dmol.view, layer: Layer) -> None:
    for model in _models(layer):
        view.addModel()
        view.getModel().addAtoms(_atoms(**model))
    for mesh in layer.meshes:
        for shift in mesh.shifts if len(mesh.triangles) else ():
            view.addCustom(
                {
                    "vertexArr": [_point(vertex) for vertex in mesh.vertices + shift],
                    "faceArr": mesh.triangles.ravel().tolist(),
                    "color": mesh.colour,
                    "opacity": mesh.opacity,
                    "side": BOTH_SIDES,
                }
            )
    for sign in layer.signs:
        view.addLabel(sign.text, _sign_style(sign))


def _atoms(
    positions: list[list[float]],
    styles: list[dict[str, Any]],
    style: list[int],
    bonds: list[list[int]],
) -> list[dict[str, Any]]:
    """Return a model's atoms as 3Dmol's `addAtoms` takes them."""
    partners: list[list[int]] = [[] for _ in positions]
    for first, second in bonds:
        partners[first].append(second)
        partners[second].append(first)
    return [
        {"elem": "X", "x": x, "y": y, "z": z, "style": styles[index], "bonds": others}
        for (x, y, z), index, others in zip(positions, style, partners, strict=True)
    ]


def scene_html(scene: Scene) -> str:
    """Return a self-contained HTML document of a scene, with 3Dmol.js in it where it is here."""
    library = ""
    if VIEWER_LIBRARY.is_file():
        source = VIEWER_LIBRARY.read_text(encoding="utf-8")
        library = f"<script>{source}</script><script>$3Dmolpromise = Promise.resolve();</script>"
    view = scene_view(scene, size=640)
    return _PAGE.format(
        title=escape(scene.file_stem),
        library=library,
        view=view._make_html(),
        text=escape(scene.text),
        legend=legend_html(scene),
    )


def legend_html(scene: Scene) -> str:
    """Return the legend of colours, a line of HTML."""
    return " ".join(
        '<span style="white-space:nowrap;margin-right:1.1em"><span style="display:inline-block;'
        f"width:.8em;height:.8em;border-radius:50%;margin-right:.4em;background:"
        f'{css_background(layer.colour, layer.shares)}"></span>{escape(layer.label)}</span>'
        for layer in scene.layers
    )


_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="margin:0;font:15px sans-serif">{library}
<div role="img" aria-label="{text}">{view}</div>
<p style="margin:1em">{legend}</p>
</body></html>
"""
