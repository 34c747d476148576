"""Takes of a speaker: PUT /train and /test keep one; a DELETE forgets one, or those of a device."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.alias import AliasSchema, DeviceQuerySchema, TakeQuerySchema
from cepstra.resources.schemas.message import NewTakeSchema
from cepstra.resources.schemas.score import ReferenceSchema
from cepstra.resources.schemas.speaker import DeletedSchema
from cepstra.resources.schemas.status import TrainingSchema
from cepstra.verification import enrolment, unenrolment


class Train(Resource):  # type: ignore[misc]
    """Training takes of a speaker."""

    @Contract(TrainingSchema, NewTakeSchema, AliasSchema, errors=(409,), scope="enrol")
    def put(self, alias: str, body: Any) -> Any:
        """Enrol one take and bring the speaker's model up to date."""
        return enrolment.train(current_service(), alias, body)


class Test(Resource):  # type: ignore[misc]
    """Reference takes of a speaker."""

    @Contract(
        ReferenceSchema, NewTakeSchema, AliasSchema, errors=(409,), scope="enrol", tells_scores=True
    )
    def put(self, alias: str, body: Any) -> Any:
        """Add one take to the reference speech and set the threshold from it."""
        return enrolment.set_reference(current_service(), alias, body)


class Take(Resource):  # type: ignore[misc]
    """One take of a speaker."""

    @Contract(DeletedSchema, query=TakeQuerySchema, scope="enrol")
    def delete(self, alias: str, take: str) -> Any:
        """Delete the take and make the model as if it had never been enrolled."""
        unenrolment.forget_take(current_service(), alias, take)
        return {"deleted": True}


class Device(Resource):  # type: ignore[misc]
    """One device of a speaker."""

    @Contract(DeletedSchema, query=DeviceQuerySchema, scope="enrol")
    def delete(self, alias: str, device: str) -> Any:
        """Delete the device's takes and make the model from what is left."""
        unenrolment.forget_device(current_service(), alias, device)
        return {"deleted": True}
