"""Addresses of the web API: ``/api/predict`` and ``/api/ready``, errors as JSON."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from tcexplore.api.service import PredictionService

ADDRESSES = "POST /api/predict and GET /api/ready"


def api_mount(service: PredictionService, base: str = "") -> Mount:
    """Return the API below a server's base address.

    Parameters
    ----------
    base
        Such as ``tcexplore`` where the app lies below that; empty at the root.
    """
    api = Starlette(
        routes=[
            Route("/predict", service.predict, methods=["POST"]),
            Route("/ready", service.ready, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _error, Exception: _fault},
    )
    return Mount(f"/{base.strip('/')}/api" if base.strip("/") else "/api", app=api)


async def _error(request: Request, error: Exception) -> Response:
    """Answer with the reason why there is no answer."""
    assert isinstance(error, HTTPException)
    reason = error.detail
    if error.status_code in (404, 405) and request.scope["path"]:
        reason = f"no {request.method} {request.url.path[:80]}; there are {ADDRESSES}"
    return JSONResponse({"error": reason}, error.status_code, error.headers)


async def _fault(request: Request, error: Exception) -> Response:
    """Answer with 500; the log of the server has the traceback."""
    return JSONResponse({"error": "a fault of tcexplore itself; the server's log has it"}, 500)
