"""Tell what may spoil an attempt: too little speech, or more than is heard."""

from __future__ import annotations

from cepstra.cli._recordings import Attempt
from cepstra.client.replies import Quality

ADVISED_S = 15.0


def warnings_of(*attempts: Attempt, quality: Quality) -> list[str]:
    """Return the service's warnings, else of free speech that is short; and what was not heard.

    Args:
        attempts: what was sent; the quality is that of the first.
        quality: as the service tells it.
    """
    warnings = list(quality["warnings"])
    speech_s = attempts[0].speech_s
    could_be_more = "segments" not in attempts[0].message and not is_cut(attempts[0])
    if could_be_more and not warnings and speech_s < ADVISED_S:
        warnings.append(f"{speech_s:.1f} s of speech; of free speech {ADVISED_S:g} s are advised")
    notes = [note for attempt in attempts for note in attempt.notes]
    return [*notes, *warnings, *(left_out(attempt) for attempt in attempts if is_cut(attempt))]


def is_cut(attempt: Attempt) -> bool:
    """Tell whether there was more speech than an attempt holds."""
    return attempt.speech_s > attempt.heard_s


def left_out(attempt: Attempt) -> str:
    """Say what of the speech was not heard."""
    return f"{attempt.speech_s:.1f} s of speech; only the first {attempt.heard_s:.1f} s were heard"
