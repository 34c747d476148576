"""PUT /timeline: who speaks when, known voices by name."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.timeline import ConversationSchema, TimelineSchema


class Timeline(Resource):  # type: ignore[misc]
    """Frames of several people."""

    @Contract(TimelineSchema, ConversationSchema, scope="identify", tells_scores=True)
    def put(self, body: Any) -> Any:
        """Tell voices apart and name those that are enrolled; nothing is kept."""
        from cepstra.verification.timeline import timeline  # a sixth of what a server loads

        return timeline(current_service(), body)
