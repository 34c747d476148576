"""Words that are no digits, numbered like them: known again by telephone, in another call."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from digit_speaker import joined

from cepstra.frontend import extract, to_message
from cepstra.frontend.audio import read_audio

SPEAKERS = ("wu067", "wu072")  # by two telephones
WORDS = range(5)
ENROLLED_CALLS, LATER_CALL = (0, 2), 3


@pytest.fixture
def call(live_server, shared_dir):
    """Return what makes a speaker's words of one call: messages by number."""

    def words(speaker: str, number: int) -> Mapping[int, dict[str, Any]]:
        folder: Path = shared_dir / "corpora" / "wuw" / "dev" / speaker
        files = {word: next(folder.glob(f"*_{number}_*_00{word + 1}.flac")) for word in WORDS}
        return {word: to_message(extract(read_audio(file))) for word, file in files.items()}

    for speaker in SPEAKERS:
        for number in ENROLLED_CALLS:
            for word, message in words(speaker, number).items():
                url = f"{live_server.url}/train?speaker={speaker}"
                httpx.put(url, json=message | {"digit": word}).raise_for_status()
    return words


def test_the_words_asked_for_are_told_from_others(live_server, call):
    def answer(speaker: str, shift: int) -> dict[str, Any]:
        url = f"{live_server.url}/challenges?speaker={speaker}&digits=5"
        challenge = httpx.post(url).json()
        said, digits = call(speaker, LATER_CALL), challenge["digits"]
        message = joined([said[(digit + shift) % len(WORDS)] for digit in digits], digits)
        body = message | {"challenge": challenge["challenge"]}
        return httpx.put(f"{live_server.url}/score?speaker={speaker}", json=body).json()

    right = [answer(speaker, 0) for speaker in SPEAKERS]
    wrong = [answer(speaker, 1) for speaker in SPEAKERS]
    assert [reply["decision"] for reply in right] == ["accept"] * len(SPEAKERS)
    assert [reply["reason"] for reply in wrong] == ["wrong-digits"] * len(SPEAKERS)
