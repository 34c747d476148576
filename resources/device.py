"""DELETE /speakers/NAME/devices/LABEL: forget what one device gave."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service
from cepstra.resources.schemas import DeletedSchema, DeviceSchema
from cepstra.verification import unenrolment

deleted_schema, device_schema = DeletedSchema(), DeviceSchema()


class Device(Resource):  # type: ignore[misc]
    """One device of a speaker."""

    @contract(DeletedSchema, errors=(400, 404), scope="enrol")
    def delete(self, speaker: str, device: str) -> Any:
        """Delete the device's takes and make the model from what is left."""
        label = device_schema.load({"device": device})["device"]
        unenrolment.forget_device(current_service(), current_alias(speaker), label)
        return deleted_schema.dump({"deleted": True})
