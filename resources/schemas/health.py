"""Replies of /health."""

from __future__ import annotations

from marshmallow import Schema, fields


class HealthSchema(Schema):
    """Reply of /health."""

    status = fields.String()
