"""A scene for the screen and for files: JSON for the viewer of the app, HTML that needs no app."""

from __future__ import annotations

import inspect
import json
from html import escape
from pathlib import Path
from typing import Any

import py3Dmol
from pymatgen.core import Structure
from scipy.spatial.transform import Rotation

from tcexplore.layers import Layer, Mesh
from tcexplore.scene import Scene

LIBRARY = Path(__file__).parent.parent / "static" / "3Dmol-min.js"
SERVED_LIBRARY = "app/static/3Dmol-min.js"  # by Streamlit, from the folder static/
CAMERA_Z = 150  # where 3Dmol's camera stands, in Å
HALF_ANGLE = 10  # degrees, of what 3Dmol's camera sees


def remote_library() -> str:
    """Return py3Dmol's own address of 3Dmol.js."""
    return str(inspect.signature(py3Dmol.view.__init__).parameters["js"].default)


def turn() -> list[float]:
    """Return the first orientation as a quaternion x, y, z, w: c upwards, seen from the side."""
    turns = (("x", 14), ("y", -22), ("x", -90))  # the last one is the first to be done
    first, second, third = (Rotation.from_euler(axis, angle, degrees=True) for axis, angle in turns)
    return (first * second * third).as_quat().round(6).tolist()


def site_labels(structure: Structure) -> list[str]:
    """Return the name of each site in a view, such as ``H, site 5``."""
    return [f"{site.species_string}, site {number}" for number, site in enumerate(structure, 1)]


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
        "turn": turn(),
        "labels": site_labels(scene.structure),
        "atoms": [[site, *image, *place] for site, image, place in atoms],
        "layers": [_layer(layer) for layer in scene.layers],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "label": layer.label,
        "colour": layer.colour,
        "mark": layer.mark,
        "calls": [[call.method, call.arguments] for call in layer.calls],
        "meshes": [_mesh(mesh) for mesh in layer.meshes],
        "atoms": layer.atoms,
    }


def _mesh(mesh: Mesh) -> dict[str, Any]:
    return {
        "vertices": mesh.vertices.round(3).ravel().tolist(),
        "triangles": mesh.triangles.ravel().tolist(),
        "shifts": mesh.shifts.round(5).tolist(),
        "colour": mesh.colour,
        "opacity": mesh.opacity,
    }


def scene_view(scene: Scene, *, height: int = 480) -> py3Dmol.view:
    """Return a scene as py3Dmol shows it, in a notebook for instance.

    Parameters
    ----------
    height
        (CSS pixels) The width is that of the frame.
    """
    view = py3Dmol.view(width="100%", height=height)  # type: ignore[arg-type]
    for layer in scene.layers:
        for call in (*layer.calls, *(call for mesh in layer.meshes for call in mesh.calls())):
            getattr(view, call.method)(*call.arguments)
    view.setProjection("orthographic")
    view.setSlab(-2 * scene.radius, 2 * scene.radius)
    distance = scene.radius / Rotation.from_euler("x", HALF_ANGLE, degrees=True).as_matrix()[2, 1]
    view.setView([0, 0, 0, CAMERA_Z - distance, *turn()])
    return view


def scene_html(scene: Scene) -> str:
    """Return a document of its own that shows a scene; with the library in it where it is here."""
    library = ""
    if LIBRARY.is_file():
        source = LIBRARY.read_text(encoding="utf-8")
        library = f"<script>{source}</script><script>$3Dmolpromise = Promise.resolve();</script>"
    view = scene_view(scene, height=640)
    return _PAGE.format(
        title=escape(scene.file_stem),
        library=library,
        view=view._make_html(),
        text=escape(scene.text),
        legend=legend_html(scene),
    )


def legend_html(scene: Scene) -> str:
    """Return a line that says which colour is what."""
    return " ".join(
        '<span style="white-space:nowrap;margin-right:1.1em"><span style="display:inline-block;'
        f"width:.8em;height:.8em;border-radius:50%;margin-right:.4em;background:{layer.colour}"
        f'"></span>{escape(layer.label)}</span>'
        for layer in scene.layers
    )


_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="margin:0;font:15px sans-serif">{library}
<div role="img" aria-label="{text}">{view}</div>
<p style="margin:1em">{legend}</p>
</body></html>
"""
