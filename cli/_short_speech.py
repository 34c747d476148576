"""Tell when an attempt of free speech is shorter than it should be."""

from __future__ import annotations

from cepstra_client import Message
from cepstra_client.replies import Quality
from cli._answer import Answer

ADVISED_S = 15.0


def warn_of_little(answer: Answer, attempt: Message, quality: Quality) -> None:
    """Pass on the service's warnings and add one where free speech is short."""
    for warning in quality["warnings"]:
        answer.warn(warning)
    speech_s = quality["speech_s"]
    if "segments" not in attempt and speech_s is not None and speech_s < ADVISED_S:
        answer.warn(f"{speech_s:.1f} s of speech; of free speech {ADVISED_S:g} s are advised")
