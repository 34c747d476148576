"""Embedding and cosine in replies to those who ask for them with `?with=embedding`."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from cepstra.resources.errors import FieldError
from cepstra.resources.request_scope import current_service, known_caller
from cepstra.verification.embedding import embed
from cepstra.verification.message import Message


def check_asked(more: str | None) -> None:
    """Let those alone ask for more who may see scores.

    Raises:
        FieldError: 403 for all others.
    """
    if more and "scores" not in known_caller().scopes:
        text = "expected a key with the scope scores"
        raise FieldError(HTTPStatus.FORBIDDEN, "with", text)


def with_embedding(report: Any, attempt: Sequence[Message], alias: str) -> dict[str, Any]:
    """Return the report of an attempt compared with one speaker, and more."""
    vector, cosines = embed(current_service(), attempt, [alias])
    return {**vars(report), "embedding": vector.tolist(), "cosine": cosines.get(alias)}


def with_embeddings(report: Any, attempt: Sequence[Message]) -> dict[str, Any]:
    """Return the report of an attempt compared with those in a ranking, and more."""
    vector, cosines = embed(current_service(), attempt, [rank.alias for rank in report.ranking])
    ranking = [{**vars(rank), "cosine": cosines.get(rank.alias)} for rank in report.ranking]
    return {**vars(report), "embedding": vector.tolist(), "ranking": ranking}


def of_two(report: Any, first: Sequence[Message], second: Sequence[Message]) -> dict[str, Any]:
    """Return the report of two attempts compared with each other, and more."""
    sides = [embed(current_service(), side, ())[0] for side in (first, second)]
    cosine = float(sides[0] @ sides[1])
    return {**vars(report), "embeddings": [side.tolist() for side in sides], "cosine": cosine}
