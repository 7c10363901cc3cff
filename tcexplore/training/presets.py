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
            noise=0.05,
            statistics_length=16.0,
            electrons_length=24.0,
            share=0.6,
            root_share=0.3,
            short_range_noise=0.03,
            variant_weight=0.001,
        ),
        # It goes through the points of the other one; variants of this weight count for nothing.
        composition_model=GaussianProcessConfig(uses_cell=False, variant_weight=1e-6),
        has_scalars=True,
    ),
    "paper": ModelConfig(
        training=TrainingConfig(epochs=300, split="random"), elements=PAPER_ELEMENTS
    ),
}
