"""DELETE /speakers/NAME/devices/LABEL: forget what one device gave."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import DeletedSchema, DeviceSchema
from cepstra.verification import unenrolment


class Device(Resource):  # type: ignore[misc]
    """One device of a speaker."""

    @Contract(DeletedSchema, query=DeviceSchema, errors=(400, 404), scope="enrol")
    def delete(self, alias: str, device: str) -> Any:
        """Delete the device's takes and make the model from what is left."""
        unenrolment.forget_device(current_service(), alias, device)
        return {"deleted": True}
