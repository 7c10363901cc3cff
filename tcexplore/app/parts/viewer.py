"""3D view on a page: 3Dmol.js in a component, or a drawing where the browser has no WebGL."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from pymatgen.core import Structure
from streamlit.components.v2 import component

from tcexplore.view3d import export
from tcexplore.view3d.flat_figure import DIRECTIONS, scene_figure
from tcexplore.view3d.scene import Scene, site_labels

MISSING = "viewer_missing"  # in the session's state: a key of REASONS
REASONS = {
    "webgl": "No WebGL in this browser (is it switched off?): a flat drawing instead of a 3D view.",
    "library": "3Dmol.js could not be loaded: a flat drawing instead of a 3D view.",
}
FOLDER = Path(__file__).parent
HTML = """<div class="view">
<div class="stage" tabindex="0" role="application" aria-roledescription="3D view"></div>
<div class="bar film" role="group" aria-label="Film" hidden>
<button type="button">Play</button>
<input type="range" min="0" max="0" value="0" aria-label="Step">
<output aria-live="off"></output>
</div>
<div class="bar tools" role="toolbar" aria-label="View">
<button type="button" name="projection" aria-pressed="false">Perspective</button>
<button type="button" name="spin" aria-pressed="false">Spin</button>
<button type="button" name="reset">Reset</button>
<button type="button" name="fullscreen">Full screen</button>
<button type="button" name="picture">PNG</button>
</div>
<div class="bar layers" role="group" aria-label="Shown in the view"></div>
<p class="status" role="status"></p>
<p class="hint"></p>
</div>"""


@dataclass(frozen=True)
class SceneClick:
    """Atom that was clicked last."""

    site: int
    """Index in the structure."""
    image: tuple[int, int, int]
    """Lattice translation from the site's own coordinates."""
    distance: float | None
    """(Å) To the atom clicked before it, where one is still marked."""


def show_scene(scene: Scene, *, key: str, height: int = 420) -> SceneClick | None:
    """Show a scene; return the atom that was clicked last, None where none is marked.

    Parameters
    ----------
    key
        Of the view: it keeps its camera while this stays the same and the scene's frame does.
    height
        (CSS pixels) Without buttons and legend.
    """
    if missing := st.session_state.get(MISSING):
        _show_figure(scene, key, missing)
        return None
    result = _component()(
        key=key,
        data=_message([scene], [], height),
        on_picked_change=_nothing,
        on_library_change=_nothing,
        on_missing_change=_nothing,
    )
    if result.missing:
        st.session_state[MISSING] = result.missing
        _show_figure(scene, key, result.missing)
        return None
    if result.library == "remote":
        st.caption("3Dmol.js is not installed here: the view loads it from the network.")
    return _click(scene, result.picked)


def show_film(
    scenes: Sequence[Scene], labels: Sequence[str], *, key: str, height: int = 420
) -> None:
    """Show scenes one after the other, with a button that plays them and a slider between them.

    Parameters
    ----------
    scenes
        Of one frame, so that the camera stays.
    labels
        Words for each scene.
    """
    if not (missing := st.session_state.get(MISSING)):
        data = _message(scenes, labels, height)
        nothing = {f"on_{name}_change": _nothing for name in ("picked", "library", "missing")}
        missing = _component()(key=key, data=data, **nothing).missing
    if missing:
        st.session_state[MISSING] = missing
        _show_figure(scenes[_step_chosen(labels, f"{key}-at")], key, missing)


def _step_chosen(labels: Sequence[str], key: str) -> int:
    """Show a slider over the scenes of a film and return the number of one."""
    if st.session_state.get(key, 0) >= len(labels):  # of a longer film
        del st.session_state[key]
    if len(labels) < 2:
        return 0
    return st.select_slider("Step", range(len(labels)), format_func=labels.__getitem__, key=key)


def site_sentence(structure: Structure, click: SceneClick) -> str:
    """Return the position of a clicked atom in words, and its distance to the one before."""
    x, y, z = structure.frac_coords[click.site] + click.image
    label = site_labels(structure)[click.site]
    sentence = f"{label}: x = {x:.4f}, y = {y:.4f}, z = {z:.4f} in lattice vectors."
    if click.distance is None:
        return sentence
    return f"{sentence} {click.distance:.3f} Å from the atom marked before."


@functools.cache
def _component() -> Any:  # noqa: ANN401 Streamlit's own type is for checkers alone
    """Return the component, whose files are read at its first use."""
    return component(
        "tcexplore_viewer",
        html=HTML,
        css=(FOLDER / "viewer.css").read_text(encoding="utf-8"),
        js=(FOLDER / "viewer.js").read_text(encoding="utf-8"),
    )


def _nothing() -> None:
    """Let Streamlit know that a state exists; the page reads it when it runs again."""


def _message(scenes: Sequence[Scene], labels: Sequence[str], height: int) -> bytes:
    """Return what the browser gets, a line each: settings, then the scenes."""
    libraries = [export.SERVED_LIBRARY, export.remote_library()]
    settings = json.dumps({"height": height, "libraries": libraries, "labels": list(labels)})
    return "\n".join([settings, *map(export.scene_json, scenes)]).encode()


def _click(scene: Scene, picked: dict[str, Any] | None) -> SceneClick | None:
    """Return the click that the browser sent, unless it belongs to another scene."""
    if not picked or picked["frame"] != scene.frame or not picked["atoms"]:
        return None
    atoms = np.array(picked["atoms"], dtype=int)
    if not ((atoms[:, 0] >= 0) & (atoms[:, 0] < len(scene.structure))).all():
        return None
    frac_coords = scene.structure.frac_coords[atoms[:, 0]] + atoms[:, 1:]
    steps = np.diff(frac_coords @ scene.structure.lattice.matrix, axis=0)
    distance = float(np.linalg.norm(steps[0])) if len(steps) else None
    site, i, j, k = atoms[-1].tolist()
    return SceneClick(site, (i, j, k), distance)


def _show_figure(scene: Scene, key: str, missing: str) -> None:
    """Show the scene as a drawing, from a side to be chosen."""
    has_surface = any(layer.mark == "surface" for layer in scene.layers)
    st.caption(REASONS[missing] + (" It leaves the density out." if has_surface else ""))
    side = st.segmented_control("Seen", list(DIRECTIONS), default="askew", key=f"{key}-side")
    figure = scene_figure(scene, side or "askew")
    st.plotly_chart(figure, key=f"{key}-figure", config={"displaylogo": False}, alt=scene.text)
