"""Five folds for every model of docs/experiments.md: trained where missing, mixed, and printed.

    python benchmarks/experiments.py --data data.parquet --runs runs/experiments

Out-of-fold predictions lie under ``--runs`` and are not computed again; ``--print-only`` trains
nothing. The rows put aside take part in nothing here.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from tcexplore.configs import ModelConfig
from tcexplore.cross_validation import (
    BoolArray,
    FloatArray,
    Model,
    figures_by_family,
    fold_of_row,
    out_of_fold,
)
from tcexplore.datasets import load_dataset
from tcexplore.evaluation import boosted_trees_tc, network_tc
from tcexplore.kernel import scaled_kernel_tc
from tcexplore.scaling import scaled_descriptors
from tcexplore.training import (
    PRESETS,
    TrainingInputs,
    build_inputs,
    fitted_kernel,
    fitted_scaling,
    train_member,
)

SPLITS = ("chemical_system", "formula", "random")
N_PAPER_DESCRIPTORS = 183
FIRST_OF_COMPOSITION = 8


def models(inputs: TrainingInputs, config: ModelConfig, n_members: int) -> dict[str, Model]:
    """Return the models by name, the cheap ones first."""
    every = replace(inputs, descriptors=inputs.descriptors[:, :N_PAPER_DESCRIPTORS])
    composition = replace(inputs, descriptors=_composition(every.descriptors))
    named: dict[str, Model] = {
        "median": partial(_median, inputs),
        "kernel": partial(_kernel, inputs, config),
    }
    for seed in range(n_members):
        named[f"network-{seed}"] = partial(_network, inputs, config, seed)
    named["XGBoost, 183 descriptors"] = partial(boosted_trees_tc, every, seed=0)
    named["XGBoost, composition"] = partial(boosted_trees_tc, composition, seed=0)
    return named


def _composition(descriptors: FloatArray) -> FloatArray:
    """Return the statistics of the composition and the atomic fractions: nothing of the cell."""
    values = descriptors[:, FIRST_OF_COMPOSITION:].copy()
    values[:, 81:] /= values[:, 81:].sum(axis=1, keepdims=True)
    return values


def _median(inputs: TrainingInputs, train: BoolArray, test: BoolArray) -> FloatArray:
    return np.full(test.sum(), np.median(inputs.rows["tc"].to_numpy()[train]))


def _kernel(
    inputs: TrainingInputs, config: ModelConfig, train: BoolArray, test: BoolArray
) -> FloatArray:
    member = fitted_kernel(inputs, train, config)
    if member is None:
        raise ValueError("this configuration has no kernel; expected one such as 'mixed'")
    scaling = fitted_scaling(inputs, train, config)
    return scaled_kernel_tc(member, scaled_descriptors(inputs.descriptors[test], scaling))


def _network(
    inputs: TrainingInputs, config: ModelConfig, seed: int, train: BoolArray, test: BoolArray
) -> FloatArray:
    import tempfile

    own = replace(config, training=replace(config.training, seed=seed))
    with tempfile.TemporaryDirectory() as directory:
        trained = train_member(inputs, train, ~(train | True), own, run_directory=Path(directory))
    return network_tc((trained,), inputs, test, own, fitted_scaling(inputs, train, own), None)


def mixtures(predicted: dict[str, FloatArray], share: float) -> dict[str, FloatArray]:
    """Return the mean over the networks, and its mixture with the kernel."""
    networks = [values for name, values in predicted.items() if name.startswith("network-")]
    if not networks:
        return predicted
    mean = np.mean(networks, axis=0)
    mixed = {f"{len(networks)} networks": mean}
    if "kernel" in predicted:
        mixed["mixed: networks and kernel"] = (1 - share) * mean + share * predicted["kernel"]
    return predicted | mixed


def table(rows: pd.DataFrame, predicted: dict[str, FloatArray]) -> str:
    """Return the figures of all models as one table in Markdown."""
    lines = [
        "| model | r² | MAE / K | RMSE / K | Spearman | hydrides' MAE / K | cuprates |"
        " iron-based | other |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, values in predicted.items():
        found = figures_by_family(rows, values).set_index("rows")
        r2, mae, rmse, rank = found.loc["all", ["r2", "mae", "rmse", "spearman"]]
        cells = [f"{r2:.3f}", f"{mae:.2f}", f"{rmse:.2f}", f"{rank:.3f}"]
        families = ("hydride", "cuprate", "iron-based", "other")
        cells += [f"{found.loc[family, 'mae']:.2f}" for family in families]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Train what is missing and print a table for each split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FILE")
    parser.add_argument("--runs", type=Path, default=Path("runs/experiments"), metavar="DIR")
    parser.add_argument("--splits", nargs="+", choices=SPLITS, default=list(SPLITS))
    parser.add_argument("--members", type=int, default=PRESETS["mixed"].training.n_members)
    parser.add_argument("--print-only", action="store_true")
    options = parser.parse_args()
    config = PRESETS["mixed"]
    every_row = replace(config, training=replace(config.training, leave_aside=False))
    inputs = build_inputs(load_dataset(options.data), every_row)
    for split in options.splits:
        folds = fold_of_row(inputs.rows, split=split)
        predicted = {}
        for name, model in models(inputs, config, options.members).items():
            path = options.runs / split / f"{name}.npy"
            if path.exists() or not options.print_only:
                predicted[name] = out_of_fold(model, folds, path)
                print(split, name, "done", flush=True)
        share = config.kernel.share if config.kernel else 0.0
        print(f"\n## {split}\n{table(inputs.rows, mixtures(predicted, share))}\n", flush=True)


if __name__ == "__main__":
    main()
