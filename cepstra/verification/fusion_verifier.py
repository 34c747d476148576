"""The background system: enrolment as sums of statistics, calibrated log-likelihood ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import open_set, statistics
from cepstra.gmm.batch_scoring import score_batch
from cepstra.gmm.calibration import probability
from cepstra.gmm.embedding_scoring import EmbeddingScorer, SpokenEmbedding, joined, silence
from cepstra.gmm.speech_features import SpeechFeatures, analyse
from cepstra.gmm.statistics import Statistics
from cepstra.gmm.verifier import EMBEDDING, Attempt, SpeakerModel, SpokenMessage, Verifier
from cepstra.store.arrays import Arrays
from cepstra.store.network_embedding import NetworkEmbedding
from cepstra.store.takes import NewTake, Role, Take
from cepstra.verification.decision import Assessment, Policy, Quality
from cepstra.verification.frame_scores import describe_reference, smoothed
from cepstra.verification.message import Message
from cepstra.verification.verifier import Built, Scored

STATISTICS = "statistics."
VOICES = "voices.train"
SENT_EMBEDDINGS = "embeddings.train"  # (D + 1,) sum of vectors times frames, then of frames
ROLES: tuple[Role, ...] = ("train", "reference")

Scores = dict[Role, list[NDArray[np.float32]]]
Heard = Attempt | SpokenEmbedding


class Prepared(NamedTuple):
    """A speaker as `score` takes it.

    Attributes:
        model: of the frames that were enrolled.
        embedding: of all that was enrolled.
        goes_by_frames: whether frames of an attempt are scored as such; else embeddings decide.
    """

    model: SpeakerModel
    embedding: SpokenEmbedding
    goes_by_frames: bool


@dataclass(frozen=True)
class TakeStatistics:
    """What a take says before any model is looked at.

    Attributes:
        role: what it is for.
        digit: what was said, if told.
        heard: its speech; None of an embedding.
        statistics: only of frames for training.
        voice: (1, D) its embedding, zeros without speech; (0, D) of one that is not for training.
        sent: the embedding that came in place of frames.
    """

    role: Role
    digit: int | None
    heard: SpeechFeatures | None
    statistics: Statistics | None
    voice: NDArray[np.float16]
    sent: SpokenEmbedding | None = None

    @property
    def speech_frames(self) -> float:
        """How many frames of speech it holds."""
        if self.sent:
            return self.sent.speech_frames
        return float(np.count_nonzero(self.heard.speech)) if self.heard else 0.0

    @property
    def embedding(self) -> SpokenEmbedding:
        """A training take's place in the network's space."""
        return self.sent or SpokenEmbedding(self.voice[0].astype(np.float64), self.speech_frames)


class FusionVerifier:
    """Serves the front end that the background was trained on.

    A take costs its own statistics, however many there are already. Reference speech is what
    came to /test or, where none did, every take as it scored before the model knew it.
    """

    def __init__(
        self,
        verifier: Verifier,
        name: str,
        policy: Policy,
        embeddings: EmbeddingScorer | None = None,
    ) -> None:
        """Keep the parts; `embeddings` judges where one side has no frames."""
        self.name = name
        self.verifier = verifier
        self.policy = policy
        self.embeddings = embeddings

    def at(self, threshold: float | None) -> FusionVerifier:
        """Return the same verifier with an adopted threshold; None for its own."""
        if threshold is None:
            return self
        policy = replace(self.policy, threshold=threshold)
        return FusionVerifier(self.verifier, self.name, policy, self.embeddings)

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
        is_training = take.role == "train"
        if take.embedding:
            sent = self._known(take.embedding)
            voice = sent.vector[None].astype(np.float16)
            return TakeStatistics(take.role, take.digit, None, None, voice, sent)
        heard = analyse([take.frames])
        kept = {key.removeprefix(self._version): sums for key, sums in take.sums.items()}
        summed = self.verifier.statistics(heard, take.digit, kept) if is_training else None
        return TakeStatistics(take.role, take.digit, heard, summed, self._voice(summed))

    def sums(self, accumulated: TakeStatistics) -> Arrays:
        """Return the networks' sums, which cost most of `accumulate`, by names of this version."""
        summed, names = accumulated.statistics, self.verifier.sums_names
        return {self._version + name: summed[name] for name in names} if summed else {}

    def extend(self, model: Built | None, added: TakeStatistics, evicted: Sequence[Take]) -> Built:
        """Add the take's statistics and frame scores; remove those of the evicted."""
        enrolled = statistics_of(model.arrays) if model else self.verifier.no_statistics()
        scores = _reference_scores(model.arrays) if model else {role: [] for role in ROLES}
        voices = model.arrays[VOICES] if model else np.zeros_like(added.voice[:0])
        before = _sent(model.arrays if model else {}, self.voiceprint_dimensions)
        sent = before + _weighted(added, self.voiceprint_dimensions)
        scores[added.role].append(self._scores_before(enrolled, added.heard))
        if added.statistics:
            enrolled = statistics.add(enrolled, added.statistics)
        for take in evicted:
            scores[take.role].pop(0)
            forgotten = self.accumulate(take)
            voices = voices[len(forgotten.voice) :]
            sent -= _weighted(forgotten, self.voiceprint_dimensions)
            if forgotten.statistics:
                enrolled = statistics.subtract(enrolled, forgotten.statistics)
        built = _built(enrolled, scores, sent[-1])
        voices = np.concatenate([voices, added.voice])
        return Built(built.summary, {**built.arrays, VOICES: voices, SENT_EMBEDDINGS: sent})

    def is_of_frames(self, arrays: Arrays) -> bool:
        """Return whether all of the enrolled speech came as frames."""
        return float(_sent(arrays, self.voiceprint_dimensions)[-1]) <= 0

    def n_training_takes(self, arrays: Arrays) -> int:
        """Return of how many training takes a model is made."""
        return len(arrays["lengths.train"])

    def voiceprint(self, arrays: Arrays) -> NDArray[np.float32] | None:
        """Return the (D,) unit vector that a probe is compared with.

        None without speech, and from mixtures alone, which have no such vector.
        """
        enrolled = self.embedding(arrays)
        return enrolled.vector.astype(np.float32) if enrolled.speech_frames > 0 else None

    def embedding(self, arrays: Arrays, without: Sequence[TakeStatistics] = ()) -> SpokenEmbedding:
        """Return enrolled speech as one embedding, of frames and of what was sent for them."""
        enrolled, sent = statistics_of(arrays), _sent(arrays, self.voiceprint_dimensions)
        for take in without:
            sent = sent - _weighted(take, self.voiceprint_dimensions)
            if take.statistics:
                enrolled = statistics.subtract(enrolled, take.statistics)
        vector = self.verifier.embedding(enrolled) if _holds_speech(enrolled) else None
        return self._together(enrolled, vector, sent)

    def _together(
        self, enrolled: Statistics, vector: NDArray[Any] | None, sent: NDArray[np.float64]
    ) -> SpokenEmbedding:
        """Join the embedding of enrolled frames, if they hold speech, with those that were sent."""
        of_frames = silence(self.voiceprint_dimensions)
        if vector is not None and _holds_speech(enrolled):
            of_frames = SpokenEmbedding(vector, float(enrolled["speech_frames"].sum()))
        if sent[-1] <= 0:
            return of_frames
        return joined([of_frames, SpokenEmbedding(sent[:-1] / sent[-1], float(sent[-1]))])

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

    def hear(self, attempt: Sequence[Message]) -> Heard:
        """Prepare an attempt once for any number of speakers; one embedding where one was sent."""
        spoken = [SpokenMessage(m.frames, m.digit) for m in attempt if m.embedding is None]
        sent = [self._known(m.embedding) for m in attempt if m.embedding]
        if sent and spoken:
            sent.append(_as_embedding(self.verifier.attempt(spoken)))
        return joined(sent) if sent else self.verifier.attempt(spoken)

    def probe(self, heard: Heard) -> NDArray[np.float32]:
        """Return the (D,) unit vector whose product with voiceprints tells the likely speakers."""
        return _as_embedding(heard).vector.astype(np.float32)

    def speech_s(self, heard: Heard) -> float:
        """Return the seconds of speech in an attempt."""
        return _speech_frames(heard) / self.verifier.frame_rate_hz

    def llrs(
        self, models: Sequence[Arrays], heard: Heard
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the (M,) calibrated ratios of models that have a voiceprint, and allowances."""
        by_frames = np.array([isinstance(heard, Attempt) and _is_frames(m) for m in models], bool)
        llrs, allowances = np.zeros(len(models)), np.zeros(len(models))
        if isinstance(heard, Attempt):
            enrolled = [statistics_of(arrays) for arrays in compress(models, by_frames)]
            llrs[by_frames], allowances[by_frames] = score_batch(self.verifier, enrolled, heard)
        if not by_frames.all():
            places = [self.embedding(arrays) for arrays in compress(models, ~by_frames)]
            told = self.embedding_llrs(places, _as_embedding(heard))
            llrs[~by_frames], allowances[~by_frames] = told
        return llrs, allowances

    def embedding_llrs(
        self, enrolled: Sequence[SpokenEmbedding], attempt: SpokenEmbedding
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (M,) ratios and allowances of embeddings alone.

        The allowances make up for their threshold at the policy's rate, which is another one, so
        that a ratio less its allowance stands under the same threshold as that of frames.
        """
        if self.embeddings is None:
            raise ValueError("embeddings: this system compares frames alone")
        llrs, allowances = self.embeddings.scores(enrolled, attempt)
        rate = self.policy.false_accept_rate
        own = self.embeddings.calibration.threshold(rate)
        return llrs, allowances + own - self.verifier.calibration.threshold(rate)

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

    def prepare(self, arrays: Arrays) -> Prepared:
        """Adapt the mixture and place the embedding."""
        enrolled = statistics_of(arrays)
        model = self.verifier.model(enrolled)
        sent = _sent(arrays, self.voiceprint_dimensions)
        embedding = self._together(enrolled, model.embeddings.get(EMBEDDING), sent)
        return Prepared(model, embedding, _is_frames(arrays))

    def score(self, prepared: Prepared, attempt: Sequence[Message]) -> Scored:
        """Return smoothed frame log-likelihood ratios and the calibrated decision.

        Where one side has no frames the embeddings decide, and there are no frame scores.
        """
        if prepared.embedding.speech_frames <= 0 and prepared.model.speech_frames <= 0:
            warning = "no speech was found in the enrolment"
            quality = Quality(None, (warning,))
            assessment = Assessment(None, None, "inconclusive", quality, self.policy.threshold)
            return Scored(np.zeros(sum(len(message.frames) for message in attempt)), assessment)
        heard = self.hear(attempt)
        if isinstance(heard, Attempt) and prepared.goes_by_frames:
            score = self.verifier.score(prepared.model, heard)
            assessment = self._assessment(score.llr, score.allowance, score.speech_s)
            return Scored(smoothed(score.frame_llrs), assessment)
        llrs, allowances = self.embedding_llrs([prepared.embedding], _as_embedding(heard))
        judged = self._assessment(float(llrs[0]), float(allowances[0]), self.speech_s(heard))
        return Scored(np.zeros(0), judged)

    def frame_scores(self, prepared: Prepared, attempt: Sequence[Message]) -> NDArray[np.float64]:
        """Return the frame scores of `score`, whose networks cost ten times as much."""
        if not prepared.goes_by_frames:
            return np.zeros(0)
        heard = analyse([message.frames for message in attempt])
        return smoothed(self.verifier.frame_llrs(prepared.model.mixture, heard))

    def _assessment(self, llr: float, allowance: float, speech_s: float) -> Assessment:
        decision, warnings = self.policy.decide(llr - allowance, speech_s)
        quality = Quality(speech_s, warnings)
        threshold = self.policy.threshold + allowance
        return Assessment(llr, probability(llr), decision, quality, threshold)

    @property
    def _version(self) -> str:
        """What the names of kept sums begin with: another version's are not looked at."""
        return f"{self.name}/"

    def _known(self, sent: NetworkEmbedding) -> SpokenEmbedding:
        """The embedding; that of another network counts as no speech."""
        if self.embeddings is None or sent.network != self.embeddings.network:
            return silence(self.voiceprint_dimensions)
        return SpokenEmbedding(sent.vector, float(sent.speech_frames))

    def _voice(self, summed: Statistics | None) -> NDArray[np.float16]:
        voice = np.zeros((1 if summed else 0, self.voiceprint_dimensions), dtype=np.float16)
        if summed and _holds_speech(summed) and self.verifier.network:
            voice[0] = self.verifier.embedding(summed)
        return voice

    def _scores_before(
        self, enrolled: Statistics, take: SpeechFeatures | None
    ) -> NDArray[np.float32]:
        """(T,) frame scores of a take under a model without it; none while there is no model."""
        if take is None or not _holds_speech(enrolled):
            return np.zeros(0, dtype=np.float32)
        llrs = self.verifier.frame_llrs(self.verifier.mixture(enrolled), take)
        return smoothed(llrs).astype(np.float32)


def _holds_speech(enrolled: Statistics) -> bool:
    return float(enrolled["speech_frames"].sum()) > 0


def _as_embedding(heard: Heard) -> SpokenEmbedding:
    if isinstance(heard, SpokenEmbedding):
        return heard
    return SpokenEmbedding(heard.embeddings[EMBEDDING], _speech_frames(heard))


def _speech_frames(heard: Heard) -> float:
    if isinstance(heard, SpokenEmbedding):
        return heard.speech_frames
    return float(np.count_nonzero(heard.speech))


def _is_frames(arrays: Arrays) -> bool:
    """Whether at least half of the enrolled speech came as frames."""
    n_frames = float(statistics_of(arrays)["speech_frames"].sum())
    return n_frames > 0 and n_frames >= _sent(arrays, 0)[-1]


def _sent(arrays: Arrays, dimensions: int) -> NDArray[np.float64]:
    return arrays.get(SENT_EMBEDDINGS, np.zeros(dimensions + 1))


def _weighted(take: TakeStatistics, dimensions: int) -> NDArray[np.float64]:
    """(D + 1,) what a take adds to the sent embeddings."""
    sent = take.sent or silence(dimensions)
    return np.append(sent.vector * sent.speech_frames, sent.speech_frames)


def _built(enrolled: Statistics, scores: Scores, n_sent: float) -> Built:
    reference = _reference(scores)
    n_frames = round(float(enrolled["speech_frames"].sum() + n_sent))
    arrays: dict[str, NDArray[np.float64] | NDArray[np.float32] | NDArray[np.int64]] = {
        STATISTICS + name: values for name, values in enrolled.items()
    }
    for role in ROLES:
        arrays[f"scores.{role}"] = np.concatenate([np.zeros(0, np.float32), *scores[role]])
        arrays[f"lengths.{role}"] = np.array([len(s) for s in scores[role]], dtype=np.int64)
    return Built({"train_data_length": n_frames, **describe_reference(reference)}, arrays)


def _reference(scores: Scores) -> list[NDArray[np.float32]]:
    return [each for each in scores["reference"] or scores["train"] if len(each)]


def statistics_of(arrays: Arrays) -> Statistics:
    """Return the sums over all training takes that a model holds."""
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
