"""An export back in: its takes and its consent, under any name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cepstra.store.consents import Consent
from cepstra.store.takes import Role
from cepstra.verification.message import Message
from cepstra.verification.service import Service
from cepstra.verification.several_takes import enrol_all


@dataclass(frozen=True)
class Exported:
    """What is taken over of an export.

    Attributes:
        alias: whose it was.
        agreed_to: version of the text that they agreed to, if they did,
        agreed_at: and when.
        takes: role and message of each, those for training first.
    """

    alias: str
    agreed_to: str | None
    agreed_at: datetime | None
    takes: Sequence[tuple[Role, Message]]


@dataclass(frozen=True)
class Imported:
    """What /import replies.

    Attributes:
        alias: whose takes they are now.
        takes_added: how many were new.
        takes_known: how many were there already, by name and frames.
    """

    alias: str
    takes_added: int
    takes_known: int


def import_takes(service: Service, alias: str, exported: Exported) -> Imported:
    """Keep takes of an export and the consent, where none is noted yet: all of it or nothing.

    Logs stay behind, for they are of another service; so does the time that a take came.

    Raises:
        ConsentMissingError: consent is required, and the export has none.
        FrontEndMismatchError: the speaker's takes come from another front end.
        TakeExistsError: another take has the name of one.
        RepeatedFramesError: auth is on, and the frames came under another name.
        NotYoursError: a backend means a person's speaker.
    """
    agreed = None
    if exported.agreed_to and exported.agreed_at:
        agreed = Consent(exported.agreed_to, exported.agreed_at)
    added = len(enrol_all(service, alias, exported.takes, agreed))
    return Imported(alias, added, len(exported.takes) - added)
