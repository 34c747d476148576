"""Fit all parameters of the verifier: recordings' cepstra in, named arrays out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from background.augmentation import CLEAN, CONDITIONS
from background.calibration_trials import calibrate
from background.sessions import Session, Utterance, is_held_out, training_sessions
from gmm.calibration import Calibration
from gmm.mixture_training import fit_mixture
from gmm.parameters import Background, PointScorer
from gmm.plda_training import fit_plda
from gmm.quantisation import dequantise, quantise
from gmm.speech import speech_mask
from gmm.streams import POINT_STREAMS, WIDE, Stream, levelled
from gmm.subspace import Subspace
from gmm.subspace_training import fit_loadings
from gmm.ubm import DiagonalMixture
from gmm.verifier import RAW_SCORES, Verifier

FloatArray = NDArray[Any]
Progress = Callable[[str], None]

ALL_CONDITIONS = (CLEAN, *CONDITIONS)
N_COMPONENTS = MappingProxyType({"levelled": 256, "wide": 128, "narrow": 128})
N_FACTORS = MappingProxyType({"wide": 120, "narrow": 80})


@dataclass(frozen=True)
class Recipe:
    """Sizes of a model; the defaults are the shipped ones.

    Attributes:
        n_components: Gaussians of the levelled, wide and narrow mixtures.
        n_factors: factors of the wide and narrow subspaces.
        n_dims: discriminant dimensions at most.
        n_cohort: background speakers' sessions in the cohort.
    """

    n_components: Mapping[str, int] = field(default_factory=lambda: dict(N_COMPONENTS))
    n_factors: Mapping[str, int] = field(default_factory=lambda: dict(N_FACTORS))
    n_dims: int = 90
    n_cohort: int = 300


STAGES = ("levelled", "wide", "narrow", "calibration")


def train(
    utterances: Sequence[Utterance],
    seed: int,
    progress: Progress | None = None,
    processes: int = 2,
    recipe: Recipe | None = None,
) -> dict[str, NDArray[Any]]:
    """Fit mixtures, subspaces, pair scoring, cohort and calibration.

    A quarter of the speakers, drawn by name and seed, is kept for the calibration. The result
    depends on the utterances and their order, the seed and the recipe, not on `processes`.

    Args:
        utterances: recordings of the background speakers in `ALL_CONDITIONS`.
        seed: of everything random.
        progress: called with the name of each of `STAGES` when it is done.
        processes: streams fitted at the same time.
        recipe: sizes.

    Returns:
        The arrays that `gmm.verifier.Verifier.from_arrays` takes.

    Raises:
        ValueError: there are too few speakers or recordings for the sizes.
    """
    recipe, report = recipe or Recipe(), progress or (lambda stage: None)
    kept = [u for u in utterances if not is_held_out(u.speaker, seed)]
    held_out = [u for u in utterances if is_held_out(u.speaker, seed)]
    sessions = training_sessions(kept, ALL_CONDITIONS)
    with ProcessPoolExecutor(processes) as pool:
        levelled = pool.submit(_fit_levelled, sessions, recipe, seed)
        points = {
            name: pool.submit(_fit_points, sessions, name, recipe, seed) for name in POINT_STREAMS
        }
        mixture = levelled.result()
        report("levelled")
        scorers = {}
        for name, future in points.items():
            scorers[name] = future.result()
            report(name)
    background = Background(scorers, mixture)
    with threadpool_limits(1):
        uncalibrated = Verifier(background, Calibration.none(len(RAW_SCORES)))
        calibration = calibrate(uncalibrated, held_out, seed)
    report("calibration")
    return Verifier(background, calibration).to_arrays()


def stream_vectors(session: Session, stream: Stream, is_levelled: bool = False) -> FloatArray:
    """(T, D) vectors of a session's speech frames, as an attempt's are made."""
    parts = [message.mfcc for message in session.messages]
    speech = np.concatenate([speech_mask(part) for part in parts])
    vectors: FloatArray = stream.vectors(parts)
    return levelled(vectors, speech)[speech] if is_levelled else vectors[speech]


def _fit_levelled(sessions: Sequence[Session], recipe: Recipe, seed: int) -> DiagonalMixture:
    with threadpool_limits(1):
        vectors = np.concatenate([stream_vectors(session, WIDE, True) for session in sessions])
        return _single(fit_mixture(vectors, recipe.n_components["levelled"], seed))


def _fit_points(sessions: Sequence[Session], name: str, recipe: Recipe, seed: int) -> PointScorer:
    stream, n_factors = POINT_STREAMS[name], recipe.n_factors[name]
    with threadpool_limits(1):
        vectors = [stream_vectors(session, stream) for session in sessions]
        mixture = _single(fit_mixture(np.concatenate(vectors), recipe.n_components[name], seed))
        zeroth, first = _statistics(mixture, vectors)
        loadings = fit_loadings(mixture, zeroth, first, n_factors, seed)
        # What follows is fitted on the loadings as they are stored.
        subspace = Subspace(mixture, dequantise(*quantise(loadings, axis=1)))
        points = np.stack(
            [
                subspace.point(n, subspace.linear_statistic(n, f))
                for n, f in zip(zeroth, first, strict=True)
            ]
        )
        speakers = np.array([session.speaker for session in sessions])
        plda = fit_plda(points, speakers, min(recipe.n_dims, n_factors))
        cohort = _cohort(sessions, recipe.n_cohort, seed)
    return PointScorer(mixture, subspace, plda, plda.projected(points[cohort]))


def _statistics(
    mixture: DiagonalMixture, vectors: Sequence[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    n_components, n_dims = mixture.means.shape
    zeroth = np.zeros((len(vectors), n_components), np.float32)
    first = np.zeros((len(vectors), n_components, n_dims), np.float32)
    for i, session in enumerate(vectors):
        zeroth[i], first[i] = mixture.statistics(session)
    return zeroth, first


def _cohort(sessions: Sequence[Session], n_cohort: int, seed: int) -> FloatArray:
    """Indices of clean sessions, at most one for each speaker."""
    first_of: dict[str, int] = {}
    for index, session in enumerate(sessions):
        if session.condition == CLEAN:
            first_of.setdefault(session.speaker, index)
    candidates = np.array(sorted(first_of.values()))
    chosen = np.random.default_rng(seed).permutation(len(candidates))[:n_cohort]
    result: FloatArray = candidates[np.sort(chosen)]
    return result


def _single(mixture: DiagonalMixture) -> DiagonalMixture:
    return DiagonalMixture(
        mixture.weights.astype(np.float32),
        mixture.means.astype(np.float32),
        mixture.variances.astype(np.float32),
    )
