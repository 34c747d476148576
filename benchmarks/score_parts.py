"""Where the processor time of a /score goes, part by part."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pkgutil import resolve_name
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.messages import messages
from benchmarks.null_app import create_app
from benchmarks.processor_time import put_s
from cepstra.config import Config

N_DIGITS = 12
WHOLE, NULL = "whole request", "the null resource, beside it"
PARTS: Mapping[str, str] = {
    "JSON, schema, arrays": "cepstra.resources.contract.load_body",
    "speaker, revision, model in memory": "cepstra.verification.attempts.snapshot",
    "speech mask, vectors of three streams": "cepstra.gmm.fusion_scorer.analyse",
    "network, frames": "cepstra.neural.additive_embedder.AdditiveEmbedder.sums",
    "network, embedding": "cepstra.neural.additive_embedder.AdditiveEmbedder.embedding",
    "i-vectors of two streams": "cepstra.gmm.parameters.IvectorPlda.ivector",
    "likelihoods of two mixtures": "cepstra.gmm.ubm.DiagonalMixture.log_likelihoods",
    "cohorts, normalisation": "cepstra.gmm.fusion_scorer.FusionScorer._raw_scores",
    "log and audit entry, one transaction": "cepstra.verification.attempts._commit",
}


def measure(calls: int, advance: Callable[[], None]) -> dict[str, float]:
    """Return median microseconds of a whole request, without a network, and of its parts.

    Args:
        calls: of /score and of the null resource.
        advance: called after each pair.
    """
    spent: dict[str, list[float]] = {name: [] for name in (NULL, WHOLE, *PARTS)}
    bodies = messages()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = f"sqlite:///{folder}/parts.db"
        client = create_app(Config(database_url=url, audit_log="none")).test_client()

        for index in range(N_DIGITS):
            put_s(client, "/train", bodies[index % 10])
        for label, name in PARTS.items():
            stack.enter_context(patch(name, _timed(resolve_name(name), spent[label])))
        put_null, put_score = _timed(put_s, spent[NULL]), _timed(put_s, spent[WHOLE])
        for index in range(calls):
            put_null(client, "/null", bodies[index % 10])
            put_score(client, "/score", bodies[index % 10])
            advance()
    per_call = {label: len(seconds) / calls for label, seconds in spent.items()}
    return {
        label: 1e6 * float(np.median(seconds)) * round(per_call[label])
        for label, seconds in spent.items()
    }


def _timed(function: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        started = time.thread_time()
        result = function(*arguments, **named)
        seconds.append(time.thread_time() - started)
        return result

    return timed
