"""Prediction of a request: the rows that `tcexplore predict --format json` prints."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from tcexplore.api.predict_request import PredictRequest
from tcexplore.batch.outcomes import loaded_structures, outcomes
from tcexplore.batch.source_file import SourceFile
from tcexplore.display.crystal.prediction_table import formatted
from tcexplore.io.load import SeveralStructuresError, StructureReader
from tcexplore.model.predictor import TcPredictor


def predicted_rows(request: PredictRequest, predictor: TcPredictor, reader: StructureReader) -> str:
    """Return the rows of a file's structures as JSON.

    Raises
    ------
    HTTPException
        The file cannot be read, or its only structure not predicted: 422, with the reason.
    """
    file = SourceFile(request.name, lambda: request.content, pressure=request.pressure)
    loaded = loaded_structures(reader, file)
    if len(loaded) > 1 and not request.is_all:
        error = SeveralStructuresError([structure.label for structure in loaded])
        told = str(error).partition(";")[0]
        raise HTTPException(422, f"{request.name}: {told}; give one alone, or ask with all=true")
    predicted = outcomes(predictor, loaded)
    if len(predicted) == 1 and predicted[0].error:
        raise HTTPException(422, f"{predicted[0].file}: {predicted[0].error}")
    return formatted([each.row() for each in predicted], "json", has_labels=request.is_all)
