"""Fit the parameters of the background: recordings' cepstra in, named arrays out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from cepstra.gmm import parameters, total_variability_training
from cepstra.gmm.parameters import Background, IvectorPlda
from cepstra.gmm.plda_training import fit_plda
from cepstra.gmm.quantisation import dequantise, quantise
from cepstra.gmm.speech import speech_mask
from cepstra.gmm.streams import IVECTOR_STREAMS, WIDE, Stream, cmn
from cepstra.gmm.total_variability import TotalVariability
from cepstra.gmm.ubm import DiagonalMixture
from cepstra.jobs.engine import Advance, Engine, Parts, batches, unwatched
from cepstra.training.augmentation import CLEAN, CONDITIONS
from cepstra.training.mixtures import MixtureFit
from cepstra.training.sessions import Session, Utterance, is_held_out, training_sessions
from cepstra.training.total_variability import fit_loadings

FloatArray = NDArray[Any]

ALL_CONDITIONS = (CLEAN, *CONDITIONS)
N_COMPONENTS = MappingProxyType({"cmn": 256, "wide": 128, "narrow": 128})
N_FACTORS = MappingProxyType({"wide": 120, "narrow": 80})


@dataclass(frozen=True)
class Recipe:
    """Sizes of a model; the defaults are the shipped ones.

    Attributes:
        n_components: Gaussians of the mean-removed, wide and narrow mixtures.
        n_factors: factors of the wide and narrow total variability spaces.
        n_dims: discriminant dimensions at most.
        n_cohort: background speakers' sessions in the cohort.
    """

    n_components: Mapping[str, int] = field(default_factory=lambda: dict(N_COMPONENTS))
    n_factors: Mapping[str, int] = field(default_factory=lambda: dict(N_FACTORS))
    n_dims: int = 90
    n_cohort: int = 300


STAGES = ("cmn", "wide", "narrow")
BATCH_SESSIONS = 200


def train(
    utterances: Sequence[Utterance],
    seed: int,
    engine: Engine,
    progress: Advance = unwatched,
    recipe: Recipe | None = None,
) -> dict[str, NDArray[Any]]:
    """Fit mixtures, total variability spaces, pair scoring and cohort.

    A quarter of the speakers, drawn by name and seed, is kept for the calibration. The result
    depends on the utterances and their order, the seed and the recipe, not on the engine.

    Args:
        utterances: recordings of the background speakers in `ALL_CONDITIONS`.
        seed: of everything random.
        engine: what the work runs on.
        progress: called with 1 after each of `STAGES`.
        recipe: sizes.

    Returns:
        The arrays that `gmm.parameters.background` takes.

    Raises:
        ValueError: there are too few speakers or recordings for the sizes.
    """
    recipe = recipe or Recipe()
    kept = [u for u in utterances if not is_held_out(u.speaker, seed)]
    sessions = training_sessions(kept, ALL_CONDITIONS)
    with threadpool_limits(1):
        background = _fit_background(sessions, seed, engine, progress, recipe)
    return parameters.to_arrays(background)


def stream_vectors(session: Session, stream: Stream, is_mean_removed: bool = False) -> FloatArray:
    """(T, D) vectors of a session's speech frames, as an attempt's are made."""
    parts = [message.mfcc for message in session.messages]
    speech = np.concatenate([speech_mask(part) for part in parts])
    vectors: FloatArray = stream.vectors(parts)
    return (cmn(vectors, speech) if is_mean_removed else vectors)[speech]


def _fit_background(
    sessions: Sequence[Session], seed: int, engine: Engine, progress: Advance, recipe: Recipe
) -> Background:
    placed = engine.place(batches(sessions, BATCH_SESSIONS))
    vectors = {"cmn": placed.apply(_batch_vectors, WIDE, True)}
    vectors |= {name: placed.apply(_batch_vectors, s) for name, s in IVECTOR_STREAMS.items()}
    fits = {
        name: MixtureFit(parts.apply(np.concatenate), recipe.n_components[name], seed)
        for name, parts in vectors.items()
    }
    mean_removed = _single(fits["cmn"].result())
    progress(1)
    cohort = _cohort(sessions, recipe.n_cohort, seed)
    speakers = np.array([session.speaker for session in sessions])
    scorers = {}
    for name in IVECTOR_STREAMS:
        mixture = _single(fits[name].result())
        space, ivectors = _fit_total_variability(
            mixture, vectors[name], recipe.n_factors[name], seed
        )
        plda = fit_plda(ivectors, speakers, min(recipe.n_dims, recipe.n_factors[name]))
        scorers[name] = IvectorPlda(mixture, space, plda, plda.projected(ivectors[cohort]))
        progress(1)
    return Background(scorers, mean_removed)


def _fit_total_variability(
    mixture: DiagonalMixture, vectors: Parts, n_factors: int, seed: int
) -> tuple[TotalVariability, FloatArray]:
    """The total variability space and the (S, R) i-vectors of all sessions in it."""
    statistics = vectors.apply(_batch_statistics, mixture)
    loadings = fit_loadings(statistics.apply(_centred, mixture), n_factors, seed)
    # What follows is fitted on the loadings as they are stored.
    space = TotalVariability(mixture, dequantise(*quantise(loadings, axis=1)))
    return space, np.concatenate(list(statistics.apply(_batch_ivectors, space)))


def _batch_vectors(
    sessions: Sequence[Session], stream: Stream, is_mean_removed: bool = False
) -> list[FloatArray]:
    return [stream_vectors(session, stream, is_mean_removed) for session in sessions]


def _batch_statistics(
    vectors: Sequence[FloatArray], mixture: DiagonalMixture
) -> tuple[FloatArray, FloatArray]:
    """(S, K) and (S, K, D) float32 statistics of a batch of S sessions."""
    n_components, n_dims = mixture.means.shape
    zeroth = np.zeros((len(vectors), n_components), np.float32)
    first = np.zeros((len(vectors), n_components, n_dims), np.float32)
    for i, session in enumerate(vectors):
        zeroth[i], first[i] = mixture.statistics(session)
    return zeroth, first


def _centred(
    statistics: tuple[FloatArray, FloatArray], mixture: DiagonalMixture
) -> total_variability_training.SessionBatch:
    return total_variability_training.centred(mixture, *statistics)


def _batch_ivectors(
    statistics: tuple[FloatArray, FloatArray], space: TotalVariability
) -> FloatArray:
    return np.stack(
        [space.ivector(n, space.linear_statistic(n, f)) for n, f in zip(*statistics, strict=True)]
    )


def _cohort(sessions: Sequence[Session], n_cohort: int, seed: int) -> FloatArray:
    """Indices of clean sessions, at most one for each speaker."""
    first_of: dict[str, int] = {}
    for index, session in enumerate(sessions):
        if session.condition == CLEAN:
            first_of.setdefault(session.speaker, index)
    candidates = np.array(sorted(first_of.values()))
    chosen = np.random.default_rng(seed).permutation(len(candidates))[:n_cohort]
    return candidates[np.sort(chosen)]


def _single(mixture: DiagonalMixture) -> DiagonalMixture:
    return DiagonalMixture(
        mixture.weights.astype(np.float32),
        mixture.means.astype(np.float32),
        mixture.variances.astype(np.float32),
    )
