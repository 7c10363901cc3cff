"""Commands that fetch structures from databases elsewhere and write them as CIF."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pymatgen.core import Structure

commands = typer.Typer()
fetch = typer.Typer(help="Structures from databases elsewhere, written as CIF.")
commands.add_typer(fetch, name="fetch")

Folder = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Folder to write into, made if need be.")
]


@fetch.command()
def optimade(
    provider: Annotated[
        str,
        typer.Argument(
            metavar="PROVIDER",
            help="Address of an OPTIMADE provider, or mp, alexandria, oqmd, jarvis, cod, mc3d,"
            " nomad, odbx, gnome, aflow.",
        ),
    ],
    out: Folder,
    formula: Annotated[
        str, typer.Option(metavar="FORMULA", help="Such as LaH10, in any order.")
    ] = "",
    elements: Annotated[
        str, typer.Option(metavar="LIST", help="Elements that all must be there: 'La, H'.")
    ] = "",
    entry_id: Annotated[
        str, typer.Option("--id", metavar="ID", help="Id of one entry, such as mp-763.")
    ] = "",
    count: Annotated[
        int, typer.Option("--limit", min=1, max=1000, metavar="N", help="Structures at most.")
    ] = 10,
) -> None:
    """Structures of an OPTIMADE provider; no key is needed.

    The exit code is 1 where there are none that can be used.
    """
    from tcexplore.databases.optimade import (
        Query,
        find_structures,
        provider_address,
        structures_endpoint,
    )

    query = Query(formula, tuple(elements.replace(",", " ").split()), entry_id)
    address = provider_address(provider)
    found = find_structures(address, query, count=count)
    for error in found.errors:
        print(error, file=sys.stderr)
    for structure in found.structures:
        name = structure.properties["label"]
        _write(structure, name, f"{structures_endpoint(address)}/{name}", out)
    there = "an unknown number" if found.total is None else found.total
    print(f"{len(found.structures)} structures of {there} found", file=sys.stderr)
    if not found.structures:
        raise typer.Exit(1)


@fetch.command("materials-project")
def materials_project(
    material_ids: Annotated[
        list[str], typer.Argument(metavar="ID", help="Such as mp-763; several are fetched in turn.")
    ],
    out: Folder,
) -> None:
    """Structures of the Materials Project by id.

    Your key is taken from MP_API_KEY. An id that fails does not keep back the others; the exit
    code is then 1.
    """
    from tcexplore.databases.materials_project import material_structure

    errors = []
    for material_id in material_ids:
        try:
            structure = material_structure(material_id)
        except ValueError as error:
            errors.append(str(error))
            continue
        source = f"https://next-gen.materialsproject.org/materials/{material_id}"
        _write(structure, material_id, source, out)
    for error in dict.fromkeys(errors):
        print(f"tcexplore: {error}", file=sys.stderr)
    if errors:
        raise typer.Exit(1)


def _write(structure: Structure, name: str, source: str, folder: Path) -> None:
    """Write a structure as CIF that names its source; a file that is there already stays."""
    from tcexplore.cli.study_files import print_notes
    from tcexplore.handover.cif import cif_text
    from tcexplore.handover.formats import file_name

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(name, "cif")
    print_notes(name, structure.properties.get("warnings", ()))
    if path.exists():
        print(f"{path}: is there already and stays as it is", file=sys.stderr)
        return
    path.write_text(cif_text(structure, source=source), encoding="utf-8")
    print(f"{path}: {structure.composition.reduced_formula}, {len(structure)} sites")
