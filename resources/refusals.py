"""Refused requests in the audit log."""

from __future__ import annotations

import logging

from flask import has_request_context, request
from sqlalchemy.exc import SQLAlchemyError

from resources.request_scope import current_service, named_alias
from store import speakers
from verification import audit

log = logging.getLogger(__name__)

ACTIONS = {
    ("PUT", "train"): "train",
    ("PUT", "test"): "reference",
    ("PUT", "score"): "score",
    ("POST", "consent"): "consent",
    ("POST", "speakers"): "create",
    ("POST", "user"): "create",
    ("GET", "export"): "export",
    ("DELETE", "delete"): "delete",
    ("DELETE", "speaker"): "delete",
    ("DELETE", "device"): "delete",
    ("DELETE", "take"): "delete",
}


def note_refusal(reason: str) -> None:
    """Note that the current request was refused, if it asked for something that is logged."""
    if not has_request_context():
        return
    action = ACTIONS.get((request.method, request.endpoint or ""))
    if action is None:
        return
    service = current_service()
    try:
        with service.store.writing() as connection:
            speaker = None if action == "create" else speakers.find(connection, named_alias())
            speaker_id = speaker.id if speaker else None
            audit.note(connection, service.origin, action, speaker_id, audit.REFUSED, reason)
    except SQLAlchemyError as error:
        log.error("a refusal was not noted: %s", type(error).__name__)
