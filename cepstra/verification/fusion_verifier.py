"""The background system: enrolment as sums of statistics, calibrated log-likelihood ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import open_set
from cepstra.gmm.batch_scoring import score_batch
from cepstra.gmm.calibration import probability
from cepstra.gmm.embedding_scoring import EmbeddingScorer, SpokenEmbedding, joined, silence
from cepstra.gmm.fusion_scorer import EMBEDDING, Attempt, FusionScorer, SpeakerModel, SpokenMessage
from cepstra.gmm.speech_features import analyse
from cepstra.gmm.statistics import Statistics
from cepstra.store.arrays import Arrays
from cepstra.store.network_embedding import NetworkEmbedding
from cepstra.store.takes import NewTake, Take
from cepstra.verification.decision import Assessment, Policy, Quality
from cepstra.verification.enrolled_speech import EnrolledSpeech, TakeStatistics
from cepstra.verification.frame_scores import smoothed
from cepstra.verification.message import Message
from cepstra.verification.verifier import Built, Scored

PreparedAttempt = Attempt | SpokenEmbedding


class PreparedSpeaker(NamedTuple):
    """A speaker as `score` takes it.

    Attributes:
        model: of the frames that were enrolled.
        embedding: of all that was enrolled.
        goes_by_frames: whether frames of an attempt are scored as such; else embeddings decide.
    """

    model: SpeakerModel
    embedding: SpokenEmbedding
    goes_by_frames: bool


class FusionVerifier:
    """Serves the front end that the background was trained on.

    A take costs its own statistics, however many there are already. Reference speech is what
    came to /test or, where none did, every take as it scored before the model knew it.
    """

    def __init__(
        self,
        scorer: FusionScorer,
        name: str,
        policy: Policy,
        embeddings: EmbeddingScorer | None = None,
    ) -> None:
        """Keep the parts; `embeddings` judges where one side has no frames."""
        self.name = name
        self.scorer = scorer
        self.policy = policy
        self.embeddings = embeddings

    def at(self, threshold: float | None, offset: float = 0.0) -> FusionVerifier:
        """Return the same verifier with an adopted threshold, None for its own, and an offset."""
        wanted = offset + (self.policy.threshold if threshold is None else threshold)
        if wanted == self.policy.threshold:
            return self
        policy = replace(self.policy, threshold=wanted)
        return FusionVerifier(self.scorer, self.name, policy, self.embeddings)

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
        features = analyse([take.frames])
        kept = {key.removeprefix(self._version): sums for key, sums in take.sums.items()}
        summed = self.scorer.statistics(features, take.digit, kept) if is_training else None
        return TakeStatistics(take.role, take.digit, features, summed, self._voice(summed))

    def sums(self, accumulated: TakeStatistics) -> Arrays:
        """Return the networks' sums, which cost most of `accumulate`, by names of this version."""
        summed, names = accumulated.statistics, self.scorer.sums_names
        return {self._version + name: summed[name] for name in names} if summed else {}

    def extend(self, model: Built | None, added: TakeStatistics, evicted: Sequence[Take]) -> Built:
        """Add the take's statistics and frame scores; remove those of the evicted."""
        before = EnrolledSpeech.of(model.arrays) if model else self._nothing()
        enrolled = before.with_take(added, self._scores_before(before, added))
        for take in evicted:
            enrolled = enrolled.without_oldest(self.accumulate(take))
        return Built(enrolled.summary(), enrolled.arrays())

    def voiceprint(self, arrays: Arrays) -> NDArray[np.float32] | None:
        """Return the (D,) unit vector that a probe is compared with.

        None without speech, and from mixtures alone, which have no such vector.
        """
        enrolled = self.embedding(EnrolledSpeech.of(arrays))
        return enrolled.vector.astype(np.float32) if enrolled.speech_frames > 0 else None

    def embedding(self, enrolled: EnrolledSpeech) -> SpokenEmbedding:
        """Return enrolled speech as one embedding, of frames and of what was sent for them."""
        has_frames = enrolled.speech_frames > 0
        of_frames = self.scorer.embedding(enrolled.statistics) if has_frames else None
        return enrolled.embedding(of_frames)

    @property
    def voiceprint_dimensions(self) -> int:
        """The D of a voiceprint; 0 of mixtures alone, which have none."""
        network = self.scorer.network
        return int(network.cohort.shape[1]) if network else 0

    def prepare_attempt(self, attempt: Sequence[Message]) -> PreparedAttempt:
        """Prepare an attempt once for any number of speakers; one embedding where one was sent."""
        spoken = [SpokenMessage(m.frames, m.digit) for m in attempt if m.embedding is None]
        sent = [self._known(m.embedding) for m in attempt if m.embedding]
        if sent and spoken:
            sent.append(_as_embedding(self.scorer.attempt(spoken)))
        return joined(sent) if sent else self.scorer.attempt(spoken)

    def probe(self, attempt: PreparedAttempt) -> NDArray[np.float32]:
        """Return the (D,) unit vector whose product with voiceprints tells the likely speakers."""
        return _as_embedding(attempt).vector.astype(np.float32)

    def speech_s(self, attempt: PreparedAttempt) -> float:
        """Return the seconds of speech in an attempt."""
        return _speech_frames(attempt) / self.scorer.frame_rate_hz

    def llrs(
        self, models: Sequence[Arrays], attempt: PreparedAttempt
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the (M,) calibrated ratios of models that have a voiceprint, and allowances."""
        enrolled = [EnrolledSpeech.of(arrays) for arrays in models]
        has_frames = isinstance(attempt, Attempt)
        by_frames = np.array([has_frames and each.is_mostly_frames for each in enrolled], bool)
        llrs, allowances = np.zeros(len(models)), np.zeros(len(models))
        if isinstance(attempt, Attempt):
            summed = [each.statistics for each in compress(enrolled, by_frames)]
            llrs[by_frames], allowances[by_frames] = score_batch(self.scorer, summed, attempt)
        if not by_frames.all():
            places = [self.embedding(each) for each in compress(enrolled, ~by_frames)]
            told = self.embedding_llrs(places, _as_embedding(attempt))
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
        return llrs, allowances + own - self.scorer.calibration.threshold(rate)

    def open_set_threshold(self, n_speakers: int) -> float:
        """Return the ratio at which a stranger passes for any of N speakers at the target rate.

        An adopted threshold moves it as far as it moved from the shipped one.
        """
        calibration, rate = self.scorer.calibration, self.policy.false_accept_rate
        moved = self.policy.threshold - calibration.threshold(rate)
        return open_set.threshold(calibration, rate, n_speakers) + moved

    def reference_scores(self, arrays: Arrays) -> Sequence[NDArray[np.float32]]:
        """Return the (T,) frame scores of each reference take, by a model that did not know it."""
        return EnrolledSpeech.of(arrays).reference_scores

    def prepare(self, arrays: Arrays) -> PreparedSpeaker:
        """Adapt the mixture and place the embedding."""
        enrolled = EnrolledSpeech.of(arrays)
        model = self.scorer.model(enrolled.statistics)
        embedding = enrolled.embedding(model.embeddings.get(EMBEDDING))
        return PreparedSpeaker(model, embedding, enrolled.is_mostly_frames)

    def score(self, prepared: PreparedSpeaker, attempt: Sequence[Message]) -> Scored:
        """Return smoothed frame log-likelihood ratios and the calibrated decision.

        Where one side has no frames the embeddings decide, and there are no frame scores.
        """
        if prepared.embedding.speech_frames <= 0 and prepared.model.speech_frames <= 0:
            warning = "no speech was found in the enrolment"
            quality = Quality(None, (warning,))
            assessment = Assessment(None, None, "inconclusive", quality, self.policy.threshold)
            return Scored(np.zeros(sum(len(message.frames) for message in attempt)), assessment)
        tested = self.prepare_attempt(attempt)
        if isinstance(tested, Attempt) and prepared.goes_by_frames:
            score = self.scorer.score(prepared.model, tested)
            assessment = self._assessment(score.llr, score.allowance, score.speech_s)
            return Scored(smoothed(score.frame_llrs), assessment)
        llrs, allowances = self.embedding_llrs([prepared.embedding], _as_embedding(tested))
        judged = self._assessment(float(llrs[0]), float(allowances[0]), self.speech_s(tested))
        return Scored(np.zeros(0), judged)

    def frame_scores(
        self, prepared: PreparedSpeaker, attempt: Sequence[Message]
    ) -> NDArray[np.float64]:
        """Return the frame scores of `score`, whose networks cost ten times as much."""
        if not prepared.goes_by_frames:
            return np.zeros(0)
        features = analyse([message.frames for message in attempt])
        return smoothed(self.scorer.frame_llrs(prepared.model.mixture, features))

    def _assessment(self, llr: float, allowance: float, speech_s: float) -> Assessment:
        decision, warnings = self.policy.decide(llr - allowance, speech_s)
        quality = Quality(speech_s, warnings)
        threshold = self.policy.threshold + allowance
        return Assessment(llr, probability(llr), decision, quality, threshold)

    @property
    def _version(self) -> str:
        """What the names of kept sums begin with: another version's are not looked at."""
        return f"{self.name}/"

    def _nothing(self) -> EnrolledSpeech:
        no_statistics = self.scorer.no_statistics()
        return EnrolledSpeech.nothing(no_statistics, self.voiceprint_dimensions)

    def _known(self, sent: NetworkEmbedding) -> SpokenEmbedding:
        """The embedding; that of another network counts as no speech."""
        if self.embeddings is None or sent.network != self.embeddings.network:
            return silence(self.voiceprint_dimensions)
        return SpokenEmbedding(sent.vector, float(sent.speech_frames))

    def _voice(self, summed: Statistics | None) -> NDArray[np.float16]:
        voice = np.zeros((1 if summed else 0, self.voiceprint_dimensions), dtype=np.float16)
        if summed and summed["speech_frames"].any() and self.scorer.network:
            voice[0] = self.scorer.embedding(summed)
        return voice

    def _scores_before(self, enrolled: EnrolledSpeech, take: TakeStatistics) -> NDArray[np.float32]:
        """(T,) frame scores of a take under a model without it; none while there is no model."""
        if take.features is None or enrolled.speech_frames <= 0:
            return np.zeros(0, dtype=np.float32)
        mixture = self.scorer.mixture(enrolled.statistics)
        return smoothed(self.scorer.frame_llrs(mixture, take.features)).astype(np.float32)


def _as_embedding(attempt: PreparedAttempt) -> SpokenEmbedding:
    if isinstance(attempt, SpokenEmbedding):
        return attempt
    return SpokenEmbedding(attempt.embeddings[EMBEDDING], _speech_frames(attempt))


def _speech_frames(attempt: PreparedAttempt) -> float:
    if isinstance(attempt, SpokenEmbedding):
        return attempt.speech_frames
    return float(np.count_nonzero(attempt.speech))
