"""Whose a speaker is: a person's, who has an account, or that of the backends, who hold keys.

Neither adopts what is the other's, and a name is not given to somebody else after a deletion:
otherwise one would enrol under a name that a relying party takes for another person.
"""

from __future__ import annotations

from sqlalchemy import Connection

from cepstra.store import Store, accounts, retired_names, speakers
from cepstra.store.speakers import Speaker
from cepstra.verification.assertions import Claimed
from cepstra.verification.audit import Origin
from cepstra.verification.errors import NotYoursError, SpeakerExistsError

TAKEN = "expected another name: this one is taken"


def demand(origin: Origin, connection: Connection, speaker: Speaker) -> None:
    """Refuse to add to a speaker that is not the caller's, or to hand out what is kept of it.

    Raises:
        NotYoursError: a backend means a person's speaker.
        SpeakerExistsError: the speaker is new, and its name was a person's.
    """
    if accounts.owns(connection, speaker.id):
        if origin.is_backend:
            text = f"{speaker.alias} belongs to an account: only that account may do this"
            raise NotYoursError("speaker", text)
    elif not speaker.revision and retired_names.last_owner(connection, speaker.alias) == "account":
        raise SpeakerExistsError("speaker", TAKEN)


def hand_over_name(connection: Connection, speaker: Speaker, new: str) -> None:
    """Refuse to rename a speaker who signs in by the name, or to give what is another's.

    Raises:
        NotYoursError: the speaker has an account.
        SpeakerExistsError: somebody has the name, or a person had it.
    """
    if accounts.owns(connection, speaker.id):
        text = f"{speaker.alias} belongs to an account, which is signed in to by that name"
        raise NotYoursError("speaker", text)
    if speakers.find(connection, new):
        raise SpeakerExistsError("alias", f"{new} exists already")
    if retired_names.last_owner(connection, new) == "account":
        raise SpeakerExistsError("alias", TAKEN)
    retire(connection, speaker)


def demand_unused(connection: Connection, name: str) -> None:
    """Refuse to make an account of a name that anybody else ever had.

    Raises:
        SpeakerExistsError: somebody had it.
    """
    if retired_names.last_owner(connection, name) is not None:
        raise SpeakerExistsError("name", TAKEN)


def claimed(store: Store, alias: str) -> Claimed:
    """Return whom a claim of that name means, for an assertion."""
    with store.reading() as connection:
        speaker = speakers.find(connection, alias)
    return Claimed(alias, speaker.subject if speaker else None, store.tenant)


def retire(connection: Connection, speaker: Speaker) -> None:
    """Keep the name of a speaker that is about to be deleted from everybody else."""
    owner: retired_names.Owner = "account" if accounts.owns(connection, speaker.id) else "service"
    retired_names.retire(connection, speaker.alias, owner)
