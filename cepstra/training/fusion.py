"""What a network needs to score beside the mixtures: a cohort and a common calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.calibration import Calibration
from cepstra.gmm.calibration_training import fit_calibration
from cepstra.gmm.parameters import Background, calibration_arrays
from cepstra.gmm.speech import speech_mask
from cepstra.gmm.verifier import CONDITIONS, EMBEDDING, FUSED_SCORES, Verifier, VoiceNetwork
from cepstra.jobs.engine import Engine
from cepstra.training.augmentation import CLEAN
from cepstra.training.calibration_trials import scored_trials
from cepstra.training.sessions import Session, Utterance, by_speaker, sessions_of

FloatArray = NDArray[Any]

N_COHORT = 300
NETWORK_CALIBRATION = "network_calibration"


def cohort_speakers(speakers: Sequence[str], seed: int) -> list[str]:
    """Some of the speakers that the network was trained on, in order."""
    chosen = np.random.default_rng(seed).permutation(len(speakers))[:N_COHORT]
    return [speakers[i] for i in sorted(chosen)]


def cohort_points(network: VoiceNetwork, utterances: Sequence[Utterance]) -> FloatArray:
    """(C, D) embeddings of the first clean session of each speaker."""
    return np.stack(
        [_embedding(network, sessions_of(own, CLEAN)[0]) for own in by_speaker(utterances).values()]
    )


def fit_fusion(
    background: Background,
    network: VoiceNetwork,
    held_out: Sequence[Utterance],
    seed: int,
    engine: Engine,
) -> dict[str, NDArray[Any]]:
    """Fit the calibrations of mixtures and network together, and of the network alone.

    Args:
        background: the mixtures.
        network: with its cohort.
        held_out: recordings of speakers that neither has seen.
        seed: of the choice of impostors.
        engine: what the scoring runs on.

    Returns:
        The named arrays of "calibration" and "network_calibration", both for the raw scores of a
        verifier with a network; the second gives the mixtures no weight.
    """
    verifier = Verifier(background, Calibration.none(len(FUSED_SCORES)), network)
    inputs, targets, weights, sources = scored_trials(verifier, held_out, seed, engine)
    alone = [FUSED_SCORES.index(name) for name in (EMBEDDING, *CONDITIONS)]
    together = fit_calibration(inputs, targets, weights, sources)
    network_alone = fit_calibration(inputs[:, alone], targets, weights, sources)
    padded = np.zeros(len(FUSED_SCORES))
    padded[alone] = network_alone.weights
    return calibration_arrays(together) | calibration_arrays(
        replace(network_alone, weights=padded), NETWORK_CALIBRATION
    )


def _embedding(network: VoiceNetwork, session: Session) -> FloatArray:
    parts = [message.mfcc for message in session.messages]
    return network.embedding(
        network.sums(np.concatenate([part[speech_mask(part)] for part in parts]))
    )
