"""What PostgreSQL's index of voiceprints finds of an exact search, and what it costs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from cepstra.evaluation.systems import default_system
from cepstra.frontend.definition import page_definition
from cepstra.jobs.engine import Advance
from cepstra.store import Store, speakers, vector_index
from cepstra.store.encryption import seal
from cepstra.store.tables import speakers as speakers_table
from cepstra.store.tables import voiceprint_counters, voiceprints
from cepstra.verification.gallery import largest
from cepstra.verification.identification import SHORTLIST

Vectors = NDArray[np.float32]

CHUNK = 2_000
OWN_COSINE = 0.7  # of a probe and its own speaker's voiceprint


@dataclass(frozen=True)
class Search:
    """One way to search; means over the probes.

    Attributes:
        effort: candidates that the search keeps in hand (hnsw.ef_search); None: exact.
        recall_first: share whose most similar speaker is the exact search's.
        recall: share of the exact search's shortlist that is found.
        ms: milliseconds until the reply, median.
    """

    effort: int | None
    recall_first: float
    recall: float
    ms: float


@dataclass(frozen=True)
class SearchTimes:
    """Seconds that taking over all voiceprints and building the index took, and the searches."""

    n_speakers: int
    made_s: float
    searches: Sequence[Search]


def measure(
    store: Store,
    n_speakers: int,
    n_probes: int,
    efforts: Sequence[int],
    advance: Advance,
) -> SearchTimes:
    """Fill an empty store with made-up voiceprints, index them, and search.

    Voiceprints are drawn with the mean and covariance of the background speakers'.

    Raises:
        ValueError: the store holds speakers.
        cepstra.store.vector_index.VectorIndexError: the database has no pgvector.
    """
    with store.reading() as connection:
        if speakers.count(connection):
            raise ValueError("expected a database without speakers")
    vector_index.require(store)
    system, rng = default_system().system, np.random.default_rng(0)
    gallery = made_up_voiceprints(n_speakers, rng)
    for n_filled in _fill(store, system.name, gallery):
        advance(n_filled)
    started = time.perf_counter()
    vector_index.prepare(store, system.name, gallery.shape[1])
    made_s = time.perf_counter() - started
    own = rng.choice(n_speakers, n_probes, replace=False)
    probes = _probes(gallery[own], rng)
    exact = [largest(gallery @ probe, SHORTLIST) + 1 for probe in probes]
    searches = _searches(store, probes, exact, (*efforts, None))
    return SearchTimes(n_speakers, made_s, list(searches))


def made_up_voiceprints(n_speakers: int, rng: np.random.Generator) -> Vectors:
    """Return (N, D) unit vectors distributed like the background speakers'.

    Raises:
        ValueError: the shipped system has no voiceprints.
    """
    network = default_system().system.scorer.network
    if network is None:
        raise ValueError("the system has no voiceprints")
    mean, covariance = network.cohort.mean(axis=0), np.cov(network.cohort.T)
    values, axes = np.linalg.eigh(covariance)
    spread = (axes * np.sqrt(values.clip(0))).astype(np.float32)
    drawn = rng.standard_normal((n_speakers, len(mean)), dtype=np.float32)
    return _unit(mean + drawn @ spread.T)


def _probes(own: Vectors, rng: np.random.Generator) -> Vectors:
    noise = rng.standard_normal(own.shape, dtype=np.float32)
    across = _unit(noise - own * np.sum(noise * own, axis=1, keepdims=True))
    return _unit(OWN_COSINE * own + np.sqrt(1 - OWN_COSINE**2) * across)


def _unit(vectors: Vectors) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def _fill(store: Store, system: str, gallery: Vectors) -> Iterator[int]:
    frontend = {"frontend": page_definition().id, "width": page_definition().coefficients}
    for start in range(0, len(gallery), CHUNK):
        ids = range(start + 1, min(start + CHUNK, len(gallery)) + 1)
        people = [{"id": i, "alias": f"s{i}", "revision": 1, **frontend} for i in ids]
        prints = [
            {
                "speaker_id": i,
                "system": system,
                "change": i,
                "vector": seal(store.keyring, "voiceprints", i, gallery[i - 1].tobytes()),
            }
            for i in ids
        ]
        with store.writing() as connection:
            connection.execute(sa.insert(speakers_table), people)
            connection.execute(sa.insert(voiceprints), prints)
            connection.execute(sa.update(voiceprint_counters).values(changes=ids[-1]))
        yield len(ids)


def _searches(
    store: Store,
    probes: Vectors,
    exact: Sequence[NDArray[np.intp]],
    efforts: Sequence[int | None],
) -> Iterator[Search]:
    """Search every way for one probe after the other, so that a busy machine slows all alike."""
    shape = len(efforts), len(probes)
    firsts, recalls, ms = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for at, (probe, expected) in enumerate(zip(probes, exact, strict=True)):
        for way, effort in enumerate(efforts):
            ids, ms[way, at] = _timed(store, probe, effort)
            recalls[way, at] = len(set(ids) & set(expected.tolist())) / len(expected)
            firsts[way, at] = bool(ids) and ids[0] == expected[0]
    for way, effort in enumerate(efforts):
        figures = firsts[way].mean(), recalls[way].mean(), np.median(ms[way])
        yield Search(effort, *map(float, figures))


def _timed(store: Store, probe: Vectors, effort: int | None) -> tuple[list[int], float]:
    with store.reading() as connection:
        if effort is None:
            connection.exec_driver_sql("SET LOCAL enable_indexscan = off")
        started = time.perf_counter()
        found = vector_index.nearest(connection, probe, SHORTLIST, effort or 1)
        return [speaker_id for speaker_id, _ in found], 1000 * (time.perf_counter() - started)
