"""What a network needs to score beside the mixtures: a cohort and a common calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.calibration_training import fit_calibration
from cepstra.gmm.embedding_scoring import AMOUNTS, EMBEDDING_SCORES
from cepstra.gmm.fusion_scorer import (
    CAMPPLUS_SCORES,
    COHORT_LEVELS,
    MIXTURE_SCORES,
    NETWORK_SCORES,
    FusionScorer,
)
from cepstra.gmm.parameters import calibration_arrays
from cepstra.gmm.speech import speech_mask
from cepstra.gmm.voice_network import VoiceNetwork
from cepstra.training.augmentation import CLEAN
from cepstra.training.calibration_trials import ScoredTrials, calibrate
from cepstra.training.sessions import Session, Utterance, by_speaker, sessions_of

FloatArray = NDArray[Any]

N_COHORT = 300
CALIBRATIONS: Mapping[str, Sequence[str]] = MappingProxyType(  # name -> the scores that count
    {
        "calibration": (*MIXTURE_SCORES, *NETWORK_SCORES, *CAMPPLUS_SCORES),
        "campplus_calibration": CAMPPLUS_SCORES,
        "network_calibration": NETWORK_SCORES,
        "mixtures_calibration": MIXTURE_SCORES,
    }
)


def cohort_speakers(speakers: Sequence[str], seed: int) -> list[str]:
    """Some of the speakers that the network was trained on, in order."""
    chosen = np.random.default_rng(seed).permutation(len(speakers))[:N_COHORT]
    return [speakers[i] for i in sorted(chosen)]


def cohort_points(network: VoiceNetwork, utterances: Sequence[Utterance]) -> FloatArray:
    """(C, D) embeddings of the first clean session of each speaker."""
    return np.stack(
        [_embedding(network, sessions_of(own, CLEAN)[0]) for own in by_speaker(utterances).values()]
    )


def fit_calibrations(scorer: FusionScorer, trials: ScoredTrials) -> dict[str, NDArray[Any]]:
    """The named arrays of all `CALIBRATIONS`: of mixtures and networks together, and of each alone.

    Args:
        scorer: with both networks; its own calibration does not matter.
        trials: of speakers that none of its models has seen, scored by it.
    """
    result: dict[str, NDArray[Any]] = {}
    for name, scores in CALIBRATIONS.items():
        result |= calibration_arrays(calibrate(scorer, trials, scores), name)
    return result


def fit_embedding_calibration(
    scorer: FusionScorer, trials: ScoredTrials
) -> dict[str, NDArray[Any]]:
    """The named arrays of the calibration of embeddings alone; arguments as above.

    Nobody knows the frames then, so the recording's conditions count no more.
    """
    columns = [scorer.raw_names.index(name) for name in EMBEDDING_SCORES]
    calibration = fit_calibration(
        trials.inputs[:, columns],
        trials.targets,
        trials.weights(),
        trials.corpora,
        np.array([name in (*NETWORK_SCORES, *AMOUNTS) for name in EMBEDDING_SCORES]),
        np.array([name in (*AMOUNTS, *COHORT_LEVELS) for name in EMBEDDING_SCORES]),
    )
    return calibration_arrays(calibration)


def _embedding(network: VoiceNetwork, session: Session) -> FloatArray:
    parts = [message.mfcc for message in session.messages]
    return network.embedding(
        network.sums(np.concatenate([part[speech_mask(part)] for part in parts]))
    )
