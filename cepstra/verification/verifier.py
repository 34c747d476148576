"""What a verifier has to be able to do for the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from cepstra.store.arrays import Arrays
from cepstra.store.models import StoredModel
from cepstra.store.takes import NewTake, Take
from cepstra.verification.decision import Assessment
from cepstra.verification.message import Message


class Built(NamedTuple):
    """A model: plain numbers for the replies, and arrays that the system can read.

    The summary holds train_data_length and test_data_length (frames), reference (FrameScores as
    a dict, None while there is no reference speech) and result_reference (percent or None).
    """

    summary: dict[str, Any]
    arrays: Arrays


class PreparedModel(NamedTuple):
    """A speaker's model as scoring takes it: the summary, and what `prepare` made of the arrays."""

    summary: Mapping[str, Any]
    prepared: Any


class Scored(NamedTuple):
    """What a system says of a message.

    Attributes:
        frame_scores: (T,) one a frame of all messages, higher is more like the speaker; none where
            embeddings were compared.
        assessment: of the attempt as a whole.
    """

    frame_scores: NDArray[np.float64]
    assessment: Assessment


class Verifier(Protocol):
    """A verifier.

    Attributes:
        name: changes whenever its models cannot be read by another version.
    """

    name: str

    def at(self, threshold: float | None, offset: float = 0.0) -> Self:
        """Return the same verifier with an adopted threshold, None for its own, and an offset."""

    def build(self, takes: Sequence[Take]) -> Built:
        """Make a model from all takes of a speaker, oldest first, at least one for training."""

    def accumulate(self, take: NewTake | Take) -> Any:
        """Make of a take what `extend` adds: what costs time and needs no model, nor any lock."""

    def sums(self, accumulated: Any) -> Arrays:
        """Return what to keep with a take, so that `accumulate` need not make it again."""

    def extend(self, model: Built | None, added: Any, evicted: Sequence[Take]) -> Built | None:
        """Return the model with one take more and some less, or None if it has to be built anew.

        Args:
            model: the speaker's model before, None if there was no take before.
            added: of the newest take, from `accumulate`.
            evicted: the oldest takes, which leave the log for it.
        """

    def voiceprint(self, arrays: Arrays) -> NDArray[np.float32] | None:
        """Return the (D,) unit vector by which a search finds the model; None without one."""

    def reference_scores(self, arrays: Arrays) -> Sequence[NDArray[np.float32]]:
        """Return the (T,) frame scores of each reference take; none where only sums are kept."""

    def prepare(self, arrays: Arrays) -> Any:
        """Derive from a model's arrays, once for any number of attempts, what `score` takes."""

    def score(self, prepared: Any, attempt: Sequence[Message]) -> Scored:
        """Compare the messages of an attempt, at least one, with a model from `prepare`."""

    def frame_scores(self, prepared: Any, attempt: Sequence[Message]) -> NDArray[np.float64]:
        """Return the (T,) frame scores of `score` alone; none where embeddings are compared."""


def prepared_model(system: Verifier, model: Built | StoredModel) -> PreparedModel:
    """Derive what scoring takes from a model."""
    return PreparedModel(model.summary, system.prepare(model.arrays))


def stored_model(system: Verifier, revision: int, built: Built) -> StoredModel:
    """Return the model as it is kept for that revision of the speaker's takes."""
    return StoredModel(revision, system.name, *built, system.voiceprint(built.arrays))
