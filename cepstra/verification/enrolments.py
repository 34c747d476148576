"""The enrolments of all speakers, as operators look through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cepstra.store import enrolments, models
from cepstra.store.arrays import Arrays
from cepstra.store.enrolments import KeptEnrolment
from cepstra.verification.enrolled_speech import EnrolledSpeech
from cepstra.verification.enrolled_voice import parted
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.service import Service
from cepstra.verification.speakers import PAGE_LENGTH


@dataclass(frozen=True)
class Enrolment(KeptEnrolment):
    """How a speaker is enrolled; `locked_until` is None while attempts are not refused.

    Attributes:
        consistency: cosine of the two groups of takes that differ most, in percent; None below six
            takes with speech.
        n_unlike: takes of the smaller group, where one voice's takes hardly ever differ so.
    """

    consistency: int | None
    n_unlike: int


def page(service: Service, after: str) -> Sequence[Enrolment]:
    """Return the next enrolments in order of alias, at most PAGE_LENGTH."""
    systems = {system.name: system for system in service.verifiers.by_frontend.values()}
    with service.store.reading() as connection:
        kept = enrolments.page(connection, after, PAGE_LENGTH)
        arrays: dict[int, Arrays] = {}
        for name in systems:
            ids = [each.id for each in kept if each.system == name]
            arrays |= models.load_arrays(connection, ids, name)
    now = datetime.now(UTC)
    return [_described(each, systems.get(each.system or ""), arrays, now) for each in kept]


def _described(
    kept: KeptEnrolment,
    system: FusionVerifier | None,
    arrays: dict[int, Arrays],
    now: datetime,
) -> Enrolment:
    consistency, n_unlike = None, 0
    if system is not None and kept.id in arrays:
        consistency, unlike = parted(EnrolledSpeech.of(arrays[kept.id]).voices)
        n_unlike = len(unlike)
    until = kept.locked_until if kept.locked_until and kept.locked_until > now else None
    kept = replace(kept, locked_until=until)
    return Enrolment(**vars(kept), consistency=consistency, n_unlike=n_unlike)
