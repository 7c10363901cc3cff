"""The web API in the process of the app: both have one model, loaded when the server starts."""

from __future__ import annotations

import functools
import gc
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.routing import Mount

import tcexplore.app
from tcexplore.api.routes import api_mount
from tcexplore.api.service import PredictionService
from tcexplore.app.choice.address import EXAMPLES
from tcexplore.app.choice.structure_choice import loaded_predictor
from tcexplore.catalogue.entries import load_catalogue
from tcexplore.model.predictor import TcPredictor


def warm_predictor() -> TcPredictor:
    """Return the shipped model, with all modules of the pages and the catalogue in memory.

    Streamlit collects garbage after each run of a page, for which no other thread may run: what
    stays for good is kept out of that.
    """
    predictor = loaded_predictor()
    for module in pkgutil.walk_packages(tcexplore.app.__path__, "tcexplore.app."):
        importlib.import_module(module.name)
    predictor([entry.structure() for entry in load_catalogue() if entry.entry_id in EXAMPLES])
    gc.collect()
    gc.freeze()
    return predictor


@functools.cache
def service() -> PredictionService:
    """Return the service of this process."""
    return PredictionService(warm_predictor)


def api_routes() -> list[Mount]:
    """Return the API below the address that the app itself is below."""
    return [api_mount(service(), str(st.get_option("server.baseUrlPath") or ""))]


@asynccontextmanager
async def service_running(_app: object) -> AsyncIterator[None]:
    """Load the model when the server starts, and end the parsing process with it."""
    service().start()
    yield
    service().close()
