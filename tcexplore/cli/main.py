"""Command line: the commands, their exit codes and how errors are printed.

Importing this module costs little: each command imports what it needs when it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from tcexplore import __version__
from tcexplore.cli import (
    databases,
    design,
    handover,
    paper,
    predict,
    pressure,
    search,
    studies,
    training,
)

commands = typer.Typer(
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Returns
    -------
    :
        0 when all went well, 1 where a file could not be predicted, 2 after an error, 130 after an
        interrupt.
    """
    try:
        command = get_command(commands)
        return command.main(arguments, prog_name="tcexplore", standalone_mode=False) or 0
    except TyperException as error:
        message = _usage_message(error)
    except ModuleNotFoundError as error:
        message = f"{error}; training needs Python 3.11, see README.md"
    except (ValueError, OSError) as error:
        message = str(error)
    print(f"tcexplore: {message}", file=sys.stderr)
    return 2


def _usage_message(error: TyperException) -> str:
    """Return the message of a usage error, with the wrong value, which Typer leaves out."""
    from pydantic import ValidationError

    message = error.format_message().replace("Value error, ", "").rstrip(".")
    if isinstance(error.__cause__, ValidationError):
        wrong = repr(error.__cause__.errors()[0]["input"])
        message += "" if wrong in message else f" (given: {wrong})"
    context = getattr(error, "ctx", None)
    return f"{message}; see `{context.command_path if context else 'tcexplore'} --help`"


def _print_version(is_given: bool) -> None:
    if is_given:
        print(f"tcexplore {__version__}")
        raise typer.Exit


@commands.callback()
def _options(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Superconducting critical temperatures Tc (K) from crystal structures."""


commands.add_typer(predict.commands)
commands.add_typer(studies.commands)
commands.add_typer(search.commands)
commands.add_typer(design.commands)
commands.add_typer(handover.commands)
commands.add_typer(databases.commands)
commands.add_typer(paper.commands)
commands.add_typer(training.commands)
commands.add_typer(pressure.commands)


@commands.command("app")
def open_app(
    port: Annotated[
        int, typer.Option(min=1, max=65535, metavar="PORT", help="Port of the address.")
    ] = 8501,
) -> None:
    """App for the browser, served on http://localhost:PORT."""
    from tcexplore.app.serve import serve  # Streamlit

    serve(["--server.port", str(port)])
