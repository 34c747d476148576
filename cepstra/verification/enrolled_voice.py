"""Whose voice is enrolled: one person's or two people's, and is it somebody else's here, too?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.message import MAX_ATTEMPT_FRAMES
from cepstra.neural.voice_groups import FEWEST_TAKES, least_likeness, two_groups
from cepstra.store import models, takes, thresholds, voiceprints
from cepstra.store.models import MadeFrom
from cepstra.store.speakers import Speaker
from cepstra.verification.enrolled_speech import EnrolledSpeech
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.identification import rank
from cepstra.verification.message import Message
from cepstra.verification.service import Service

N_HEARD = 10  # newest takes, of no more frames than an attempt, compared with other speakers
N_LIKELY = 3  # speakers that are scored in full


@dataclass(frozen=True)
class EnrolledVoice:
    """How far an enrolment holds one voice, and nobody else's.

    Attributes:
        consistency: cosine of the two groups of takes that differ most, in percent; None below six
            takes with speech.
        unlike_takes: names of the smaller group, where one voice's takes hardly ever differ so.
        sounds_like: alias of another speaker enrolled here whose voice it is.
    """

    consistency: int | None = None
    unlike_takes: Sequence[str] = ()
    sounds_like: str | None = None


def enrolled_voice(service: Service, speaker: Speaker | None) -> EnrolledVoice:
    """Describe the voice of a speaker whose model is of the takes as they are; else nothing.

    A process finds it out once for each state of takes, voiceprints and threshold.
    """
    system = service.verifiers.by_frontend.get(speaker.frontend or "") if speaker else None
    if speaker is None or system is None:
        return EnrolledVoice()
    with service.store.reading() as connection:
        made_from = models.made_from(connection, [speaker.id]).get(speaker.id)
        voices = voiceprints.state(connection)
        threshold = thresholds.in_force(connection, system.name)
    if made_from != MadeFrom(speaker.revision, system.name):
        return EnrolledVoice()
    found_from = made_from, voices, threshold
    service.enrolled_voices.forget_deleted(voices.deletions, lambda ids: {})
    found: EnrolledVoice = service.enrolled_voices.obtain(
        speaker.id, found_from, voices.deletions, lambda: _described(service, system, speaker)
    )
    return found


def _described(service: Service, system: FusionVerifier, speaker: Speaker) -> EnrolledVoice:
    with service.store.reading() as connection:
        model = models.load(connection, speaker.id)
        log = takes.log(connection, speaker.id, "train")
        newest = takes.newest(connection, speaker.id, "train", N_HEARD, MAX_ATTEMPT_FRAMES)
    if model is None or model.made_from != MadeFrom(speaker.revision, system.name):
        return EnrolledVoice()
    consistency, unlike = parted(EnrolledSpeech.of(model.arrays).voices)
    names = [entry.take for entry in reversed(log)]
    unlike_takes = [names[i] for i in unlike if i < len(names)]
    said = [
        Message(t.frames, digit=t.digit, frontend=speaker.frontend, embedding=t.embedding)
        for t in newest
    ]
    return EnrolledVoice(consistency, unlike_takes, _other(service, system, speaker, said))


def parted(voices: NDArray[np.float16]) -> tuple[int | None, NDArray[np.intp]]:
    """Percent of likeness, and the indices of takes (n, D) that are too unlike the others."""
    spoken = np.flatnonzero(voices.any(axis=1))
    if len(spoken) < FEWEST_TAKES:
        return None, spoken[:0]
    likeness, is_smaller = two_groups(voices[spoken].astype(np.float32))
    is_one = likeness >= least_likeness(len(spoken))
    return round(100 * max(0.0, likeness)), spoken[:0] if is_one else spoken[is_smaller]


def _other(
    service: Service, system: FusionVerifier, speaker: Speaker, said: Sequence[Message]
) -> str | None:
    """Return who else would be identified by the newest takes, by the rule of /identify."""
    tested = system.prepare_attempt(said)
    if system.speech_s(tested) <= 0:
        return None
    gallery = service.gallery(system.name, speaker.frontend or "")
    found = gallery.nearest(service.store, system.probe(tested), N_LIKELY + 1)
    others = [each for each in found.candidates if each.speaker_id != speaker.id][:N_LIKELY]
    with service.store.reading() as connection:
        ids = [candidate.speaker_id for candidate in others]
        arrays = models.load_arrays(connection, ids, system.name)
        system = system.at(thresholds.in_force(connection, system.name))
    scored = {each.alias: arrays[each.speaker_id] for each in others if each.speaker_id in arrays}
    n_others = max(found.n_speakers - 1, len(others), 1)  # or the speaker has just been deleted
    return rank(system, tested, scored, n_others).speaker if scored else None
