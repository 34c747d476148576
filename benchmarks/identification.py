"""Processor time of /identify over a store of thousands, beside the null resource."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import orjson

from benchmarks.made_up_speakers import TAKE_FRAMES, fill
from benchmarks.messages import recording
from benchmarks.null_app import create_app
from benchmarks.processor_time import median_ms, put_s
from cepstra.config import Config
from cepstra.verification.gallery import largest
from cepstra.verification.identification import SHORTLIST

N_DIGITS = 3
VOICEPRINT_DIMENSIONS = 192
VOICEPRINT_BYTES = 4 * VOICEPRINT_DIMENSIONS


@dataclass(frozen=True)
class SearchCost:
    """Milliseconds of processor time of a call among so many speakers; medians but for the first.

    Attributes:
        n_speakers: enrolled.
        null_ms: the resource that only parses the same JSON.
        identify_ms: with a gallery in memory.
        p95_ms: 95th percentile of the same.
        after_train_ms: when one speaker was enrolled since the last call.
        first_ms: the first call, which fills the gallery.
    """

    n_speakers: int
    null_ms: float
    identify_ms: float
    p95_ms: float
    after_train_ms: float
    first_ms: float


def measure(n_speakers: int, calls: int, advance: Callable[[], None]) -> SearchCost:
    """Fill a store with speakers and measure whole requests, without a network.

    Args:
        n_speakers: enrolled.
        calls: how often each kind of call is made.
        advance: called after each of them.
    """
    attempt, take = _message("mfcc_test", N_DIGITS), _message("mfcc_other_speaker", 1)
    null, steady, after_train = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        database_url = f"sqlite:///{folder}/bench.db"
        fill(database_url, n_speakers)
        client = create_app(Config(database_url=database_url, audit_log="none")).test_client()
        first_s = put_s(client, "/identify", attempt)
        for _ in range(calls):
            null.append(put_s(client, "/null", attempt))
            steady.append(put_s(client, "/identify", attempt))
            put_s(client, "/train?speaker=newest", take)
            after_train.append(put_s(client, "/identify", attempt))
            advance()
    identify_ms, p95_ms = 1000 * np.percentile(steady, [50, 95])
    return SearchCost(
        n_speakers,
        median_ms(null),
        float(identify_ms),
        float(p95_ms),
        median_ms(after_train),
        1000 * first_s,
    )


def search_ms(n_speakers: int, calls: int) -> float:
    """Return the median milliseconds of the product and the choice of the best alone."""
    rng = np.random.default_rng(0)
    gallery = rng.standard_normal((n_speakers, VOICEPRINT_DIMENSIONS), dtype=np.float32)
    seconds = []
    for _ in range(calls):
        probe = rng.standard_normal(VOICEPRINT_DIMENSIONS, dtype=np.float32)
        started = time.process_time()
        largest(gallery @ probe, SHORTLIST)
        seconds.append(time.process_time() - started)
    return median_ms(seconds)


def _message(name: str, n_digits: int) -> bytes:
    """Return so many digits as the page sends them: an attempt's in segments."""
    whole = recording(name)
    segments = [{"digit": digit, "frames": TAKE_FRAMES} for digit in range(n_digits)]
    message = {
        "mfcc": whole["mfcc"][: n_digits * TAKE_FRAMES],
        "frontend": whole["frontend"],
        **({"segments": segments} if n_digits > 1 else {"digit": 0}),
    }
    return orjson.dumps(message)
