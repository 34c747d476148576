"""How close an attempt came is told to backends that hold the scope `scores`, in coarse steps.

Whoever learns it after each try climbs from their own voice to the speaker's. While auth is off
everything is told, for then this machine alone can call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from cepstra.resources.request_scope import current_config, known_caller
from cepstra.verification.coarse_scores import (
    coarse_cosine,
    coarse_frame_score,
    coarse_llr,
    coarse_probability,
    coarse_share,
)

PERCENTAGES = ("result", "consistency", "result_alias_model", "result_user_model")
FRAME_SCORES = ("average", "deviation", "min", "max")
SCORES = frozenset(("llr", "probability", "probability_none", "score", *FRAME_SCORES, *PERCENTAGES))
LISTS = frozenset(("take_scores",))  # of scores, each as telling as one
COARSER: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(PERCENTAGES, lambda percent: coarse_share(percent, 100)),
    **dict.fromkeys(FRAME_SCORES, coarse_frame_score),
    **dict.fromkeys(LISTS, lambda scores: [coarse_frame_score(score) for score in scores]),
    "llr": coarse_llr,
    "probability_none": lambda probability: round(probability, 1),
    "cosine": coarse_cosine,
}


def tell(reply: dict[str, Any]) -> dict[str, Any]:
    """Return a reply as this caller may see it: as it is, coarser, or without its scores."""
    if not current_config().auth_is_on:
        return reply
    scopes = known_caller().scopes
    told: dict[str, Any] = _changed(reply, _coarser if "scores" in scopes else _without)
    if "sounds_like" in told and "admin" not in scopes:  # who else it is, is for operators
        told["sounds_like"] = None
    return told


def _changed(part: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(part, list):
        return [_changed(item, change) for item in part]
    if is_dataclass(part):
        part = {field.name: getattr(part, field.name) for field in fields(part)}
    if not isinstance(part, dict):
        return part
    return {name: _changed(value, change) for name, value in change(part).items()}


def _without(told: dict[str, Any]) -> dict[str, Any]:
    without = {name: None if name in SCORES else value for name, value in told.items()}
    return {name: [] if name in LISTS else value for name, value in without.items()}


def _coarser(told: dict[str, Any]) -> dict[str, Any]:
    """Round what is told; the probability is that of the rounded ratio."""
    rounded = {
        name: COARSER[name](value) if name in COARSER and value is not None else value
        for name, value in told.items()
    }
    if told.get("score") is not None:
        rounded["score"] = coarse_share(told["score"], told.get("length", 100))
    if told.get("llr") is not None and "probability" in told:
        rounded["probability"] = coarse_probability(told["llr"])
    return rounded
