"""What a field of a schema is: a sentence for the reference and the OpenAPI document."""

from __future__ import annotations

from typing import Any


def about(description: str, **more: Any) -> dict[str, Any]:
    """Return the options of a field that says what it is, and more of OpenAPI's keywords."""
    return {"metadata": {"description": description, **more}}
