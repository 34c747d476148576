"""Embedding and cosine in replies to those who ask for them with `?with=embedding`."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import request
from marshmallow import EXCLUDE

from cepstra.resources.errors import FieldError
from cepstra.resources.request_scope import current_service, known_caller
from cepstra.resources.schemas import WithSchema
from cepstra.verification.embedding import embed
from cepstra.verification.message import Message

with_schema = WithSchema(unknown=EXCLUDE)


def is_asked_for() -> bool:
    """Tell whether the reply is to hold the embedding.

    Raises:
        marshmallow.ValidationError: something else is asked for.
        FieldError: 403 where the caller may not see scores.
    """
    if "more" not in with_schema.load(request.args.to_dict()):
        return False
    if "scores" not in known_caller().scopes:
        text = "expected a key with the scope scores"
        raise FieldError(HTTPStatus.FORBIDDEN, "with", text)
    return True


def with_embedding(reply: dict[str, Any], attempt: Sequence[Message], alias: str) -> dict[str, Any]:
    """Return the reply of an attempt compared with one speaker."""
    embedding, cosines = _embedded(attempt, [alias])
    return {**reply, "embedding": embedding, "cosine": cosines.get(alias)}


def with_embeddings(reply: dict[str, Any], attempt: Sequence[Message]) -> dict[str, Any]:
    """Return the reply of an attempt compared with those in a ranking."""
    aliases = [rank["alias"] for rank in reply["ranking"]]
    embedding, cosines = _embedded(attempt, aliases)
    ranking = [{**rank, "cosine": cosines.get(rank["alias"])} for rank in reply["ranking"]]
    return {**reply, "embedding": embedding, "ranking": ranking}


def of_two(
    reply: dict[str, Any], first: Sequence[Message], second: Sequence[Message]
) -> dict[str, Any]:
    """Return the reply of two attempts compared with each other."""
    sides = [_embedded(side, ())[0] for side in (first, second)]
    pairs = zip(sides[0] or (), sides[1] or (), strict=True)
    cosine = sum(a * b for a, b in pairs) if sides[0] else None
    return {**reply, "embeddings": sides if sides[0] else None, "cosine": cosine}


def _embedded(
    attempt: Sequence[Message], aliases: Sequence[str]
) -> tuple[list[float] | None, dict[str, float]]:
    if not is_asked_for():
        return None, {}
    vector, cosines = embed(current_service(), attempt, aliases)
    return vector.tolist(), cosines
