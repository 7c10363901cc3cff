"""The command line: data set, training, evaluation, prediction."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tcexplore.cli.paper import add_paper_command
from tcexplore.cli.studies import add_study_commands
from tcexplore.model.predictor import DEFAULT_MODEL, MODELS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 when all went well."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, OSError) as error:
        print(f"tcexplore: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"tcexplore: {error}; training needs Python 3.11, see README.md", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "tcexplore", description="Superconducting critical temperatures from crystal structures."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_predict(commands)
    add_study_commands(commands)
    add_paper_command(commands)
    _add_dataset(commands)
    _add_train(commands)
    _add_evaluate(commands)
    _add_known(commands)
    _add_tune(commands)
    return parser


def _add_predict(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("predict", help="predict Tc of structure files")
    command.add_argument(
        "files", nargs="+", metavar="FILE", help="CIF, POSCAR, XYZ or JSON, or .gz"
    )
    command.add_argument("--format", choices=("table", "json", "csv"), default="table")
    command.add_argument("--model", default=DEFAULT_MODEL, help="name or folder (%(default)s)")
    command.set_defaults(run=_predict)


def _add_dataset(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("dataset", help="build the data set from public tables")
    command.add_argument("--data", type=Path, required=True, metavar="DIR")
    command.add_argument("--out", type=Path, required=True, metavar="FILE", help="Parquet file")
    command.add_argument(
        "--high-variance",
        choices=("average", "exclude", "best"),
        default="average",
        help="compositions whose reported Tc differ much (%(default)s)",
    )
    command.set_defaults(run=_dataset)


def _add_train(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("train", help="train a model that can be shipped")
    _add_training_options(command)
    command.add_argument("--name", required=True, help="folder below models/")
    command.add_argument("--preset", choices=("shipped", "paper"), default="shipped")
    command.add_argument("--seed", type=int, help="instead of the preset's")
    command.add_argument("--epochs", type=int, help="instead of the preset's")
    command.set_defaults(run=_train)


def _add_evaluate(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "evaluate", help="fit a model and its rivals anew without test rows, and print the errors"
    )
    _add_training_options(command)
    command.add_argument("--model", default=DEFAULT_MODEL, help="whose configuration (%(default)s)")
    command.add_argument(
        "--aside",
        action="store_true",
        help="look at the rows put aside instead: once, at the very end",
    )
    command.set_defaults(run=_evaluate)


def _add_known(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "known", help="write a model's known.csv anew from the data that it was trained on"
    )
    command.add_argument("--data", type=Path, required=True, metavar="FILE", help="Parquet file")
    command.add_argument("--model", default=DEFAULT_MODEL, help="folder (%(default)s)")
    command.set_defaults(run=_known)


def _add_tune(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("tune", help="search layers, units and loss with Keras Tuner")
    _add_training_options(command)
    command.add_argument("--trials", type=int, default=20)
    command.add_argument("--epochs", type=int, default=15, help="of each trial (%(default)s)")
    command.set_defaults(run=_tune)


def _add_training_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, required=True, metavar="FILE", help="Parquet file")
    command.add_argument(
        "--runs", type=Path, default=Path("runs"), help="checkpoints, to go on from (%(default)s/)"
    )


def _predict(options: argparse.Namespace) -> int:
    from tcexplore.display.prediction_table import formatted, predict_files

    outcomes = predict_files(options.files, options.model)
    print(formatted(outcomes, options.format), end="")
    for outcome in outcomes:
        for message in filter(None, (*outcome.warnings, outcome.error)):
            print(f"{outcome.file}: {message}", file=sys.stderr)
    return int(any(outcome.error for outcome in outcomes))


def _dataset(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from tcexplore.datasets import build_dataset, save_dataset, summary

    with tqdm(desc="structures", unit="structure", disable=None) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        dataset = build_dataset(
            options.data, high_variance=options.high_variance, progress=progress
        )
    save_dataset(dataset, options.out)
    print(summary(dataset))
    return 0


def _train(options: argparse.Namespace) -> int:
    from tcexplore.datasets import load_dataset
    from tcexplore.training.presets import PRESETS
    from tcexplore.training.train import train_model

    config = PRESETS[options.preset]
    given = {"seed": options.seed, "epochs": options.epochs}
    given = {name: value for name, value in given.items() if value is not None}
    config = replace(config, training=replace(config.training, **given))
    directory = train_model(
        load_dataset(options.data), config, MODELS / options.name, run_directory=options.runs
    )
    print(f"{directory} is written; `python -m tcexplore evaluate` adds its figures")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from tcexplore.datasets import load_dataset
    from tcexplore.evaluation.evaluate import evaluate_held_out, evaluate_model

    evaluate = evaluate_held_out if options.aside else evaluate_model
    evaluation = evaluate(
        load_dataset(options.data), MODELS / options.model, run_directory=options.runs
    )
    print(evaluation.text(splits=("aside",) if options.aside else None))
    return 0


def _known(options: argparse.Namespace) -> int:
    from tcexplore.datasets import load_dataset
    from tcexplore.training.known_materials import rewrite_known_materials

    directory = MODELS / options.model
    known = rewrite_known_materials(load_dataset(options.data), directory)
    print(f"{directory / 'known.csv'} is written: {len(known)} materials")
    return 0


def _tune(options: argparse.Namespace) -> int:
    from tcexplore.datasets import load_dataset
    from tcexplore.training.data import build_inputs
    from tcexplore.training.presets import PRESETS
    from tcexplore.training.tune import tune

    config = PRESETS["shipped"]
    config = replace(config, training=replace(config.training, epochs=options.epochs))
    inputs = build_inputs(load_dataset(options.data), config)
    print(tune(inputs, config, n_trials=options.trials, run_directory=options.runs / "tune"))
    return 0
