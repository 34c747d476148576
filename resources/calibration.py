"""GET, PUT, DELETE /calibration: the threshold that one's own voices ask for; GET /threshold."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.calibration import (
    CalibrationSchema,
    InForceSchema,
    NewThresholdSchema,
    TryingSchema,
)
from cepstra.verification import own_threshold


class Calibration(Resource):  # type: ignore[misc]
    """The threshold of all speakers."""

    @Contract(CalibrationSchema, query=TryingSchema, errors=(409, 503), scope="admin")
    def get(self, rate: float | None, digits: int | None, speakers: int) -> Any:
        """Try those who are enrolled on one another and name a threshold; nothing changes.

        A call tries voices for half a second of processor time and tells what was found so far;
        the next one goes on where it ended, until `n_waiting` is 0. 503, while voices without
        enough speech are all that were tried, or another call is at it.
        """
        return own_threshold.calibrate(current_service(), rate, digits, speakers)

    @Contract(InForceSchema, NewThresholdSchema, scope="admin")
    def put(self, body: dict[str, float]) -> Any:
        """Adopt a threshold: every attempt from now on is held to it."""
        return own_threshold.adopt(current_service(), body["threshold"])

    @Contract(InForceSchema, errors=(409,), scope="admin")
    def delete(self) -> Any:
        """Take the threshold adopted last back; the one before is in force again."""
        return own_threshold.undo(current_service())


class Threshold(Resource):  # type: ignore[misc]
    """The threshold of now."""

    @Contract(InForceSchema, scope="verify", or_scope="admin")
    def get(self) -> Any:
        """Tell the threshold in force and the shipped one; nothing is tried."""
        return own_threshold.in_force(current_service())
