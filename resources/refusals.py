"""Refused requests in the audit log."""

from __future__ import annotations

from flask import has_request_context, request

from cepstra.resources.request_scope import current_service, named_alias
from cepstra.verification import audit

ACTIONS = {
    ("PUT", "train"): "train",
    ("PUT", "test"): "reference",
    ("PUT", "score"): "score",
    ("PUT", "recognise"): "train",
    ("POST", "consent"): "consent",
    ("POST", "speakers"): "create",
    ("POST", "user"): "create",
    ("PUT", "speaker"): "rename",
    ("GET", "export"): "export",
    ("PUT", "import"): "import",
    ("DELETE", "delete"): "delete",
    ("DELETE", "speaker"): "delete",
    ("DELETE", "device"): "delete",
    ("DELETE", "take"): "delete",
    ("DELETE", "calibration"): "calibrate",
    ("POST", "keys"): "key",
    ("DELETE", "key"): "key",
}
OF_NOBODY = ("create", "calibrate", "key")  # actions on no speaker that there is


def note_refusal(reason: str) -> None:
    """Note that the current request was refused, if it asked for something that is logged."""
    if not has_request_context():
        return
    action = ACTIONS.get((request.method, request.endpoint or ""))
    if action is None:
        return
    service, alias = current_service(), None if action in OF_NOBODY else named_alias()
    audit.note_refusal(service.store, service.origin, action, alias, reason)
