"""Service of the web API: the model under its loading, the parsing process, the answers."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tcexplore import __version__
from tcexplore.api.limits import SECONDS, BoundedWorkers, RateLimit, bounded
from tcexplore.api.predict_request import read_predict_request
from tcexplore.api.prediction import predicted_rows
from tcexplore.io.load import StructureReader
from tcexplore.model.predictor import TcPredictor
from tcexplore.run_folder.model_check import model_hash

LOG = logging.getLogger(__name__)


class PredictionService:
    """Model that is loaded in the background, and predictions by it within limits."""

    def __init__(
        self, load: Callable[[], TcPredictor], *, rate: RateLimit | None = None,
        workers: BoundedWorkers | None = None, seconds: float = SECONDS,
    ) -> None:  # fmt: skip
        self._load, self._seconds = load, seconds
        self._rate, self._workers = rate or RateLimit(), workers or BoundedWorkers()
        self._reader = StructureReader()
        self._predictor: TcPredictor | None = None
        self._hash = self._fault = ""

    def start(self) -> threading.Thread:
        """Load the model in a thread, and return that."""
        thread = threading.Thread(target=self._load_model, name="load-model", daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """End the parsing process, and give up what waits."""
        self._workers.close()
        self._reader.close()

    def _load_model(self) -> None:
        try:
            predictor = self._load()
            self._hash = model_hash(predictor.files)
            self._predictor = predictor
        except Exception as error:  # whatever it is, readiness has to say it
            LOG.exception("the model could not be loaded")
            self._fault = f"the model could not be loaded: {error}"

    def _loaded(self) -> TcPredictor:
        if self._predictor is not None:
            return self._predictor
        if self._fault:
            raise HTTPException(503, self._fault)
        raise HTTPException(
            503, "the model is being loaded; try again in 2 s", {"Retry-After": "2"}
        )

    async def ready(self, request: Request) -> Response:
        """Answer 200 once the model is loaded, 503 before that."""
        model = self._loaded().files.name
        return JSONResponse(
            {"ready": True, "version": __version__, "model": model, "model_hash": self._hash}
        )

    async def predict(self, request: Request) -> Response:
        """Answer with the prediction of the file in a request's body."""
        self._rate.count(request.client.host if request.client else "")
        predictor = self._loaded()
        request = Request(request.scope, bounded(request.receive))
        try:
            async with asyncio.timeout(self._seconds):
                wanted = await read_predict_request(request)
                task = partial(predicted_rows, wanted, predictor, self._reader)
                rows = await self._workers.run(task)
        except TimeoutError:
            raise HTTPException(
                503, f"took more than {self._seconds:g} s; try again later, or a smaller cell",
                {"Retry-After": "30"},
            ) from None  # fmt: skip
        return Response(rows, media_type="application/json")
