"""Structures in, critical temperatures out: the trained model as it is shipped."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Structure

from tcexplore.configs import ModelConfig
from tcexplore.descriptors import descriptors
from tcexplore.domain import KnownSpace, build_known_space
from tcexplore.engine import RealNetwork, evaluate_network, real_network
from tcexplore.kernel import kernel_tc
from tcexplore.model_files import ModelFiles, load_model_files
from tcexplore.representation import fourier_coefficients
from tcexplore.scalars import hydrogen_contacts
from tcexplore.scaling import (
    InputScaling,
    network_columns,
    scaled_coefficients,
    scaled_descriptors,
)
from tcexplore.structure import (
    CanonicalCell,
    StructureError,
    canonical_cell,
    check_structure,
    unhanded_number,
)

FloatArray = NDArray[np.floating]
ComplexArray = NDArray[np.complexfloating]

MODELS = Path(__file__).parent.parent / "models"
DEFAULT_MODEL = "cvcnn-1"


@dataclass(frozen=True)
class TcPrediction:
    """The prediction for one structure."""

    formula: str
    """Reduced formula."""
    tc: float
    """(K) Predicted critical temperature, not below 0."""
    cell: CanonicalCell
    """The cell that it was predicted from."""
    model: str
    """Name of the model."""
    warnings: tuple[str, ...] = ()
    """What the user should know: of reading the file, then of the cell."""
    tc_low: float = np.nan
    """(K) Lower end of the band; nan where the model has no bands."""
    tc_high: float = np.nan
    """(K) Upper end of the band."""
    tc_composition: float = np.nan
    """(K) What the composition alone says; nan where the model has no such part."""


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
        cells = [self.cell(structure) for structure in structures]
        return [
            TcPrediction(
                structure.composition.reduced_formula,
                tc,
                cell,
                self.files.name,
                (*structure.properties.get("warnings", ()), *cell.warnings),
            )
            for structure, cell, tc in zip(structures, cells, self.tc(cells), strict=True)
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
    def known_space(self) -> KnownSpace:
        """Return what the model has seen, to measure distances to."""
        return build_known_space(self.files.known)

    def tc(self, cells: list[CanonicalCell]) -> list[float]:
        """Return Tc (K) of structures that are in their canonical cells already."""
        if not cells:
            return []
        inputs = network_inputs(cells, self.files.config)
        members = zip(self.networks, self.files.members, strict=True)
        networks = np.mean([member_tc(n, m.scaling, *inputs) for n, m in members], axis=0)
        return mixed_tc(self.files, networks, inputs[1]).tolist()


def load_predictor(model: str | Path = DEFAULT_MODEL) -> TcPredictor:
    """Return the predictor of a shipped model, by its name, or of any model folder.

    Raises
    ------
    ModelError
        There is no such model, or one of its files was changed.
    """
    return build_predictor(load_model_files(model_directory(model)))


def model_directory(model: str | Path) -> Path:
    """Return where a model lies: the folder itself, or the shipped model of that name."""
    return Path(model) if Path(model).is_dir() else MODELS / model


def build_predictor(files: ModelFiles) -> TcPredictor:
    """Return the predictor of a model that was loaded or has just been trained."""
    config = files.config.network
    return TcPredictor(files, tuple(real_network(one.weights, config) for one in files.members))


def member_tc(
    network: RealNetwork,
    scaling: InputScaling,
    coefficients: ComplexArray,
    descriptor_values: FloatArray,
) -> FloatArray:
    """Return what one network says of unscaled inputs: Tc (K), not below 0, (n_structures,)."""
    image = scaled_coefficients(coefficients, scaling)
    numbers = network_columns(scaled_descriptors(descriptor_values, scaling), scaling)
    return np.maximum(evaluate_network(network, image, numbers), 0)


def mixed_tc(files: ModelFiles, networks: FloatArray, descriptor_values: FloatArray) -> FloatArray:
    """Return Tc (K) of the networks mixed with the Gaussian process, where the model has one.

    Parameters
    ----------
    networks
        (K) The mean over the networks, shape (n_structures,).
    descriptor_values
        Unscaled, shape (n_structures, n_descriptors).
    """
    if files.kernel is None or files.config.kernel is None:
        return networks
    share = files.config.kernel.share
    return (1 - share) * networks + share * kernel_tc(files.kernel, descriptor_values)


def network_inputs(
    cells: Iterable[CanonicalCell], config: ModelConfig
) -> tuple[ComplexArray, FloatArray]:
    """Return cropped coefficients and unscaled descriptors of canonical cells.

    Returns
    -------
    :
        Shapes (n_cells, n_box, n_box, n_box, 2) and (n_cells, n_descriptors); hydrogen contacts
        follow the descriptors where the model has them.
    """
    box = (slice(config.network.n_box),) * 3
    coefficients, values = [], []
    for cell in cells:
        coefficients.append(fourier_coefficients(cell.structure, config.representation)[box])
        number = unhanded_number(cell.space_group_number)
        own = descriptors(cell.structure, number, elements=config.elements)
        contacts = hydrogen_contacts(cell.structure) if config.has_scalars else np.zeros(0)
        values.append(np.concatenate([own, contacts]))
    return np.stack(coefficients), np.stack(values)
