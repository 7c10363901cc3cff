"""Predictor: structures in, T_c with its prediction interval out."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pymatgen.core import Composition, Structure

from tcexplore.crystal.canonical import CanonicalCell, canonical_cell, unhanded_number
from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.fractions import composition_fractions
from tcexplore.crystal.structure import StructureError, check_structure
from tcexplore.features.descriptors import descriptors
from tcexplore.features.fourier import fourier_coefficients
from tcexplore.features.hydrogen_symmetry_functions import hydrogen_symmetry_functions
from tcexplore.features.pair_distances import pair_distances
from tcexplore.features.scaling import NetworkInputs, scaled_fractions
from tcexplore.model import DEFAULT_MODEL
from tcexplore.model.applicability_domain import (
    KnownMaterials,
    build_known_materials,
)
from tcexplore.model.config import ModelConfig
from tcexplore.model.conformal import LIGHT_ELEMENTS, TcInterval, tc_interval
from tcexplore.model.files import ModelFiles, load_model_files
from tcexplore.model.gaussian_process import ShortRange, gaussian_process_tc
from tcexplore.model.in_training import system_keys
from tcexplore.model.network import RealNetwork, evaluate_network, real_network
from tcexplore.model.pair_limits import LEAST_HYDROGEN
from tcexplore.model.worker_threads import limit_blas_threads
from tcexplore.resources import MODELS, NEW_MODELS
from tcexplore.typing import ComplexArray, FloatArray


@dataclass(frozen=True)
class TcPrediction:
    """The prediction for one structure."""

    formula: str
    """Reduced formula."""
    tc: float
    """(K) Predicted critical temperature, not below 0."""
    tc_low: float
    """(K) Lower end of the prediction interval; nan where the model has none."""
    tc_high: float
    """(K) Upper end of the prediction interval."""
    tc_composition: float
    """(K) Tc by the composition model; nan where the model has none."""
    cell: CanonicalCell
    """The cell that it was predicted from."""
    model: str
    """Name of the model."""
    in_training: bool
    """Whether the model was trained on this crystal, as `TrainingCrystals.matches` tells it."""
    tc_held_out: float
    """(K) Tc without its chemical system in training; nan where it was not in training, or where
    nobody measured it."""
    system_in_training: bool
    """Whether a training material holds exactly these elements; errors and bands of a model are
    those of materials where none does."""
    warnings: tuple[str, ...] = ()
    """Warnings of reading the file, then of the cell."""


@dataclass(frozen=True)
class TcPredictor:
    """Call it with structures: it returns a `TcPrediction` for each."""

    files: ModelFiles
    networks: tuple[RealNetwork, ...]
    """One for each member of the model."""

    def __call__(self, structures: Iterable[Structure]) -> list[TcPrediction]:
        """Return the prediction of each structure.

        Raises
        ------
        StructureError
            A structure is no crystal, or holds an element that the model cannot predict.
        """
        structures = list(structures)
        if not structures:
            return []
        cells = [self.cell(structure) for structure in structures]
        inputs = self._inputs(cells)
        expected = composition_tc(self.files, inputs.descriptors)
        kelvin = np.stack([*self._tc_interval(inputs).parts, expected], axis=1)
        return [
            TcPrediction(
                structure.composition.reduced_formula,
                tc,
                tc_low,
                tc_high,
                tc_composition,
                cell,
                self.files.name,
                *self._training(cell),
                (
                    *structure.properties.get("warnings", ()),
                    *cell.warnings,
                    *f_electron_warnings(structure.composition),
                ),
            )
            for structure, cell, (tc, tc_low, tc_high, tc_composition) in zip(
                structures, cells, kelvin.tolist(), strict=True
            )
        ]

    def cell(self, structure: Structure) -> CanonicalCell:
        """Return the canonical cell of a structure that the model can predict."""
        check_structure(structure)
        unknown = {element.symbol for element in structure.composition.elements}
        unknown -= set(self.files.config.elements)
        if unknown:
            raise StructureError(
                f"{', '.join(sorted(unknown))} is not predicted: the model {self.files.name} knows"
                f" {self.files.config.elements[0]} to {self.files.config.elements[-1]};"
                " replace the element"
            )
        return canonical_cell(structure)

    @functools.cached_property
    def known_materials(self) -> KnownMaterials:
        """Return the training materials as points to measure distances to."""
        return build_known_materials(self.files.known)

    def _training(self, cell: CanonicalCell) -> tuple[bool, float, bool]:
        """Return in_training, tc_held_out (K) and system_in_training of `TcPrediction`."""
        structure, materials = cell.structure, self.known_materials
        composition = structure.composition
        fractions = composition_fractions(composition)[None, : len(ELEMENTS)]
        volume = np.array([structure.volume / composition.num_atoms])
        match = materials.crystals.matches(fractions, volume, cell.space_group_number)
        in_training = bool(np.isfinite(match.volume_per_atom[0]))
        [system] = system_keys(fractions)
        return in_training, float(match.tc_held_out[0]), system in materials.systems

    def tc(self, cells: list[CanonicalCell]) -> TcInterval:
        """Return Tc of structures that are in their canonical cells already, shape (n_cells,)."""
        return self._tc_interval(self._inputs(cells))

    def _inputs(self, cells: list[CanonicalCell]) -> NetworkInputs:
        return self.files.scaling.apply(*unscaled_inputs(cells, self.files.config))

    def _tc_interval(self, inputs: NetworkInputs) -> TcInterval:
        return model_tc(self.files, networks_tc(self.networks, inputs), inputs.descriptors)


def load_predictor(model: str | Path = DEFAULT_MODEL) -> TcPredictor:
    """Return the predictor of a shipped model, by its name, or of any model folder.

    Raises
    ------
    ModelError
        There is no such model, or one of its files was changed.
    """
    limit_blas_threads()
    return build_predictor(load_model_files(model_directory(model)))


def model_directory(model: str | Path) -> Path:
    """Return a model's folder: the folder itself, or of that name a shipped or trained model's."""
    folders = (Path(model), MODELS / model, NEW_MODELS / model)
    return next((folder for folder in folders if folder.is_dir()), folders[-1])


def build_predictor(files: ModelFiles) -> TcPredictor:
    """Return the predictor of a model that was loaded or has just been trained."""
    config = files.config.network
    return TcPredictor(
        files, tuple(real_network(member.weights, config) for member in files.members)
    )


def networks_tc(networks: Sequence[RealNetwork], inputs: NetworkInputs) -> FloatArray:
    """Return Tc (K) of each network, not below 0, shape (n_networks, n_structures)."""
    tc = [evaluate_network(network, inputs.coefficients, inputs.columns) for network in networks]
    return np.maximum(tc, 0)


def model_tc(
    files: ModelFiles,
    networks: FloatArray,
    scaled: FloatArray,
    of_composition: ShortRange | None = None,
) -> TcInterval:
    """Return Tc of a model, its Gaussian process mixed in where it has one, shape (n_structures,).

    Parameters
    ----------
    networks
        (K) Tc by each network, shape (n_networks, n_structures).
    scaled
        Scaled descriptors, shape (n_structures, n_descriptors).
    of_composition
        The short-range part of the process, where it has been computed before.
    """
    process, config = files.gaussian_process, files.config.gaussian_process
    is_light = np.isin(files.config.elements, LIGHT_ELEMENTS)
    light = scaled_fractions(scaled, files.scaling)[:, is_light].sum(axis=1)
    if process is None or config is None:
        return tc_interval(
            networks, None, share=0.0, conformal=files.conformal, light_fraction=light
        )
    expected = gaussian_process_tc(process, scaled, of_composition)
    return tc_interval(
        networks, expected, share=config.share, conformal=files.conformal, light_fraction=light
    )


def composition_tc(files: ModelFiles, scaled: FloatArray) -> FloatArray:
    """Return Tc (K) by the composition model, nan where the model has none."""
    if files.composition_model is None:
        return np.full(len(scaled), np.nan)
    return gaussian_process_tc(files.composition_model, scaled).tc


def unscaled_inputs(
    cells: Iterable[CanonicalCell], config: ModelConfig
) -> tuple[ComplexArray, FloatArray]:
    """Return cropped coefficients and unscaled descriptors of canonical cells.

    Returns
    -------
    :
        Shapes (n_cells, n_box, n_box, n_box, 2) and (n_cells, n_descriptors); hydrogen symmetry
        functions and pair distances follow the descriptors where the model has them.
    """
    box = (slice(config.network.n_box),) * 3
    coefficients, values = [], []
    for cell in cells:
        coefficients.append(fourier_coefficients(cell.structure, config.representation)[box])
        number = unhanded_number(cell.space_group_number)
        counted = descriptors(cell.structure, number, elements=config.elements)
        geometry = _geometry(cell.structure) if config.has_scalars else np.zeros(0)
        values.append(np.concatenate([counted, geometry]))
    return np.stack(coefficients), np.stack(values)


def _geometry(structure: Structure) -> FloatArray:
    """Return hydrogen symmetry functions and pair distances, shape (11,)."""
    return np.concatenate([hydrogen_symmetry_functions(structure), pair_distances(structure)])


def f_electron_warnings(composition: Composition) -> tuple[str, ...]:
    """Return the warning on a hydride with f electrons, none for any other compound."""
    f_elements = [
        element.symbol
        for element in composition.elements
        if (element.is_lanthanoid or element.is_actinoid) and element.symbol not in ("La", "Ac")
    ]
    if not f_elements or composition_fractions(composition)[0] <= LEAST_HYDROGEN:
        return ()
    return (
        f"hydride with f electrons ({', '.join(f_elements)}): little in training is like it, and"
        " hydrides of cerium and thorium came out far too high without their own system",
    )
