"""Events of the draft `identity` service of the Wyoming protocol, which no release has yet.

Source: github.com/OHF-Voice/wyoming, pull request 50 (open in November 2026): a client sends
`identify`, `audio-start`, `audio-chunk`s and `audio-stop`, and gets `identified` or
`not-identified`; `info` lists models with their identities.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Attribution, Info

import cepstra
from wyoming_cepstra.speakers import Answer

MODEL = "cepstra"
IDENTIFY, IDENTIFIED, NOT_IDENTIFIED = "identify", "identified", "not-identified"
NOT_DONE = ("enroll", "delete")  # of the draft too
LANGUAGES = ["de", "en"]  # Home Assistant offers a pipeline what knows its language
MAKER = Attribution(name="Cepstra", url="https://github.com/")


def answer_event(answer: Answer) -> Event:
    """Return the draft's answer; `decision` is ours: identified, none, or inconclusive."""
    data: dict[str, Any] = {"decision": answer.decision}
    if answer.confidence is not None:
        data["confidence"] = answer.confidence
    if answer.name is None:
        return Event(NOT_IDENTIFIED, data)
    return Event(IDENTIFIED, {"name": answer.name, **data})


def info_event(names: Sequence[str]) -> Event:
    """Return what the service offers: `identity` of the draft, and `asr` that today's clients know.

    Args:
        names: of the speakers, where they are known here.
    """
    said = "Names the speaker of an utterance; the text of a transcript is that name"
    told: dict[str, Any] = {"attribution": MAKER, "installed": True, "description": said}
    told["version"] = cepstra.__version__
    model = AsrModel(name=MODEL, languages=LANGUAGES, **told)
    program = AsrProgram(name=MODEL, models=[model], **told)
    event = Info(asr=[program]).event()
    shown = {key: value for key, value in model.to_dict().items() if key != "languages"}
    identities = [{"name": name} for name in names]
    whole = {**shown, "models": [{**shown, "identities": identities}]}
    return Event(event.type, {**event.data, "identity": [whole]})
