"""The web API in the process of the app: both have one model, loaded when the server starts."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.routing import Mount

from tcexplore.api.routes import api_mount
from tcexplore.api.service import PredictionService
from tcexplore.app.structure_choice import loaded_predictor


@functools.cache
def service() -> PredictionService:
    """Return the service of this process."""
    return PredictionService(loaded_predictor)


def api_routes() -> list[Mount]:
    """Return the API below the address that the app itself is below."""
    return [api_mount(service(), str(st.get_option("server.baseUrlPath") or ""))]


@asynccontextmanager
async def service_running(_app: object) -> AsyncIterator[None]:
    """Load the model when the server starts, and end the parsing process with it."""
    service().start()
    yield
    service().close()
