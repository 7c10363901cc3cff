"""Tables II and III: the paper's rows with a model's predictions beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pymatgen.core import Composition

from tcexplore.catalogue.entries import CatalogueEntry, catalogue_entry
from tcexplore.display.labels import pressure_text
from tcexplore.model.predictor import TcPredictor
from tcexplore.paper.reported import read_table_2, read_table_3
from tcexplore.studies.lattice_dome import lattice_dome

LARGEST_A = 6.0  # Å, the end of table III's scaling
N_SCALES = 51
PREDICTIONS = {"model": "tc", "paper": "tc_paper", "paper's composition model": "tc_composition"}


@dataclass(frozen=True)
class TrainingPhase:
    """Phase of a material in a model's training data."""

    word: str
    """``same phase``, ``other phase`` or ``no``."""
    tc: float
    """(K) Mean label of the same phase; nan where that is not there."""


def table_2(predictor: TcPredictor) -> pd.DataFrame:
    """Return table II with the model's predictions.

    Returns
    -------
    :
        The columns of `read_table_2` and cell_pressure (GPa, of the catalogue's cell), tc (K, our
        prediction for that cell), in_training and training_tc (K), counted (whether the row enters
        the mean errors: a reported Tc, and a cell at the row's pressure) and reason (why there is
        no prediction or why it is not counted).
    """
    table = read_table_2()
    entries = [_entry(entry_id) for entry_id in table["catalogue_id"]]
    training_materials = predictor.files.known
    formulas = [reduced_formula(formula) for formula in training_materials["formula"]]
    training_materials = training_materials.assign(formula=formulas)
    training = [
        training_phase(training_materials, formula, number)
        for formula, number in zip(table["formula"], table["space_group_number"], strict=True)
    ]
    pressures = np.array([entry.pressure if entry else None for entry in entries], dtype=float)
    return table.assign(
        cell_pressure=pressures,
        tc=[_tc(predictor, entry) for entry in entries],
        in_training=[phase.word for phase in training],
        training_tc=[phase.tc for phase in training],
        counted=(pressures == table["pressure"]) & table["tc_reported"].notna(),
        reason=[
            _reason(entry, pressure)
            for entry, pressure in zip(entries, table["pressure"], strict=True)
        ],
    )


def training_phase(
    training_materials: pd.DataFrame, formula: str, space_group_number: int
) -> TrainingPhase:
    """Return whether a model was trained on a composition, and on this phase of it.

    Parameters
    ----------
    training_materials
        Columns formula (from `reduced_formula`), tc (K), space_group_number.
    """
    same = training_materials.loc[training_materials["formula"] == reduced_formula(formula)]
    labels = same.loc[same["space_group_number"] == space_group_number, "tc"].to_numpy()
    if labels.size:
        return TrainingPhase("same phase", float(labels.mean()))
    return TrainingPhase("other phase" if len(same) else "no", np.nan)


def reduced_formula(formula: str) -> str:
    """Return one name for each composition, in whichever order its elements are given."""
    return Composition(formula).reduced_formula


def mean_errors(table: pd.DataFrame) -> pd.DataFrame:
    """Return mean absolute errors (K) against the reported Tc over the counted rows of table II.

    Returns
    -------
    :
        Columns rows (which), n, and one for each key of `PREDICTIONS`.
    """
    counted = table[table["counted"]]
    parts = {
        "all that count": counted,
        "of these, phase not in training": counted[counted["in_training"] != "same phase"],
    }
    return pd.DataFrame(
        {"rows": name, "n": len(part)}
        | {
            who: (part[column] - part["tc_reported"]).abs().mean()
            for who, column in PREDICTIONS.items()
        }
        for name, part in parts.items()
    )


def table_3(predictor: TcPredictor) -> pd.DataFrame:
    """Return table III with the model's predictions.

    As in the paper, the lattices run from the parent's own to a = 6 Å of the primitive cell; for
    XH3 the parent's own is the only one.

    Returns
    -------
    :
        The columns of `read_table_3` and tc_high and tc_low (K), a_high and a_low (Å, where these
        lie); the low ones are missing for XH3.
    """
    table = read_table_3()
    fixed = table["tc_paper_low"].isna()
    extremes = [
        tc_extremes(predictor, catalogue_entry(entry_id), fixed=kept)
        for entry_id, kept in zip(table["catalogue_id"], fixed, strict=True)
    ]
    return table.join(pd.DataFrame(extremes, columns=["tc_high", "a_high", "tc_low", "a_low"]))


def tc_extremes(
    predictor: TcPredictor, entry: CatalogueEntry, *, fixed: bool
) -> tuple[float, float, float, float]:
    """Return the highest Tc (K), its a (Å), the lowest Tc (K) and its a (Å) over the scaling."""
    structure = entry.structure()
    given_a = predictor.cell(structure).structure.lattice.a
    scales = np.ones(1) if fixed else np.linspace(1.0, LARGEST_A / given_a, N_SCALES)
    dome = lattice_dome(predictor, structure, scales=scales)
    places = int(np.argmax(dome.tc)), int(np.argmin(dome.tc))
    high, low = ((float(dome.tc[at]), float(dome.lattice_parameter[at])) for at in places)
    return (*high, np.nan, np.nan) if fixed else (*high, *low)


def _entry(entry_id: object) -> CatalogueEntry | None:
    return catalogue_entry(entry_id) if isinstance(entry_id, str) else None


def _tc(predictor: TcPredictor, entry: CatalogueEntry | None) -> float:
    return predictor([entry.structure()])[0].tc if entry else np.nan


def _reason(entry: CatalogueEntry | None, pressure: float) -> str:
    if entry is None:
        return "no cell of this phase in the catalogue"
    if entry.pressure != pressure:
        return f"cell at {pressure_text(entry.pressure)}, not counted"
    return ""
