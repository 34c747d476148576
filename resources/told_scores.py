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

SHARES = ("result", "score", "consistency", "result_alias_model", "result_user_model")
SCORES = frozenset(
    ("llr", "probability", "probability_none", "average", "deviation", "min", "max", *SHARES)
)
LISTS = frozenset(("take_scores",))  # of scores, each as telling as one


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
    rounded = dict(told)
    for name in ("average", "deviation", "min", "max"):
        if told.get(name) is not None:
            rounded[name] = coarse_frame_score(told[name])
    if told.get("cosine") is not None:
        rounded["cosine"] = coarse_cosine(told["cosine"])
    for name in LISTS.intersection(told):
        rounded[name] = [coarse_frame_score(score) for score in told[name]]
    for name in SHARES:
        whole = told.get("length", 100) if name == "score" else 100
        if told.get(name) is not None:
            rounded[name] = coarse_share(told[name], whole)
    if told.get("llr") is not None:
        rounded["llr"] = coarse_llr(told["llr"])
        if "probability" in told:
            rounded["probability"] = coarse_probability(told["llr"])
    if told.get("probability_none") is not None:
        rounded["probability_none"] = round(told["probability_none"], 1)
    return rounded
