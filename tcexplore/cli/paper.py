"""The paper's figures and tables on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from tcexplore.model.predictor import DEFAULT_MODEL, load_predictor, model_directory

PARTS = ("figure-3", "figure-4", "figure-5", "figure-6", "table-2", "table-3")


def add_paper_command(commands: argparse._SubParsersAction) -> None:
    """Add paper."""
    command = commands.add_parser(
        "paper", help="remake figures 3 to 6 and tables II and III of arXiv:2301.10474"
    )
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="PNG, SVG, CSV")
    command.add_argument(
        "--only",
        nargs="+",
        choices=PARTS,
        default=PARTS,
        metavar="PART",
        help=f"of {', '.join(PARTS)}",
    )
    command.add_argument("--model", default=DEFAULT_MODEL, help="name or folder (%(default)s)")
    command.set_defaults(run=_paper)


def _paper(options: argparse.Namespace) -> int:
    from tcexplore.paper import remake  # matplotlib and plotly: slow to import

    predictor, directory = load_predictor(options.model), model_directory(options.model)
    options.out.mkdir(parents=True, exist_ok=True)
    print(f"model {predictor.files.name}; all Tc in K, all lengths in Å")
    for name in options.only:
        part = remake.PARTS[name](predictor, directory)
        files = remake.save_part(name, part, options.out)
        print(f"\n{name}\n{part.summary}\nwritten: {', '.join(map(str, files))}")
    return 0
