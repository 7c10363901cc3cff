"""Answers of a database as JSON over HTTP: limits on time and size, and errors in plain words."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import urlsplit

from tcexplore import __version__
from tcexplore.io.text import shortened

MAX_ANSWER = 20_000_000  # bytes
HEADERS = {"Accept": "application/vnd.api+json, application/json"}


class DatabaseError(ValueError):
    """A database that cannot be asked, or an answer that is of no use; the message says why."""


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Redirects within one host alone, so that no answer leads into another network."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).hostname != urlsplit(req.full_url).hostname:
            raise DatabaseError(
                f"{_host(req.full_url)} sends on to {shortened(newurl, length=100)}; give that"
                " address if you trust it"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def json_answer(url: str, *, time_limit: float = 30.0) -> dict[str, Any]:
    """Return the JSON object that an address answers with.

    Parameters
    ----------
    url
        Of http or https.
    time_limit
        (s) For the whole answer.

    Raises
    ------
    DatabaseError
        There is no answer in time, or none that is a JSON object.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DatabaseError(
            f"{shortened(url, length=100)!r} is no address of the web; expected https://…"
        )
    request = urllib.request.Request(
        url, headers=HEADERS | {"User-Agent": f"tcexplore/{__version__}"}
    )
    try:
        opener = urllib.request.build_opener(_SameHost)
        deadline = time.monotonic() + time_limit
        with opener.open(request, timeout=time_limit) as response:
            content = _within_limits(response, deadline)
    except urllib.error.HTTPError as error:
        raise DatabaseError(_refusal(url, error)) from None
    except TimeoutError:
        raise DatabaseError(f"{_host(url)} did not answer within {time_limit:g} s") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            reason = f"no answer within {time_limit:g} s"
        raise DatabaseError(
            f"{_host(url)} cannot be reached ({reason}); check the network and the address"
        ) from None
    return _json_object(url, content)


def _within_limits(response: http.client.HTTPResponse, deadline: float) -> bytes:
    content = b""
    while chunk := response.read1(65536):
        content += chunk
        if len(content) > MAX_ANSWER:
            raise DatabaseError(
                f"{_host(response.url)} answers with more than {MAX_ANSWER / 1e6:g} MB; ask for"
                " fewer structures"
            )
        if time.monotonic() > deadline:
            raise TimeoutError
    return content


def _json_object(url: str, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        begins = shortened(content[:80].decode("utf-8", errors="replace"))
        raise DatabaseError(
            f"{_host(url)} answers with no JSON: {begins!r}; is this the address of an API?"
        ) from None
    if not isinstance(answer, dict):
        raise DatabaseError(f"{_host(url)} answers with a JSON {type(answer).__name__}, no object")
    return answer


def _refusal(url: str, error: urllib.error.HTTPError) -> str:
    """Return what a database says of a request that it refuses."""
    try:
        details = error_details(_json_object(url, error.read(100_000)))
    except (OSError, DatabaseError, http.client.HTTPException):
        details = ""
    return f"{_host(url)} refuses with HTTP {error.code} ({details or error.reason})"


def error_details(answer: Mapping[str, Any]) -> str:
    """Return the errors that an answer of JSON:API lists, as a sentence; empty without any."""
    errors = answer.get("errors")
    entries = [entry for entry in errors if isinstance(entry, dict)] if errors else []
    texts = [str(entry.get("detail") or entry.get("title") or "") for entry in entries]
    return shortened("; ".join(filter(None, texts)), length=200)


def _host(url: str) -> str:
    return shortened(urlsplit(url).netloc.rpartition("@")[2])
