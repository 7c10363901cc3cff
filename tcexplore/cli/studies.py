"""The studies on the command line: a table as CSV or Parquet, and a figure as HTML."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pymatgen.core import Lattice, Structure
from tqdm import tqdm

from tcexplore.catalogue.entries import catalogue_entry, load_catalogue
from tcexplore.crystal.elements import PAPER_ELEMENTS
from tcexplore.crystal.sites import replaced, site_choices
from tcexplore.crystal.structure import CanonicalCell, StructureError
from tcexplore.hydrogen.network import hydrogen_network, network_scan
from tcexplore.io.load import load_structure
from tcexplore.model.predictor import DEFAULT_MODEL, load_predictor
from tcexplore.scans.scan_tc import Progress
from tcexplore.studies.element_swap import element_swap
from tcexplore.studies.hydrogen_scan import Along, network_tc
from tcexplore.studies.lattice_dome import lattice_dome
from tcexplore.studies.lattice_map import lattice_map, stretched_lattices
from tcexplore.studies.swap_domain import swap_domain

if TYPE_CHECKING:
    import plotly.graph_objects as go

PARENT = "a structure file, or the id of a structure in the catalogue"


def add_study_commands(commands: argparse._SubParsersAction) -> None:
    """Add element-swap, dome, lattice-map and hydrogen-network."""
    swap = commands.add_parser("element-swap", help="map of Tc over the elements X and Y")
    swap.add_argument("parent", help=PARENT)
    swap.add_argument("--x", required=True, metavar="SITES", help="such as Mg1, or 'Mg1, site 1'")
    swap.add_argument("--y", metavar="SITES", help="sites for Y; without it only X is swapped")
    swap.add_argument(
        "--replace", nargs=2, metavar=("OLD", "NEW"), help="elements, before the swap"
    )
    _add_range(swap, "--scales", "factors on the lattice, of which the best counts", (1, 1, 1))
    _add_outputs(swap, _element_swap)

    dome = commands.add_parser("dome", help="Tc against the size of the lattice")
    dome.add_argument("parent", nargs="+", help=PARENT)
    _add_range(dome, "--scales", "factors on the lattice", (0.7, 1.6, 181))
    _add_outputs(dome, _dome)

    lattice = commands.add_parser("lattice-map", help="Tc over the lattice parameters a and c")
    lattice.add_argument("parent", help=PARENT)
    _add_range(lattice, "--a", "a (= b) in Å", (0.8, 7, 100))
    _add_range(lattice, "--c", "c in Å", (0.8, 7, 100))
    _add_outputs(lattice, _lattice_map)

    network = commands.add_parser(
        "hydrogen-network", help="what the H-H contacts of a structure join up to, and its cages"
    )
    network.add_argument("parent", help=PARENT)
    network.add_argument(
        "--cutoff", type=float, default=1.4, metavar="Å", help="longest contact (%(default)s)"
    )
    _add_range(network, "--scale", "factors on the lattice", (1, 1, 1))
    _add_range(network, "--a", "a in Å, b/a fixed, before scaling", None)
    _add_range(network, "--c", "c in Å, before scaling", None)
    network.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=".csv, .parquet or .json"
    )
    network.add_argument(
        "--figure",
        type=Path,
        metavar="FILE",
        help=".html, network and Tc along the one range that varies; adds Tc to the table. The"
        " lattices are then those of the canonical cell",
    )
    network.add_argument("--model", default=DEFAULT_MODEL, help="name or folder (%(default)s)")
    network.set_defaults(run=_hydrogen_network)


def _add_range(
    command: argparse.ArgumentParser,
    name: str,
    text: str,
    default: tuple[float, float, int] | None,
) -> None:
    command.add_argument(
        name,
        nargs=3,
        type=float,
        default=default,
        metavar=("FROM", "TO", "COUNT"),
        help=f"{text} ({'that of the structure' if default is None else '%(default)s'})",
    )


def _add_outputs(command: argparse.ArgumentParser, run: object) -> None:
    command.add_argument("--out", type=Path, required=True, metavar="FILE", help=".csv or .parquet")
    command.add_argument("--figure", type=Path, metavar="FILE", help=".html")
    command.add_argument("--model", default=DEFAULT_MODEL, help="name or folder (%(default)s)")
    command.set_defaults(run=run)


def _element_swap(options: argparse.Namespace) -> int:
    from tcexplore.display.element_swap import swap_figure, swap_table  # plotly: slow to import

    predictor, structure = load_predictor(options.model), _parent(options.parent)
    cell = predictor.cell(replaced(structure, *options.replace) if options.replace else structure)
    both = options.y is not None
    with _Bar() as progress:
        swap = element_swap(
            predictor,
            cell,
            x_sites=_sites(cell, options.x),
            y_sites=_sites(cell, options.y) if both else (),
            x=PAPER_ELEMENTS,
            y=PAPER_ELEMENTS if both else (),
            scales=_values(options.scales),
            progress=progress,
        )
    table = swap_table(swap, swap_domain(predictor, swap))
    return _written(options, table, swap_figure(table, x=swap.x, y=swap.y))


def _dome(options: argparse.Namespace) -> int:
    from tcexplore.display.lattice_dome import dome_figure, dome_table  # plotly: slow to import

    predictor, scales = load_predictor(options.model), _values(options.scales)
    domes = {name: lattice_dome(predictor, _parent(name), scales=scales) for name in options.parent}
    return _written(options, dome_table(domes), dome_figure(domes))


def _lattice_map(options: argparse.Namespace) -> int:
    from tcexplore.display.lattice_map import map_figure, map_table  # plotly: slow to import

    predictor, structure = load_predictor(options.model), _parent(options.parent)
    with _Bar() as progress:
        result = lattice_map(
            predictor, structure, a=_values(options.a), c=_values(options.c), progress=progress
        )
    return _written(options, map_table(result), map_figure(result))


def _hydrogen_network(options: argparse.Namespace) -> int:
    from tcexplore.display import hydrogen_network as shown

    structure = _parent(options.parent)
    if options.figure:
        return _network_figure(options, structure)
    lattices = _network_lattices(options, structure.lattice)
    scan = network_scan(structure, lattices, cutoff=options.cutoff)
    _write_table(shown.scan_table(scan), options.out)
    _print_network(structure, lattices[0], options.cutoff)
    return 0


def _network_lattices(options: argparse.Namespace, lattice: Lattice) -> NDArray[np.floating]:
    """Return the lattice vectors (Å) that the options ask for, shape (n, 3, 3)."""
    a, c = (
        np.array([own]) if given is None else _values(given)
        for given, own in ((options.a, lattice.a), (options.c, lattice.c))
    )
    stretched = stretched_lattices(lattice, a, c)
    return np.concatenate([scale * stretched for scale in _values(options.scale)])


def _print_network(structure: Structure, lattice: NDArray[np.floating], cutoff: float) -> None:
    from tcexplore.display import hydrogen_network as shown

    first = Structure(Lattice(lattice), structure.species_and_occu, structure.frac_coords)
    network = hydrogen_network(first, cutoff=cutoff)
    tables = shown.component_table(network), shown.cage_table(network)
    for name, table in zip(("components", "cages"), tables, strict=True):
        text = "none" if table.empty else table.to_string(index=False)
        print(f"{name} on the first lattice:\n{text}", file=sys.stderr)


def _network_figure(options: argparse.Namespace, structure: Structure) -> int:
    from tcexplore.display import hydrogen_network as shown  # plotly: slow to import

    along, predictor = _along(options), load_predictor(options.model)
    parent = predictor.cell(structure)
    lattices = _network_lattices(options, parent.structure.lattice)
    result = network_tc(predictor, parent, lattices, along=along, cutoff=options.cutoff)
    _write_table(shown.network_tc_table(result), options.out)
    shown.network_figure(result).write_html(options.figure)
    _print_network(parent.structure, lattices[0], options.cutoff)
    return 0


def _along(options: argparse.Namespace) -> Along:
    """Return what a figure runs along.

    Raises
    ------
    ValueError
        None of the ranges varies, or more than one.
    """
    ranges = {name: getattr(options, name) for name in get_args(Along)}
    varied = [name for name, given in ranges.items() if given is not None and int(given[2]) > 1]
    if len(varied) != 1:
        raise ValueError(
            f"varied are {' and '.join(varied) or 'none'}; expected one of --a, --c and --scale"
            " for a figure, such as --c 4 14 60"
        )
    return varied[0]


def _parent(name: str) -> Structure:
    """Return the structure of a file, or of the catalogue.

    Raises
    ------
    StructureError
        It is neither.
    """
    if Path(name).exists():
        return load_structure(Path(name))
    if name in {entry.entry_id for entry in load_catalogue()}:
        return catalogue_entry(name).structure()
    raise StructureError(f"{name!r} is neither a file nor an id of the catalogue, such as 'mgb2'")


def _sites(cell: CanonicalCell, label: str) -> tuple[int, ...]:
    """Return the places that a label names: an orbit such as Mg1, or one site of it.

    Raises
    ------
    StructureError
        There is no such label.
    """
    choices = {name.split(" (")[0]: sites for name, sites in site_choices(cell.structure).items()}
    if label not in choices:
        raise StructureError(f"no sites {label!r}; there are: {'; '.join(choices)}")
    return choices[label]


def _values(given: tuple[float, float, float]) -> NDArray[np.floating]:
    low, high, count = given
    return np.linspace(low, high, int(count))


class _Bar:
    """A progress bar on stderr, as the studies report to it."""

    def __enter__(self) -> Progress:
        self._bar = tqdm(total=1.0, disable=None, bar_format="{l_bar}{bar}| {elapsed}")
        return self._advance

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def _advance(self, share: float) -> bool:
        self._bar.update(share - self._bar.n)
        return True


def _written(options: argparse.Namespace, table: pd.DataFrame, figure: go.Figure) -> int:
    _write_table(table, options.out)
    if options.figure:
        figure.write_html(options.figure)
    highest = table.sort_values("tc", ascending=False).head(1).to_string(index=False)
    print(f"highest Tc:\n{highest}", file=sys.stderr)
    return 0


def _write_table(table: pd.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    elif path.suffix == ".json":
        table.to_json(path, orient="records", indent=1)
    else:
        table.to_csv(path, index=False, lineterminator="\n")
