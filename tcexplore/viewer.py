"""A cell in three dimensions: what is drawn, and the HTML that draws it with 3Dmol.js."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import py3Dmol
from numpy.typing import NDArray
from pymatgen.core import PeriodicSite, Structure

FloatArray = NDArray[np.floating]

LIBRARY = Path(__file__).parent.parent / "static" / "3Dmol-min.js"
# Okabe and Ito's colours for all kinds of colour vision, without black and with a grey.
PALETTE = (
    "#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#0072b2", "#f0e442", "#8c8c8c",
)  # fmt: skip
EDGE = "#7d8a92"  # legible on light and on dark
SMALLEST_VIEW = 5.0  # Å, the least radius that 3Dmol's zoomTo shows
SAME_PLACE = 1e-3  # fractional; closer to a face than this counts as on it


@dataclass(frozen=True)
class AtomKind:
    """What shares one colour in a view: sites of the same species and occupancies."""

    label: str
    """In words, such as ``H, hydrogen`` or ``La 92.5 %, Sr 7.5 %``."""
    colour: str
    radius: float
    """(Å) As drawn."""
    frac_coords: FloatArray
    """(fractional) Atoms drawn, those on faces repeated, shape (n_drawn, 3)."""
    count: int
    """Sites in the cell."""


def atom_kinds(structure: Structure) -> tuple[AtomKind, ...]:
    """Return what a view of a cell draws, heaviest species first."""
    sites: dict[str, list[PeriodicSite]] = {}
    for site in sorted(structure, key=lambda site: -_mean_number(site)):
        sites.setdefault(_kind_label(site), []).append(site)
    return tuple(
        AtomKind(
            label,
            PALETTE[index % len(PALETTE)],
            _drawn_radius(alike[0]),
            repeated_at_faces(np.array([site.frac_coords for site in alike])),
            len(alike),
        )
        for index, (label, alike) in enumerate(sites.items())
    )


def repeated_at_faces(frac_coords: FloatArray) -> FloatArray:
    """Return the atoms of a cell with those on its faces, edges and corners repeated.

    Parameters
    ----------
    frac_coords
        (fractional) Shape (n_atoms, 3).

    Returns
    -------
    :
        (fractional) From 0 to 1, shape (n_drawn, 3), n_drawn >= n_atoms.
    """
    wrapped = np.mod(frac_coords, 1.0)
    wrapped = np.where(wrapped > 1 - SAME_PLACE, wrapped - 1, wrapped)
    images = [
        wrapped[(np.abs(wrapped[:, shift == 1]) < SAME_PLACE).all(axis=1)] + shift
        for shift in np.array(list(itertools.product((0, 1), repeat=3)))
    ]
    return np.concatenate(images)


def cell_edges(matrix: FloatArray) -> FloatArray:
    """Return the twelve edges of a cell.

    Parameters
    ----------
    matrix
        (Å) Lattice vectors as rows, shape (3, 3).

    Returns
    -------
    :
        (Å) Start and end of each, shape (12, 2, 3).
    """
    corners = np.array(list(itertools.product((0, 1), repeat=3)))
    pairs = [
        (start, end)
        for start, end in itertools.combinations(corners, 2)
        if np.abs(start - end).sum() == 1
    ]
    return np.array(pairs) @ matrix


def cell_text(structure: Structure) -> str:
    """Return in words what a view of the cell shows."""
    a, b, c = structure.lattice.abc
    atoms = "; ".join(f"{kind.count} × {kind.label}" for kind in atom_kinds(structure))
    return (
        f"Unit cell of {structure.composition.reduced_formula} in 3D, a = {a:.3f} Å,"
        f" b = {b:.3f} Å, c = {c:.3f} Å. Sites: {atoms}."
    )


def legend_html(structure: Structure) -> str:
    """Return a line that says which colour is which species."""
    dots = "".join(
        '<span style="white-space:nowrap;margin-right:1.1em"><span style="display:inline-block;'
        f"width:.8em;height:.8em;border-radius:50%;margin-right:.4em;background:{kind.colour}"
        f'"></span>{escape(kind.label)}</span> '
        for kind in atom_kinds(structure)
    )
    return f'<p style="margin:0">{dots}</p>'


def cell_html(structure: Structure, *, height: int) -> str:
    """Return a document that shows the cell with its box and its atoms.

    Parameters
    ----------
    height
        (CSS pixels) The width is that of the frame.
    """
    options: dict[str, Any] = {"width": "100%", "height": height}
    if LIBRARY.is_file():
        options["js"] = "app/static/3Dmol-min.js"
    view = py3Dmol.view(**options)
    view.setBackgroundColor("white", 0)
    matrix = structure.lattice.matrix
    _add_atoms(view, atom_kinds(structure), matrix)
    _add_box(view, matrix)
    view.setProjection("orthographic")
    view.zoomTo()
    view.rotate(-90, "x")  # c upwards
    view.rotate(-22, "vy")
    view.rotate(14, "vx")
    parts = {
        "{view}": view._make_html(),
        "{viewer}": f"viewer_{view.uniqueid}",
        "{zoom}": f"{1.9 * max(SMALLEST_VIEW / _radius(matrix), 1):.3f}",
    }
    return functools.reduce(lambda page, part: page.replace(*part), parts.items(), _PAGE)


def _add_atoms(view: py3Dmol.view, kinds: tuple[AtomKind, ...], matrix: FloatArray) -> None:
    drawn = [kind.frac_coords @ matrix for kind in kinds]
    rows = [f"X {x:.5f} {y:.5f} {z:.5f}" for x, y, z in np.concatenate(drawn)]
    view.addModel("\n".join([str(len(rows)), "", *rows]), "xyz", {"assignBonds": False})
    first = 0
    for kind, coords in zip(kinds, drawn, strict=True):
        chosen = {"serial": list(range(first, first + len(coords)))}
        view.setStyle(chosen, {"sphere": {"color": kind.colour, "radius": kind.radius}})
        first += len(coords)


def _add_box(view: py3Dmol.view, matrix: FloatArray) -> None:
    width = 0.008 * float(np.linalg.norm(matrix, axis=1).mean())
    for start, end in cell_edges(matrix):
        view.addCylinder(
            {"start": _point(start), "end": _point(end), "radius": width, "color": EDGE}
        )
    for name, vector in zip("abc", matrix, strict=True):
        beside = 0.5 * vector - 0.09 * (matrix.sum(axis=0) - vector)
        label = {"fontColor": EDGE, "showBackground": False, "fontSize": 15, "inFront": True}
        view.addLabel(name, {**label, "position": _point(beside), "alignment": "center"})


def _radius(matrix: FloatArray) -> float:
    """Return the radius (Å) of the sphere around a cell."""
    corners = cell_edges(matrix).reshape(-1, 3)
    return float(np.linalg.norm(corners - corners.mean(axis=0), axis=1).max())


def _point(coords: FloatArray) -> dict[str, float]:
    return dict(zip("xyz", np.round(coords, 5).tolist(), strict=True))


def _mean_number(site: PeriodicSite) -> float:
    return sum(element.Z * amount for element, amount in site.species.items())


def _kind_label(site: PeriodicSite) -> str:
    if site.is_ordered:
        return f"{site.specie.symbol}, {str(site.specie.long_name).lower()}"
    parts = [f"{element.symbol} {amount:.1%}" for element, amount in site.species.items()]
    vacant = 1 - site.species.num_atoms
    if vacant > 5e-4:
        parts.append(f"vacant {vacant:.1%}")
    return " + ".join(parts).replace(".0%", "%").replace("%", " %")


def _drawn_radius(site: PeriodicSite) -> float:
    """Return a radius (Å) that leaves the cell transparent; hydrogen stays visible."""
    radii = [float(element.atomic_radius or 1.0) for element in site.species]
    return 0.16 + 0.24 * max(radii)


# The frame takes over the colour scheme of the app around it, or it would be opaque white in dark.
_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><style>
body { margin: 0; background: transparent; overflow: hidden; font: 15px sans-serif; }
#missing { color: #7d8a92; padding: 1em; }
</style></head><body>
<p id="missing" hidden></p>
<script>
function tell(text) {
  const line = document.getElementById("missing");
  line.textContent = text;
  line.hidden = false;
}
window.addEventListener("error", (event) => {
  if (event.target.tagName === "SCRIPT") tell("3Dmol.js could not be loaded: no 3D view.");
}, true);
window.addEventListener("unhandledrejection", () => {
  tell("This browser cannot draw in 3D (is WebGL switched off?).");
});
function followScheme() {
  const frame = window.frameElement;
  if (frame) document.documentElement.style.colorScheme = getComputedStyle(frame).colorScheme;
}
followScheme();
setInterval(followScheme, 1000);
</script>
{view}
<script>
// zoomTo leaves twice the width of the cell, and 5 Å at least, whatever the height of the frame.
$3Dmolpromise.then(() => {
  {viewer}.zoom({zoom} * Math.min(1, innerHeight / innerWidth));
  {viewer}.render();
});
</script>
</body></html>"""
