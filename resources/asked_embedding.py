"""Embedding and cosine in replies to those who ask for them with `?with=embedding`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from cepstra.resources.errors import FieldError
from cepstra.resources.request_scope import current_service, known_caller
from cepstra.verification.attempts import ScoreReport
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


def with_embedding(
    report: ScoreReport, attempt: Sequence[Message], alias: str, more: str | None
) -> ScoreReport:
    """Return the report of an attempt compared with one speaker, with more if asked for."""
    if not more:
        return report
    vector, cosines = embed(current_service(), attempt, [alias])
    return replace(report, embedding=vector.tolist(), cosine=cosines.get(alias))


def with_embeddings(report: Any, attempt: Sequence[Message], more: str | None) -> dict[str, Any]:
    """Return the report of an attempt compared with those in a ranking, likewise."""
    told = {**vars(report), "embedding": None}
    if more:
        vector, cosines = embed(current_service(), attempt, [rank.alias for rank in report.ranking])
        told["embedding"] = vector.tolist()
        told["ranking"] = [{**vars(r), "cosine": cosines.get(r.alias)} for r in report.ranking]
    return told


def of_two(report: Any, sides: Sequence[Sequence[Message]], more: str | None) -> dict[str, Any]:
    """Return the report of two attempts compared with each other, likewise."""
    told = {**vars(report), "embeddings": None, "cosine": None}
    if more:
        first, second = (embed(current_service(), side, ())[0] for side in sides)
        told |= {"embeddings": [first.tolist(), second.tolist()], "cosine": float(first @ second)}
    return told
