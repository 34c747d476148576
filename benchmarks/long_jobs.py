"""Long jobs in one process, on one worker and on two: the same work, timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from cepstra.evaluation.corpora import CLEAN, CORPORA, Shared
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import score_trials
from cepstra.evaluation.systems import default_system
from cepstra.gmm import mixture_training, total_variability_training
from cepstra.gmm.streams import IVECTOR_STREAMS, WIDE
from cepstra.gmm.ubm import DiagonalMixture
from cepstra.jobs.cluster import local_cluster
from cepstra.jobs.engine import Engine
from cepstra.jobs.single_process import SingleProcess
from cepstra.training.recordings import Recording, find_recordings, read_utterances

N_RECORDINGS = 600
N_PARTS, PART_VECTORS = 16, 20_000
N_COMPONENTS, N_FACTORS, BATCH_SESSIONS = 128, 120, 200

ENGINES: Mapping[str, Callable[[], AbstractContextManager[Engine]]] = MappingProxyType(
    {
        "no worker": lambda: nullcontext(SingleProcess()),
        "1 worker": lambda: local_cluster(1),
        "2 workers": lambda: local_cluster(2),
    }
)


@dataclass(frozen=True)
class LongJob:
    """A piece of a long job.

    Attributes:
        name: what is done.
        amount: how much of it, in units.
        unit: what is counted.
        prepare: sends the data to an engine and returns the work to be timed.
    """

    name: str
    amount: int
    unit: str
    prepare: Callable[[Engine], Callable[[], Any]]


def seconds(jobs: Sequence[LongJob], advance: Callable[[], None]) -> dict[str, dict[str, float]]:
    """Return wall seconds of each job on each of `ENGINES`.

    Args:
        jobs: what to time; the first run of each, which loads modules, is not counted.
        advance: called after each job on each engine.
    """
    result: dict[str, dict[str, float]] = {job.name: {} for job in jobs}
    with threadpool_limits(1):
        for engine_name, start in ENGINES.items():
            with start() as engine:
                for job in jobs:
                    work = job.prepare(engine)
                    work()
                    started = time.perf_counter()
                    work()
                    result[job.name][engine_name] = time.perf_counter() - started
                    advance()
    return result


def all_jobs(shared: Path) -> list[LongJob]:
    """Return the jobs on the corpora of a shared folder.

    Raises:
        FileNotFoundError: a corpus is missing.
    """
    recordings = find_recordings(shared / "corpora")
    chosen = recordings[:: max(1, len(recordings) // N_RECORDINGS)][:N_RECORDINGS]
    n_sessions, n_vectors = N_PARTS * BATCH_SESSIONS, N_PARTS * PART_VECTORS
    return [
        LongJob("features in five conditions", len(chosen), "recordings", _features(chosen)),
        LongJob("step of a mixture, 256 Gaussians", n_vectors, "frames", _mixture_step),
        LongJob("step of a subspace, 120 factors", n_sessions, "sessions", _subspace_step),
        _trials(shared),
    ]


def _features(recordings: Sequence[Recording]) -> Callable[[Engine], Callable[[], Any]]:
    return lambda engine: lambda: read_utterances(recordings, 1, engine)


def _mixture_step(engine: Engine) -> Callable[[], Any]:
    rng = np.random.default_rng(0)
    shape = 256, WIDE.n_dims
    mixture = DiagonalMixture(np.full(256, 1 / 256), rng.standard_normal(shape), np.ones(shape))
    parts = engine.place(range(N_PARTS)).apply(_vectors, WIDE.n_dims)
    return lambda: mixture_training.maximisation(parts.total(mixture_training.expectation, mixture))


def _subspace_step(engine: Engine) -> Callable[[], Any]:
    n_rows = N_COMPONENTS * IVECTOR_STREAMS["wide"].n_dims
    loadings = 0.1 * np.random.default_rng(0).standard_normal((n_rows, N_FACTORS))
    batches = engine.place(range(N_PARTS)).apply(_sessions, n_rows)
    loadings = loadings.astype(np.float32)
    return lambda: total_variability_training.maximisation(
        batches.total(total_variability_training.expectation, loadings)
    )


def _trials(shared: Path) -> LongJob:
    corpus = next(corpus for corpus in CORPORA if corpus.name == "fsdd")
    experiment = Shared(shared, Path("build")).experiment(corpus, CLEAN)
    system = default_system()

    def prepare(engine: Engine) -> Callable[[], Any]:
        cache = FeatureCache(engine)
        cache.takes({**experiment.enrol_paths, **experiment.test_paths}, system.definition)
        return lambda: score_trials([system], experiment, cache)

    return LongJob("trials of evaluate", len(experiment.trials), "trials", prepare)


def _vectors(seed: int, n_dims: int) -> Any:
    return np.random.default_rng(seed).standard_normal((PART_VECTORS, n_dims))


def _sessions(seed: int, n_rows: int) -> total_variability_training.SessionBatch:
    rng = np.random.default_rng(seed)
    zeroth = rng.uniform(0, 2, (BATCH_SESSIONS, N_COMPONENTS)).astype(np.float32)
    first = rng.standard_normal((BATCH_SESSIONS, n_rows)).astype(np.float32)
    return total_variability_training.SessionBatch(zeroth, first)
