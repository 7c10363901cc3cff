"""A small model with all parts of the shipped one, its weights drawn at random."""

import numpy as np
import pandas as pd

from tcexplore.catalogue.entries import catalogue_entry, load_catalogue
from tcexplore.crystal.canonical import canonical_cell
from tcexplore.features.fourier import RepresentationConfig
from tcexplore.features.scaling import fit_scaling_with_scalars
from tcexplore.model.config import GaussianProcessConfig, ModelConfig, NetworkConfig
from tcexplore.model.conformal import ConformalCalibration
from tcexplore.model.files import Member, ModelFiles
from tcexplore.model.predictor import build_predictor, unscaled_inputs
from tcexplore.scans.scan_domain import cell_distances
from tcexplore.training.gaussian_process_fit import fit_gaussian_process

KNOWN = pd.DataFrame(
    {
        "formula": ["MgB2", "LaH10"], "tc": [39.0, 250.0], "tc_kind": ["experiment"] * 2,
        "space_group_number": [191, 225], "source": ["a:b", "c:d"], "volume_per_atom": [9.7, 2.7],
        "shortest_distance": [1.8, 1.1], "contact": [0.8, 0.82], "separation": [0.1, 0.1],
        "tc_held_out": [20.0, 200.0],
        "distances": ["", cell_distances(catalogue_entry("lah10-fm-3m-150gpa").structure())],
    }
)  # fmt: skip
CONFIG = ModelConfig(
    representation=RepresentationConfig(n_hkl=6, hkl_range="symmetric"),
    network=NetworkConfig(
        n_descriptors=94 + 6 * (89 + 10 + 31 + 6 + 5),
        n_planes=11,
        filters=(4, 4),
        descriptor_units=(16,),
        joint_units=(16, 16),
    ),
    gaussian_process=GaussianProcessConfig(),
    composition_model=GaussianProcessConfig(),
    has_scalars=True,
)


def stand_in_predictor(*, seed=0, n_networks=2):
    """A model through a random Tc of every third crystal of the catalogue."""
    rng = np.random.default_rng(seed)
    cells = [canonical_cell(entry.structure()) for entry in load_catalogue()[::3]]
    coefficients, values = unscaled_inputs(cells, CONFIG)
    scaling = fit_scaling_with_scalars(coefficients, values, n_elements=94, n_statistics=89)
    tc, weight = rng.uniform(0, 200, len(cells)), np.ones(len(cells))
    kernel = fit_gaussian_process(values, tc, weight, scaling, CONFIG.gaussian_process)
    members = tuple(Member(random_weights(CONFIG.network, rng)) for _ in range(n_networks))
    files = ModelFiles(
        "stand-in",
        CONFIG,
        scaling,
        members,
        KNOWN,
        {},
        kernel,
        kernel,
        ConformalCalibration(0.9, 1.2),
    )
    return build_predictor(files)


def random_weights(config, rng):
    """Weights named and shaped as `network.network_weights` does, Tc of some 100 K."""
    first, second = config.filters
    weights = {}
    for name, shape in (("conv_0", (3, 3, 3, 2, first)), ("conv_1", (3, 3, 3, first, second))):
        drawn = rng.normal(size=(2, *shape)) / np.sqrt(np.prod(shape[:4]))
        biases = rng.normal(size=(2, shape[4])) / 10
        weights |= {f"{name}/{i}": values for i, values in enumerate([*drawn, *biases])}
    n_in = config.n_descriptors
    for number, units in enumerate(config.descriptor_units):
        weights |= dense(f"descriptor_{number}", n_in, units, rng)
        n_in = units
    n_in += config.n_structure_features
    for number, units in enumerate(config.joint_units):
        weights |= dense(f"joint_{number}", n_in, units, rng)
        n_in = units
    return weights | {"tc/0": 100 * rng.normal(size=(n_in, 1)), "tc/1": np.full(1, 100.0)}


def dense(name, n_in, units, rng):
    kernel = rng.normal(size=(n_in, units)) / np.sqrt(n_in)
    return {f"{name}/0": kernel, f"{name}/1": rng.normal(size=units) / 10}
