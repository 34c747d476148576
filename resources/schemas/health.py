"""Replies of /health, /health/live and /health/ready."""

from __future__ import annotations

from marshmallow import Schema, fields


class HealthSchema(Schema):
    """All is well; anything else is an error."""

    status = fields.String(metadata={"description": "ok"})
