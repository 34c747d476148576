"""A person changes an enrolment that has let them in only with the voice that it is of.

A password would be enough otherwise to put another voice in its place, under the same subject: of
two factors one would be left, and no relying party could notice. An enrolment that has let nobody
in yet is changed freely.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from cepstra.store import audit_log, fingerprints, takes
from cepstra.store.speakers import Speaker
from cepstra.store.takes import NewTake
from cepstra.verification.audit import Origin
from cepstra.verification.errors import OtherVoiceError, VoiceNotProvenError

FRESH_S = 300
MOST_ADDED = 20  # since the last proof: as many as the page asks for to make a voice stronger
COST_OF_REFUSED = 5  # a take unlike those before counts as so many: else a few in many are chosen
MOST_FRAMES = 400  # of each: twelve of the longest would drive out all that were there before


def demand_to_forget(origin: Origin, connection: Connection, speaker: Speaker) -> None:
    """Refuse to take a part away, or to drive it out, without a proof of the last minutes.

    Raises:
        VoiceNotProvenError: a person asks whose last challenge was accepted earlier.
    """
    proven_at = _proven_at(origin, connection, speaker)
    if proven_at and datetime.now(UTC) - proven_at > timedelta(seconds=FRESH_S):
        text = f"expected a challenge that was accepted within {FRESH_S} s; or delete everything"
        raise VoiceNotProvenError("voice", text)


def demand_to_add(origin: Origin, connection: Connection, speaker: Speaker, take: NewTake) -> None:
    """Refuse more than some takes without a proof between them; few are no new voice.

    Takes that were refused as another voice's count, and more than those that were kept: of many
    that are tried, some of another voice come through. A long one makes room for itself as well,
    which is to take others away, and an embedding can be made to lie between two voices and to
    stand for as much speech as it says.

    Raises:
        VoiceNotProvenError: a person adds a take to as many, or one of those two without a proof
            of the last minutes.
    """
    proven_at = _proven_at(origin, connection, speaker)
    if not proven_at:
        return
    if take.embedding or len(take.frames) > MOST_FRAMES:
        demand_to_forget(origin, connection, speaker)
    other_voice = OtherVoiceError.__name__
    refused = audit_log.count_refused(connection, speaker.id, other_voice, proven_at)
    most = MOST_ADDED - COST_OF_REFUSED * refused
    if most > 0:
        added_at = takes.time_of_newest(connection, speaker.id, most)
        if added_at is None or added_at <= proven_at:
            return
    text = f"expected at most {MOST_ADDED} takes after a challenge that was accepted"
    told = f"{text}, one unlike those before counting as {COST_OF_REFUSED}: answer one first"
    raise VoiceNotProvenError("voice", told)


def _proven_at(origin: Origin, connection: Connection, speaker: Speaker) -> datetime | None:
    return fingerprints.last_accepted(connection, speaker.id) if origin.is_person else None
