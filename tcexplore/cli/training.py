"""Commands that build the data set, and train and measure models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from tcexplore.cli.options import Data, Model, Runs
from tcexplore.model import DEFAULT_MODEL

RUNS = Path("runs")

commands = typer.Typer()


@commands.command()
def dataset(
    data: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the public tables.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Parquet file to write.")],
    high_variance: Annotated[
        Literal["average", "exclude", "best"],
        typer.Option(help="Label of compositions whose reported Tc differ much."),
    ] = "average",
    compare: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Older data set; prints how the hydrides changed."),
    ] = None,
) -> None:
    """Build the data set from public tables."""
    from tqdm import tqdm

    from tcexplore.datasets import build_dataset, hydride_changes, save_dataset, summary

    with tqdm(desc="structures", unit="structure", disable=None) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        rows = build_dataset(data, high_variance=high_variance, progress=progress)
    save_dataset(rows, out)
    print(summary(rows))
    if compare is not None:
        print(hydride_changes(compare, rows))


@commands.command()
def train(
    data: Data,
    name: Annotated[str, typer.Option(metavar="NAME", help="Folder below models/ to write.")],
    preset: Annotated[
        Literal["shipped", "paper"],
        typer.Option(help="Configuration: of the shipped model, or of the paper."),
    ] = "shipped",
    seed: Annotated[
        int | None, typer.Option(metavar="SEED", help="Random seed, instead of the preset's.")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(metavar="COUNT", help="Epochs, instead of the preset's.")
    ] = None,
    runs: Runs = RUNS,
) -> None:
    """Train a model that can be shipped."""
    from tcexplore.datasets import load_dataset
    from tcexplore.resources import NEW_MODELS
    from tcexplore.training.presets import PRESETS
    from tcexplore.training.train import train_model

    config = PRESETS[preset]
    if seed is not None:
        config = replace(config, training=replace(config.training, seed=seed))
    if epochs is not None:
        config = replace(config, training=replace(config.training, epochs=epochs))
    directory = train_model(load_dataset(data), config, NEW_MODELS / name, run_directory=runs)
    print(f"{directory} is written; `python -m tcexplore evaluate` adds its figures")


@commands.command()
def evaluate(
    data: Data,
    model: Model = DEFAULT_MODEL,
    aside: Annotated[
        bool,
        typer.Option("--aside", help="Use the held-out rows instead: once, at the very end."),
    ] = False,
    runs: Runs = RUNS,
) -> None:
    """Errors (K) of a model and its baselines on test rows.

    Each is trained anew without the test rows.
    """
    from tcexplore.datasets import load_dataset
    from tcexplore.evaluation.evaluate import evaluate_held_out, evaluate_model
    from tcexplore.model.predictor import model_directory
    from tcexplore.paper.kept_tables import rewrite_tables

    directory = model_directory(model)
    evaluate_rows = evaluate_held_out if aside else evaluate_model
    evaluation = evaluate_rows(load_dataset(data), directory, run_directory=runs)
    print(evaluation.text(splits=("aside",) if aside else None))
    rewrite_tables(directory)


@commands.command()
def tables(model: Model = DEFAULT_MODEL) -> None:
    """Write the tables of a model for the Model page anew.

    Tables II and III of the paper and slopes with pressure; `evaluate` does so too.
    """
    from tcexplore.model.predictor import model_directory
    from tcexplore.paper.kept_tables import rewrite_tables

    print(f"written: {', '.join(map(str, rewrite_tables(model_directory(model))))}")


@commands.command()
def known(data: Data, model: Model = DEFAULT_MODEL) -> None:
    """Write known.csv, a model's training materials, anew."""
    from tcexplore.datasets import load_dataset
    from tcexplore.model.predictor import model_directory
    from tcexplore.training.known_materials import rewrite_known_materials

    directory = model_directory(model)
    materials = rewrite_known_materials(load_dataset(data), directory)
    print(f"{directory / 'known.csv'} is written: {len(materials)} materials")


@commands.command()
def tune(
    data: Data,
    trials: Annotated[int, typer.Option(metavar="COUNT", help="Configurations to try.")] = 20,
    epochs: Annotated[int, typer.Option(metavar="COUNT", help="Epochs of each trial.")] = 15,
    runs: Runs = RUNS,
) -> None:
    """Search layers, units and loss with Keras Tuner."""
    from tcexplore.datasets import load_dataset
    from tcexplore.training.data import build_inputs
    from tcexplore.training.presets import PRESETS
    from tcexplore.training.tune import tune as search

    config = PRESETS["shipped"]
    config = replace(config, training=replace(config.training, epochs=epochs))
    inputs = build_inputs(load_dataset(data), config)
    print(search(inputs, config, n_trials=trials, run_directory=runs / "tune"))
