"""What a model of the default system keeps of takes: sums, and what each take scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import statistics
from cepstra.gmm.embedding_scoring import SpokenEmbedding, joined, silence
from cepstra.gmm.speech_features import SpeechFeatures
from cepstra.gmm.statistics import Statistics
from cepstra.store.arrays import Arrays
from cepstra.store.takes import Role
from cepstra.verification.frame_scores import describe_reference

STATISTICS = "statistics."
VOICES = "voices.train"
EMBEDDING_SUM = "embeddings.train"
ROLES: tuple[Role, ...] = ("train", "reference")

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class TakeStatistics:
    """What a take says before any model is looked at.

    Attributes:
        role: what it is for.
        digit: what was said, if told.
        features: of its frames; None of an embedding.
        statistics: only of frames for training.
        voice: (1, D) its embedding, zeros without speech; (0, D) of one that is not for training.
        sent: the embedding that came in place of frames.
    """

    role: Role
    digit: int | None
    features: SpeechFeatures | None
    statistics: Statistics | None
    voice: NDArray[np.float16]
    sent: SpokenEmbedding | None = None

    @property
    def speech_frames(self) -> float:
        """How many frames of speech it holds."""
        if self.sent:
            return self.sent.speech_frames
        return float(np.count_nonzero(self.features.speech)) if self.features else 0.0

    @property
    def embedding(self) -> SpokenEmbedding:
        """A training take's place in the network's space."""
        return self.sent or SpokenEmbedding(self.voice[0].astype(np.float64), self.speech_frames)


@dataclass(frozen=True)
class EnrolledSpeech:
    """The takes of a speaker together; `of` and `arrays` read and make what is stored.

    Attributes:
        statistics: sums over the frames of training takes.
        embedding_sum: (D + 1,) embeddings that came in place of frames, each times the frames of
            speech that it stands for, in sum; then these frames in sum.
        voices: (n, D) the embedding of each training take, oldest first, zeros without speech; D
            is 0 where mixtures are used alone.
        frame_scores: by role, of each take (T,) by a model that did not know it, oldest first.
    """

    statistics: Statistics
    embedding_sum: NDArray[np.float64]
    voices: NDArray[np.float16]
    frame_scores: Mapping[Role, Sequence[Scores]]

    @classmethod
    def nothing(cls, no_statistics: Statistics, n_dims: int) -> EnrolledSpeech:
        """No take yet."""
        voices = np.zeros((0, n_dims), np.float16)
        return cls(no_statistics, np.zeros(n_dims + 1), voices, {role: [] for role in ROLES})

    @classmethod
    def of(cls, arrays: Arrays) -> EnrolledSpeech:
        """The speech of a stored model."""
        voices = arrays[VOICES]
        summed = {
            name.removeprefix(STATISTICS): values
            for name, values in arrays.items()
            if name.startswith(STATISTICS)
        }
        scores = {
            role: _parts(arrays[f"scores.{role}"], arrays[f"lengths.{role}"].tolist())
            for role in ROLES
        }
        embedding_sum = arrays.get(EMBEDDING_SUM, np.zeros(voices.shape[1] + 1))
        return cls(summed, embedding_sum, voices, scores)

    def arrays(self) -> Arrays:
        """What `of` reads."""
        result: dict[str, NDArray[Any]] = {
            STATISTICS + name: values for name, values in self.statistics.items()
        }
        for role, scores in self.frame_scores.items():
            result[f"scores.{role}"] = np.concatenate([np.zeros(0, np.float32), *scores])
            result[f"lengths.{role}"] = np.array([len(each) for each in scores], dtype=np.int64)
        return {**result, VOICES: self.voices, EMBEDDING_SUM: self.embedding_sum}

    def summary(self) -> dict[str, Any]:
        """What the replies tell of it."""
        n_frames = round(self.speech_frames + self.sent_frames)
        return {"train_data_length": n_frames, **describe_reference(self.reference_scores)}

    def with_take(self, take: TakeStatistics, frame_scores: Scores) -> EnrolledSpeech:
        """A take more, and how it scored before."""
        summed = self.statistics
        if take.statistics:
            summed = statistics.add(summed, take.statistics)
        of_role = [*self.frame_scores[take.role], frame_scores]
        return EnrolledSpeech(
            summed,
            self.embedding_sum + self._weighted(take),
            np.concatenate([self.voices, take.voice]),
            {**self.frame_scores, take.role: of_role},
        )

    def without(self, take: TakeStatistics) -> EnrolledSpeech:
        """The sums without a take; what each take says of itself stays."""
        summed = self.statistics
        if take.statistics:
            summed = statistics.subtract(summed, take.statistics)
        remaining = self.embedding_sum - self._weighted(take)
        return replace(self, statistics=summed, embedding_sum=remaining)

    def without_oldest(self, take: TakeStatistics) -> EnrolledSpeech:
        """All without the oldest take of a role."""
        voices = self.voices[len(take.voice) :]
        scores = {**self.frame_scores, take.role: self.frame_scores[take.role][1:]}
        return replace(self.without(take), voices=voices, frame_scores=scores)

    def embedding(self, of_frames: NDArray[Any] | None) -> SpokenEmbedding:
        """All of it as one embedding, given that of the frames (D,), None of mixtures alone."""
        together = silence(len(self.embedding_sum) - 1)
        if of_frames is not None and self.speech_frames > 0:
            together = SpokenEmbedding(of_frames, self.speech_frames)
        if self.sent_frames <= 0:
            return together
        sent = SpokenEmbedding(self.embedding_sum[:-1] / self.sent_frames, self.sent_frames)
        return joined([together, sent])

    @property
    def reference_scores(self) -> list[Scores]:
        """Of each reference take with speech; where none came, of each training take."""
        scores = self.frame_scores["reference"] or self.frame_scores["train"]
        return [each for each in scores if len(each)]

    @property
    def n_training_takes(self) -> int:
        """How many there are, frames or not."""
        return len(self.frame_scores["train"])

    @property
    def speech_frames(self) -> float:
        """Frames of speech that came as such."""
        return float(self.statistics["speech_frames"].sum())

    @property
    def sent_frames(self) -> float:
        """Frames of speech for which embeddings came."""
        return float(self.embedding_sum[-1])

    @property
    def is_mostly_frames(self) -> bool:
        """Whether at least half of the speech came as frames."""
        return 0 < self.speech_frames >= self.sent_frames

    def _weighted(self, take: TakeStatistics) -> NDArray[np.float64]:
        """(D + 1,) what a take adds to the sum of embeddings."""
        sent = take.sent or silence(len(self.embedding_sum) - 1)
        return np.append(sent.vector * sent.speech_frames, sent.speech_frames)


def _parts(scores: Scores, lengths: Sequence[int]) -> list[Scores]:
    """Cut scores into the takes' own; `np.split` takes four times as long."""
    ends = accumulate(lengths)
    return [scores[end - length : end] for end, length in zip(ends, lengths, strict=True)]
