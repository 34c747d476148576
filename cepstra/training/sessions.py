"""Cut and join recordings into sessions about as long as an attempt, and make trials of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.fusion_scorer import SpokenMessage
from cepstra.training.augmentation import CLEAN

LONGEST_WHOLE_FRAMES = 300
PIECE_FRAMES = 230
SHORTEST_PIECE_FRAMES = 100
SESSION_FRAMES = 110
HELD_OUT_SHARE = 0.25
NETWORK_HELD_OUT_SHARE = 0.125  # a network wants more voices than the mixtures do


@dataclass(frozen=True)
class Utterance:
    """One recording in all its conditions.

    Attributes:
        corpus: impostors are taken from the same corpus.
        speaker: unique over all corpora.
        digit: the digit said, when it is one.
        mfcc: condition -> (T, 20) cepstra, the same T in all; "clean" is always there.
    """

    corpus: str
    speaker: str
    digit: int | None
    mfcc: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Session:
    """A few messages of one speaker in one condition."""

    speaker: str
    condition: str
    messages: tuple[SpokenMessage, ...]


def is_held_out(speaker: str, seed: int, share: float = HELD_OUT_SHARE) -> bool:
    """Whether a speaker is kept from the models for the calibration.

    Args:
        speaker: its name.
        seed: another seed draws others.
        share: of all speakers; those of a smaller share are among those of a larger one.
    """
    digest = hashlib.sha256(f"split/{seed}/{speaker}".encode()).digest()
    return int.from_bytes(digest[:8], "little") < share * 2**64


def by_speaker(utterances: Iterable[Utterance]) -> dict[str, list[Utterance]]:
    """Utterances of each speaker, both in the order given."""
    groups: dict[str, list[Utterance]] = {}
    for utterance in utterances:
        groups.setdefault(utterance.speaker, []).append(utterance)
    return groups


def sessions_of(utterances: Sequence[Utterance], condition: str) -> list[Session]:
    """One speaker's sessions: long recordings cut, short ones joined in order."""
    speaker = utterances[0].speaker
    result: list[Session] = []
    pending: list[SpokenMessage] = []
    for utterance in utterances:
        pending.extend(_pieces(utterance, condition))
        while sum(len(message.mfcc) for message in pending) >= SESSION_FRAMES:
            n_messages = _messages_in_session(pending)
            result.append(Session(speaker, condition, tuple(pending[:n_messages])))
            pending = pending[n_messages:]
    if pending and not result:
        result.append(Session(speaker, condition, tuple(pending)))
    return result


def training_sessions(utterances: Iterable[Utterance], conditions: Sequence[str]) -> list[Session]:
    """All clean sessions, and of each other condition a share that rotates through them."""
    result: list[Session] = []
    for group in by_speaker(utterances).values():
        for number, condition in enumerate(conditions):
            sessions = sessions_of(group, condition)
            stride = 1 if condition == CLEAN else min(len(sessions), 4)
            result += [s for i, s in enumerate(sessions) if (i + number) % stride == 0]
    return result


def _pieces(utterance: Utterance, condition: str) -> list[SpokenMessage]:
    mfcc = utterance.mfcc[condition]
    if len(mfcc) <= LONGEST_WHOLE_FRAMES:
        return [SpokenMessage(mfcc, utterance.digit)]
    starts = range(0, len(mfcc) - SHORTEST_PIECE_FRAMES, PIECE_FRAMES)
    return [SpokenMessage(mfcc[i : i + PIECE_FRAMES], utterance.digit) for i in starts]


def _messages_in_session(pending: Sequence[SpokenMessage]) -> int:
    total = np.cumsum([len(message.mfcc) for message in pending])
    return int(np.searchsorted(total, SESSION_FRAMES)) + 1
