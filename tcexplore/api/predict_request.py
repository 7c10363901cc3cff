"""Request for a prediction: the file and its settings, from any form of body."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from tcexplore.api.limits import BODY_BYTES, too_large
from tcexplore.io.parsers import FORMATS, MAX_BYTES
from tcexplore.io.stated_pressure import HIGHEST_PRESSURE

LONGEST_NAME = 200  # characters, from the end, where the format stands
FILE, STRUCTURE = "file", "structure"
SETTINGS = ("name", "pressure", "all")
TRUE, FALSE = ("true", "1", "yes"), ("false", "0", "no", "")


@dataclass(frozen=True)
class PredictRequest:
    """A file, and how it is to be predicted."""

    content: bytes
    """Of the file."""
    name: str
    """Of the file; tells its format where the content alone does not."""
    pressure: float | None
    """(GPa) Known pressure of the crystal, 0 for ambient; None unknown."""
    is_all: bool
    """Whether each structure of a file is predicted that holds several."""


async def read_predict_request(request: Request) -> PredictRequest:
    """Return the request that a body makes: a file as it is, a form, or JSON around the file.

    Settings stand beside the file in a form or JSON, otherwise in the address.

    Raises
    ------
    HTTPException
        400 or 413, with the reason.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        content, settings = await _form(request)
    else:
        content, settings = _envelope(await request.body())
    settings = {**request.query_params, **settings}
    if unknown := sorted(set(settings) - set(SETTINGS)):
        raise HTTPException(
            400, f"unknown setting {unknown[0]!r}; expected some of {', '.join(SETTINGS)}"
        )
    if len(content) > MAX_BYTES:
        raise too_large()
    if not content.strip():
        raise HTTPException(400, f"no file in the body; send a {FORMATS}")
    name = str(settings.get("name") or "structure")[-LONGEST_NAME:]
    return PredictRequest(content, name, _pressure(settings), _is_all(settings))


async def _form(request: Request) -> tuple[bytes, dict[str, Any]]:
    """Return the file of a form and its other fields."""
    async with request.form(max_files=1, max_fields=8, max_part_size=BODY_BYTES) as form:
        file = form.get(FILE)
        if file is None:
            raise HTTPException(400, f"no field {FILE!r} in the form; give the file this name")
        settings = {name: str(value) for name, value in form.items() if name != FILE}
        if isinstance(file, UploadFile):
            return await file.read(), {"name": file.filename} | settings
        return file.encode(), settings


def _envelope(body: bytes) -> tuple[bytes, dict[str, Any]]:
    """Return the file and the settings of a JSON object around it; any other body is the file.

    A structure can itself be JSON: only an object whose ``structure`` is a text is an envelope.
    """
    try:
        values = json.loads(body) if body.lstrip()[:1] == b"{" else None
    except (ValueError, RecursionError):
        return body, {}
    if not isinstance(values, dict) or not isinstance(values.get(STRUCTURE), str):
        return body, {}
    return values.pop(STRUCTURE).encode("utf-8", errors="replace"), values


def _pressure(settings: Mapping[str, Any]) -> float | None:
    given = settings.get("pressure")
    if given is None or given == "":
        return None
    try:
        pressure = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        pressure = math.nan
    if 0 <= pressure <= HIGHEST_PRESSURE:
        return pressure
    raise HTTPException(
        400,
        f"pressure is {str(given)[:40]!r}; expected 0 to {HIGHEST_PRESSURE:g} GPa, or leave it out",
    )


def _is_all(settings: Mapping[str, Any]) -> bool:
    given = str(settings.get("all", "false")).lower()
    if given in (*TRUE, *FALSE):
        return given in TRUE
    raise HTTPException(400, f"all is {given[:40]!r}; expected true or false")
