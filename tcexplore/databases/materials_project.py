"""Structures of the Materials Project by their ids, with its official client and the user's key."""

from __future__ import annotations

import contextlib
import io
import os
import re
import warnings

from pymatgen.core import Structure

from tcexplore.databases.download import DatabaseError
from tcexplore.io.load import load_structure
from tcexplore.io.text import shortened

KEY = "MP_API_KEY"
MATERIAL_ID = re.compile(r"(?:mp|mvc)-[0-9a-z]{1,12}")


def is_material_id(text: str) -> bool:
    """Tell whether a text has the form of an id of the Materials Project, such as mp-763."""
    return MATERIAL_ID.fullmatch(text) is not None


def material_structure(material_id: str) -> Structure:
    """Return the structure of a material, checked as a file is.

    Raises
    ------
    DatabaseError
        No client, no key, no network, or no such material.
    StructureError
        The structure cannot be predicted.
    """
    if not is_material_id(material_id):
        raise DatabaseError(
            f"{shortened(material_id)!r} is no id of the Materials Project; expected one such as"
            " mp-763"
        )
    structure = _downloaded(material_id, _key())
    if structure is None:
        raise DatabaseError(f"the Materials Project has no material {material_id!r}")
    return load_structure(structure.to_json(), file_name=material_id)


def _key() -> str:
    if key := os.environ.get(KEY, "").strip():
        return key
    raise DatabaseError(
        f"the Materials Project needs a key of your own: get one at"
        f" https://next-gen.materialsproject.org/api and set {KEY} to it; without a key, `tcexplore"
        " fetch optimade mp` has the same structures"
    )


def _downloaded(material_id: str, key: str) -> Structure | None:
    try:
        from mp_api.client import MPRester  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise DatabaseError(
            "the Materials Project is asked by its official client, which is not installed: pip"
            " install mp-api"
        ) from None
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")  # on its server's version
            with MPRester(key, mute_progress_bars=True) as client:
                return client.get_structure_by_material_id(material_id)
    except Exception as error:
        words = shortened(" ".join(str(error).replace(key, "…").split()), length=200)
        raise DatabaseError(
            f"the Materials Project gave no {material_id}: {type(error).__name__}: {words}; check"
            f" the id, {KEY} and the network"
        ) from None
