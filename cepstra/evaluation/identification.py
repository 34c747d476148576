"""Who of all enrolled speakers is it: ranks, strangers, and what a shortlist would lose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.protocol import Trial
from cepstra.evaluation.system import RecordedTake
from cepstra.evaluation.systems import messages, stored_takes
from cepstra.jobs.engine import Advance, unwatched
from cepstra.store.arrays import Arrays
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.gallery import largest

Array = NDArray[np.float64]
FAR = 0.01


@dataclass(frozen=True)
class EnrolledSpeakers:
    """N speakers in a fixed order.

    Attributes:
        speakers: their names.
        models: what the system made of each.
        voiceprints: (N, D) unit vectors.
    """

    speakers: Sequence[str]
    models: Sequence[Arrays]
    voiceprints: NDArray[np.float32]


@dataclass(frozen=True)
class Identifications:
    """A attempts against N enrolled speakers.

    Attributes:
        llrs: (A, N) calibrated log-likelihood ratios.
        own: (A,) column of the speaker who speaks.
        places: (A,) place of that speaker, from 0, in a search by voiceprint.
    """

    llrs: Array
    own: NDArray[np.intp]
    places: NDArray[np.intp]


def enrol(
    system: FusionVerifier, takes_of: Mapping[str, Sequence[RecordedTake]]
) -> EnrolledSpeakers:
    """Make a model and a voiceprint of each speaker's takes; those without speech are left out."""
    speakers: list[str] = []
    models: list[Arrays] = []
    voiceprints = []
    for speaker, takes in takes_of.items():
        arrays = system.build(stored_takes(takes)).arrays
        if (vector := system.voiceprint(arrays)) is not None:
            speakers.append(speaker)
            models.append(arrays)
            voiceprints.append(vector)
    return EnrolledSpeakers(speakers, models, np.stack(voiceprints))


def identify(
    system: FusionVerifier,
    enrolled: EnrolledSpeakers,
    attempts: Sequence[tuple[str, Sequence[RecordedTake]]],
    strangers: NDArray[np.float32] | None = None,
    on_attempt: Advance = unwatched,
) -> Identifications:
    """Score every attempt against everybody.

    Args:
        system: the verifier.
        enrolled: from `enrol`.
        attempts: who speaks, one of the enrolled, and the takes.
        strangers: (M, D) voiceprints of others that a search has to tell apart too.
        on_attempt: called with 1 after each attempt.
    """
    index = {speaker: column for column, speaker in enumerate(enrolled.speakers)}
    own = np.array([index[speaker] for speaker, _ in attempts])
    llrs = np.empty((len(attempts), len(index)))
    places = np.empty(len(attempts), dtype=np.intp)
    gallery = enrolled.voiceprints
    if strangers is not None:
        gallery = np.vstack([gallery, strangers])
    for row, (_, takes) in enumerate(attempts):
        heard = system.prepare_attempt(messages(takes))
        ratios, allowances = system.llrs(enrolled.models, heard)
        llrs[row] = ratios - allowances  # one threshold serves all
        likeness = gallery @ system.probe(heard)
        order = largest(likeness, len(likeness))
        places[row] = np.flatnonzero(order == own[row])[0]
        on_attempt(1)
    return Identifications(llrs, own, places)


def attempts_of(trials: Sequence[Trial]) -> list[tuple[str, tuple[str, ...]]]:
    """Who speaks and the files of every target trial: each attempt once."""
    return [(trial.speaker, trial.files) for trial in trials if trial.is_target]


def rank_one_rate(results: Identifications) -> float:
    """Share, 0 to 1, of attempts whose own speaker scores highest."""
    return float(np.mean(results.llrs.argmax(axis=1) == results.own))


def stranger_scores(results: Identifications) -> Array:
    """(A,) highest ratio of each attempt when its own speaker is not enrolled.

    Raises:
        ValueError: fewer than two speakers are enrolled.
    """
    if results.llrs.shape[1] < 2:
        raise ValueError(f"llrs: expected at least two speakers, got {results.llrs.shape}")
    others = results.llrs.copy()
    others[np.arange(len(others)), results.own] = -np.inf
    return others.max(axis=1)


def identified_rate(results: Identifications, threshold: float) -> float:
    """Share, 0 to 1, of attempts whose own speaker scores highest and reaches the threshold."""
    own = results.llrs[np.arange(len(results.own)), results.own]
    return float(np.mean((results.llrs.argmax(axis=1) == results.own) & (own >= threshold)))


def threshold_at(stranger_llrs: Array, far: float = FAR) -> float:
    """The lowest threshold that at most the share `far` of strangers (A,) reaches."""
    allowed = int(far * len(stranger_llrs))
    falling = np.sort(stranger_llrs)[::-1]
    return float(np.nextafter(falling[allowed], np.inf)) if allowed < len(falling) else -np.inf


def recall(results: Identifications, shortlist: int) -> float:
    """Share, 0 to 1, of attempts whose own speaker a search puts among the first `shortlist`."""
    return float(np.mean(results.places < shortlist))
