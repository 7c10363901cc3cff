"""Presets: the configurations that can be trained, the shipped model's and the paper's."""

from __future__ import annotations

from tcexplore.crystal.elements import PAPER_ELEMENTS
from tcexplore.features.fourier import RepresentationConfig
from tcexplore.features.pair_distances import N_PAIR_DISTANCES
from tcexplore.features.valence_electrons import N_ELECTRONS
from tcexplore.model.config import GaussianProcessConfig, ModelConfig, NetworkConfig, TrainingConfig

N_STATISTICS = 89  # descriptors before the amounts: cell and statistics of the composition
PRESETS = {
    # Chosen on the folds by chemical system of docs/experiments.md.
    "shipped": ModelConfig(
        representation=RepresentationConfig(n_hkl=6, hkl_range="symmetric"),
        network=NetworkConfig(
            n_descriptors=94 + 6 * (N_STATISTICS + 10 + N_ELECTRONS + 6 + N_PAIR_DISTANCES),
            n_planes=11,
            filters=(16, 16),
            descriptor_units=(256,),
            joint_units=(256, 256),
            conv_dropout=0.3,
            dropout=0.2,
            output="root",
        ),
        training=TrainingConfig(
            n_members=3,
            epochs=24,
            batch_size=128,
            huber_delta=0.9,
            keep="last",
            variant_weight=0.01,
            hold_out=True,
        ),
        gaussian_process=GaussianProcessConfig(
            noise=0.03,
            statistics_length=16.0,
            electrons_length=24.0,
            share=0.6,
            hydride_weight=4.0,
            root_share=0.3,
            variant_weight=0.001,
        ),
        composition_model=GaussianProcessConfig(uses_cell=False),
        has_scalars=True,
    ),
    "paper": ModelConfig(
        training=TrainingConfig(epochs=300, split="random"), elements=PAPER_ELEMENTS
    ),
}
