"""Report of a candidate: one HTML file with Tc, dome, network, neighbours and provenance."""

from __future__ import annotations

import base64
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import jinja2
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from markupsafe import Markup
from plotly.offline import get_plotlyjs
from pymatgen.core import Structure

from tcexplore import __version__
from tcexplore.catalogue.entries import CatalogueEntry
from tcexplore.display import domain as domain_text
from tcexplore.display.crystal import prediction as prediction_text
from tcexplore.display.crystal.structure import cell_table, neighbour_table, site_table
from tcexplore.display.dome_overlays import reported_points
from tcexplore.display.hydrogen_network import (
    cages_text,
    components_text,
    network_facts,
)
from tcexplore.display.labels import formula_html, plain, pressure_text, space_group_html, tc_text
from tcexplore.display.lattice_dome import dome_figure, dome_sentence
from tcexplore.display.pressure import ANCHOR_NOTE, pressure_sentence
from tcexplore.equation_of_state.estimate import crystal_pressure, pressure_scale
from tcexplore.handover.cif import cif_text
from tcexplore.handover.markdown_html import markdown_html, table_html
from tcexplore.hydrogen.network import HydrogenNetwork, hydrogen_network
from tcexplore.model.nearest_known import nearest_known
from tcexplore.model.predictor import TcPrediction, TcPredictor
from tcexplore.scans.scan_domain import cell_domain
from tcexplore.studies.lattice_dome import LatticeDome, lattice_dome, pressures_around
from tcexplore.view3d.flat_figure import scene_figure
from tcexplore.view3d.scene import build_scene

TEMPLATE = Path(__file__).with_name("report.html.jinja")
POINTS = 81
SCALES = (0.8, 1.25)  # of the lattice, where there are no pressures
CUTOFF = 1.4  # Å
LIBRARIES = ("numpy", "scipy", "pymatgen", "spglib")


@dataclass(frozen=True)
class Candidate:
    """A structure and all that the report says of it."""

    structure: Structure
    name: str
    """Of the file, or the id in the catalogue."""
    prediction: TcPrediction
    predictor: TcPredictor
    dome: LatticeDome
    dome_axis: str
    """Abscissa of the dome, a key of `DOME_AXES`."""
    entry: CatalogueEntry | None = None
    """Where the structure is of the catalogue."""
    stated_pressure: float | None = None
    """(GPa) 0 is ambient, None unknown."""

    @property
    def formula(self) -> str:
        """Return the formula, of the catalogue where it has one."""
        reduced = self.prediction.cell.structure.composition.reduced_formula
        return self.entry.formula if self.entry else reduced

    @cached_property
    def network(self) -> HydrogenNetwork:
        """Return the hydrogen network of the cell as given."""
        return hydrogen_network(self.structure, cutoff=CUTOFF)


def build_candidate(
    predictor: TcPredictor,
    structure: Structure,
    name: str,
    *,
    entry: CatalogueEntry | None = None,
    stated_pressure: float | None = None,
) -> Candidate:
    """Return a structure with its prediction and its dome.

    Raises
    ------
    StructureError
        The structure cannot be predicted.
    """
    [prediction] = predictor([structure])
    scale = pressure_scale(structure, stated_pressure)
    scales, axis = np.linspace(*SCALES, POINTS), "lattice parameter"
    if scale.reason is None:
        scales, axis = scale.scales(np.linspace(*pressures_around(scale), POINTS)), "pressure"
    dome = lattice_dome(predictor, structure, scales=scales, stated_pressure=stated_pressure)
    return Candidate(structure, name, prediction, predictor, dome, axis, entry, stated_pressure)


def report_html(candidate: Candidate, *, made: datetime) -> str:
    """Return the report as a page that needs neither network nor app.

    Parameters
    ----------
    made
        Date of the report.
    """
    return _template().render(
        candidate=candidate,
        prediction=candidate.prediction,
        formula=Markup(formula_html(candidate.formula)),
        space_group=Markup(space_group_html(candidate.prediction.cell.space_group_symbol)),
        tc=tc_text(candidate.prediction.tc),
        interval=prediction_text.interval_text(
            candidate.prediction, candidate.predictor.files.conformal
        ),
        statements=_html(_statements(candidate)),
        warnings=candidate.prediction.warnings,
        dome=_figure_html(_dome_figure(candidate), "dome"),
        dome_notes=_html(_dome_notes(candidate)),
        cell=_figure_html(_cell_figure(candidate), "cell"),
        tables=_tables(candidate),
        cif=base64.b64encode(cif_text(candidate.structure).encode()).decode(),
        cif_name=f"{candidate.formula}.cif",
        source=_source(candidate),
        versions=_versions(),
        made=made,
        version=__version__,
        plotly=Markup(get_plotlyjs()),
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8"))


def _html(texts: Sequence[str]) -> list[Markup]:
    return [Markup(markdown_html(text)) for text in texts if text]


def _statements(candidate: Candidate) -> list[str]:
    """Return what is said of the prediction, in Markdown, a sentence or two each."""
    prediction, files = candidate.prediction, candidate.predictor.files
    composition = prediction.cell.structure.composition
    domain = cell_domain(candidate.predictor, prediction.cell)
    pressure = crystal_pressure(candidate.structure, candidate.stated_pressure)
    return [
        domain_text.training_sentence(prediction),
        domain_text.error_sentence(composition, prediction.tc, files.metrics),
        prediction_text.composition_sentence(prediction),
        pressure_sentence(pressure),
        *_published(candidate),
        prediction_text.basis_sentence(prediction, files),
        domain_text.domain_sentence("This crystal", domain, 0, files.known),
        domain_text.MEANING,
    ]


def _published(candidate: Candidate) -> list[str]:
    if (entry := candidate.entry) is None:
        return []
    note = plain(entry.note).replace("Tc", "$T_c$")
    return [prediction_text.reported_sentence(entry, candidate.prediction), note]


# --- figures and tables --------------------------------------------------------------------------


def _dome_figure(candidate: Candidate) -> go.Figure:
    name, axis, entry = candidate.formula, candidate.dome_axis, candidate.entry
    attribute = {"pressure": "pressure", "lattice parameter": "lattice_parameter"}[axis]
    points = () if entry is None else reported_points(entry, candidate.dome, attribute)
    return dome_figure({name: candidate.dome}, axis=axis, reported={name: points})


def _dome_notes(candidate: Candidate) -> list[str]:
    """Return the maximum of the dome in sentences, and what its figure leaves open."""
    known = candidate.predictor.files.known
    return [
        dome_sentence(candidate.formula, candidate.dome),
        domain_text.apex_domain_sentence(candidate.dome, known),
        domain_text.trained_lattices_sentence(candidate.dome),
        "The lattice shrinks and grows with its shape and the fractional coordinates fixed;"
        " nothing is relaxed, and nothing says that the material can be made.",
        ANCHOR_NOTE if candidate.dome_axis == "pressure" else "",
    ]


def _cell_figure(candidate: Candidate) -> go.Figure:
    network = candidate.network if len(candidate.network.hydrogen) else None
    return scene_figure(build_scene(candidate.structure, hydrogen_network=network))


def _figure_html(figure: go.Figure, name: str) -> Markup:
    figure.update_layout(template="plotly_white")
    return Markup(
        figure.to_html(
            full_html=False, include_plotlyjs=False, div_id=name,
            config={"displaylogo": False, "responsive": True},
        )
    )  # fmt: skip


def _tables(candidate: Candidate) -> dict[str, Markup]:
    cell = candidate.prediction.cell
    near = nearest_known(cell.structure.composition, candidate.predictor.files.known)
    tables = {
        "cell": (cell_table(candidate.structure, cell), True),
        "sites": (site_table(cell.structure), False),
        "neighbours": (neighbour_table(near), False),
    }
    if len(candidate.network.hydrogen):
        tables["network"] = (_network_table(candidate.network), True)
    return {
        name: Markup(table_html(table, has_index=has_index))
        for name, (table, has_index) in tables.items()
    }


def _network_table(network: HydrogenNetwork) -> pd.DataFrame:
    facts = {
        "Components": components_text(network),
        **{name: text for name, text in network_facts(network).items() if name != "Components"},
        "Cages: number, size, mean radius": cages_text(network),
    }
    return pd.DataFrame({f"Primitive cell, H–H up to {network.cutoff:g} Å": facts})


def _versions() -> dict[str, str]:
    libraries = {name: version(name) for name in LIBRARIES}
    return {"tcexplore": __version__, "Python": platform.python_version(), **libraries}


def _source(candidate: Candidate) -> str:
    """Return where the structure comes from, with its pressure."""
    pressure = pressure_text(candidate.stated_pressure)
    if candidate.entry is None:
        return f"{candidate.name}, a structure of the user; {pressure}"
    return f"{candidate.name}, of the catalogue of tcexplore; {pressure}"
