"""The background system: enrolment as sums of statistics, calibrated log-likelihood ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import open_set, statistics
from cepstra.gmm.batch_scoring import score_batch
from cepstra.gmm.speech_features import SpeechFeatures, analyse
from cepstra.gmm.statistics import Statistics
from cepstra.gmm.verifier import (
    EMBEDDING,
    Attempt,
    Score,
    SpeakerModel,
    SpokenMessage,
    Verifier,
)
from cepstra.store.arrays import Arrays
from cepstra.store.takes import NewTake, Role, Take
from cepstra.verification.decision import Assessment, Policy, Quality
from cepstra.verification.frame_scores import describe_reference, smoothed
from cepstra.verification.message import Message
from cepstra.verification.verifier import Built, Scored

STATISTICS = "statistics."
VOICES = "voices.train"
ROLES: tuple[Role, ...] = ("train", "reference")

Scores = dict[Role, list[NDArray[np.float32]]]


@dataclass(frozen=True)
class TakeStatistics:
    """What a take says before any model is looked at.

    Attributes:
        role: what it is for.
        digit: what was said, if told.
        heard: its speech.
        statistics: only of one for training.
        voice: (1, D) its embedding, zeros without speech; (0, D) of one that is not for training.
    """

    role: Role
    digit: int | None
    heard: SpeechFeatures
    statistics: Statistics | None
    voice: NDArray[np.float16]


class FusionVerifier:
    """Serves the front end that the background was trained on.

    A take costs its own statistics, however many there are already. Reference speech is what
    came to /test or, where none did, every take as it scored before the model knew it.
    """

    wanted_features: Sequence[str] = ()

    def __init__(self, verifier: Verifier, name: str, policy: Policy) -> None:
        self.name = name
        self.verifier = verifier
        self.policy = policy

    def at(self, threshold: float | None) -> FusionVerifier:
        """Return the same verifier with an adopted threshold; None for its own."""
        if threshold is None:
            return self
        return FusionVerifier(self.verifier, self.name, replace(self.policy, threshold=threshold))

    def build(self, takes: Sequence[Take]) -> Built:
        """Add one take after another."""
        model: Built | None = None
        for take in takes:
            model = self.extend(model, self.accumulate(take), ())
        if model is None:
            raise ValueError("takes: expected at least one")
        return model

    def accumulate(self, take: NewTake | Take) -> TakeStatistics:
        """Find the take's speech and, of one for training, its statistics."""
        heard = analyse([take.frames])
        is_training = take.role == "train"
        summed = self.verifier.statistics(heard, take.digit) if is_training else None
        return TakeStatistics(take.role, take.digit, heard, summed, self._voice(summed))

    def extend(self, model: Built | None, added: TakeStatistics, evicted: Sequence[Take]) -> Built:
        """Add the take's statistics and frame scores; remove those of the evicted."""
        enrolled = _statistics(model.arrays) if model else self.verifier.no_statistics()
        scores = _reference_scores(model.arrays) if model else {role: [] for role in ROLES}
        voices = model.arrays[VOICES] if model else np.zeros_like(added.voice[:0])
        scores[added.role].append(self._scores_before(enrolled, added.heard))
        if added.statistics:
            enrolled = statistics.add(enrolled, added.statistics)
        for take in evicted:
            scores[take.role].pop(0)
            if forgotten := self.accumulate(take).statistics:
                enrolled = statistics.subtract(enrolled, forgotten)
                voices = voices[1:]
        built = _built(enrolled, scores)
        return Built(built.summary, {**built.arrays, VOICES: np.concatenate([voices, added.voice])})

    def statistics(self, arrays: Arrays) -> Statistics:
        """Return the sums over all training takes that a model holds."""
        return _statistics(arrays)

    def n_training_takes(self, arrays: Arrays) -> int:
        """Return of how many training takes a model is made."""
        return len(arrays["lengths.train"])

    def voiceprint(self, arrays: Arrays) -> NDArray[np.float32] | None:
        """Return the (D,) unit vector that a probe is compared with.

        None without speech, and from mixtures alone, which have no such vector.
        """
        enrolled = _statistics(arrays)
        return self.verifier.embedding(enrolled) if _holds_speech(enrolled) else None

    def voices(self, arrays: Arrays) -> NDArray[np.float32]:
        """Return the (n, D) embeddings of the training takes, oldest first, zeros without speech.

        D is 0 where mixtures are used alone.
        """
        return arrays[VOICES].astype(np.float32)

    @property
    def voiceprint_dimensions(self) -> int:
        """The D of a voiceprint; 0 of mixtures alone, which have none."""
        network = self.verifier.network
        return int(network.cohort.shape[1]) if network else 0

    def hear(self, attempt: Sequence[Message]) -> Attempt:
        """Prepare an attempt once for any number of speakers."""
        return self.verifier.attempt([SpokenMessage(m.frames, m.digit) for m in attempt])

    def probe(self, heard: Attempt) -> NDArray[np.float32]:
        """Return the (D,) unit vector whose product with voiceprints tells the likely speakers."""
        return heard.embeddings[EMBEDDING]

    def speech_s(self, heard: Attempt) -> float:
        """Return the seconds of speech in an attempt."""
        return int(np.count_nonzero(heard.speech)) / self.verifier.frame_rate_hz

    def llrs(
        self, models: Sequence[Arrays], heard: Attempt
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the (M,) calibrated ratios of models that have a voiceprint, and allowances."""
        return score_batch(self.verifier, [_statistics(arrays) for arrays in models], heard)

    def open_set_threshold(self, n_speakers: int) -> float:
        """Return the ratio at which a stranger passes for any of N speakers at the target rate.

        An adopted threshold moves it as far as it moved from the shipped one.
        """
        calibration, rate = self.verifier.calibration, self.policy.false_accept_rate
        moved = self.policy.threshold - calibration.threshold(rate)
        return open_set.threshold(calibration, rate, n_speakers) + moved

    def reference_scores(self, arrays: Arrays) -> Sequence[NDArray[np.float32]]:
        """Return the (T,) frame scores of each reference take, by a model that did not know it."""
        return _reference(_reference_scores(arrays))

    def prepare(self, arrays: Arrays) -> SpeakerModel:
        """Adapt the mixture and place the embedding."""
        return self.verifier.model(_statistics(arrays))

    def score(self, prepared: SpeakerModel, attempt: Sequence[Message]) -> Scored:
        """Return smoothed frame log-likelihood ratios and the calibrated decision."""
        if prepared.speech_frames <= 0:
            warning = "no speech was found in the enrolment"
            quality = Quality(None, (warning,))
            assessment = Assessment(None, None, "inconclusive", quality, self.policy.threshold)
            return Scored(np.zeros(sum(len(message.frames) for message in attempt)), assessment)
        spoken = [SpokenMessage(message.frames, message.digit) for message in attempt]
        score = self.verifier.score(prepared, spoken)
        return Scored(smoothed(score.frame_llrs), self._assessment(score))

    def _assessment(self, score: Score) -> Assessment:
        decision, warnings = self.policy.decide(score.llr - score.allowance, score.speech_s)
        quality = Quality(score.speech_s, warnings)
        threshold = self.policy.threshold + score.allowance
        return Assessment(score.llr, score.probability, decision, quality, threshold)

    def _voice(self, summed: Statistics | None) -> NDArray[np.float16]:
        voice = np.zeros((1 if summed else 0, self.voiceprint_dimensions), dtype=np.float16)
        if summed and _holds_speech(summed) and self.verifier.network:
            voice[0] = self.verifier.embedding(summed)
        return voice

    def _scores_before(self, enrolled: Statistics, take: SpeechFeatures) -> NDArray[np.float32]:
        """(T,) frame scores of a take under a model without it; none while there is no model."""
        if not _holds_speech(enrolled):
            return np.zeros(0, dtype=np.float32)
        llrs = self.verifier.frame_llrs(self.verifier.mixture(enrolled), take)
        return smoothed(llrs).astype(np.float32)


def _holds_speech(enrolled: Statistics) -> bool:
    return float(enrolled["speech_frames"].sum()) > 0


def _built(enrolled: Statistics, scores: Scores) -> Built:
    reference = _reference(scores)
    n_frames = round(float(enrolled["speech_frames"].sum()))
    arrays: dict[str, NDArray[np.float64] | NDArray[np.float32] | NDArray[np.int64]] = {
        STATISTICS + name: values for name, values in enrolled.items()
    }
    for role in ROLES:
        arrays[f"scores.{role}"] = np.concatenate([np.zeros(0, np.float32), *scores[role]])
        arrays[f"lengths.{role}"] = np.array([len(s) for s in scores[role]], dtype=np.int64)
    return Built({"train_data_length": n_frames, **describe_reference(reference)}, arrays)


def _reference(scores: Scores) -> list[NDArray[np.float32]]:
    return [each for each in scores["reference"] or scores["train"] if len(each)]


def _statistics(arrays: Arrays) -> Statistics:
    return {
        name.removeprefix(STATISTICS): values
        for name, values in arrays.items()
        if name.startswith(STATISTICS)
    }


def _reference_scores(arrays: Arrays) -> Scores:
    return {
        role: _parts(arrays[f"scores.{role}"], arrays[f"lengths.{role}"].tolist()) for role in ROLES
    }


def _parts(scores: NDArray[np.float32], lengths: Sequence[int]) -> list[NDArray[np.float32]]:
    """Cut scores into the takes' own; `np.split` takes four times as long."""
    ends = accumulate(lengths)
    return [scores[end - length : end] for end, length in zip(ends, lengths, strict=True)]
