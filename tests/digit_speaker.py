"""A person with an account who says digits: real recordings of fsdd, one take after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

from caller_driver import HTTP, bearer, create_account, sign_in

from cepstra.frontend import extract, to_message
from cepstra.frontend.audio import read_audio

VOICE, OTHER_VOICE = "fsjackson", "fsgeorge"  # two whom the verifier tells apart
N_ENROLLED, N_TAKES = 2, 12


@cache
def spoken(shared_dir: Path, voice: str, digit: int, take: int) -> dict[str, Any]:
    """Return one recorded digit as a message without `digit`."""
    name = f"{digit}_{voice}_{take}.flac"
    return to_message(extract(read_audio(shared_dir / "corpora" / "fsdd" / voice / name)))


def joined(messages: Sequence[dict[str, Any]], digits: Sequence[int]) -> dict[str, Any]:
    """Return one message with a segment a digit."""
    whole: dict[str, Any] = {"frontend": messages[0]["frontend"]}
    whole["mfcc"] = [frame for one in messages for frame in one["mfcc"]]
    lengths = zip(digits, messages, strict=True)
    return whole | {"segments": [{"digit": d, "frames": len(m["mfcc"])} for d, m in lengths]}


def enrol(
    url: str,
    shared_dir: Path,
    name: str,
    voice: str = VOICE,
    takes: Sequence[int] = range(N_ENROLLED),
    digits: Sequence[int] = range(10),
    said: Mapping[str, str] = MappingProxyType({}),
    **call: Any,
) -> None:
    """Enrol somebody by takes of a voice of fsdd; `said` is in every message besides."""
    for digit, take in product(digits, takes):
        body = {**spoken(shared_dir, voice, digit, take), "digit": digit, **said}
        params = {"speaker": name}
        HTTP.put(f"{url}/train", params=params, json=body, **call).raise_for_status()


class Speaker:
    """Enrolled with two takes of each digit; every attempt uses takes not used before."""

    def __init__(
        self, server: Any, name: str, shared_dir: Path, digits: Sequence[int] = range(10)
    ) -> None:
        create_account(server, name)
        self.server, self.name, self.shared_dir = server, name, shared_dir
        self.token = sign_in(server, name)
        self._takes = {voice: N_ENROLLED for voice in (VOICE, OTHER_VOICE)}
        for digit in digits:
            for take in range(N_ENROLLED):
                self.train(digit, take).raise_for_status()

    def train(self, digit: int, take: int):
        return self.put("/train", {**spoken(self.shared_dir, VOICE, digit, take), "digit": digit})

    def put(self, path: str, message: dict[str, Any]):
        return HTTP.put(self.server.url + path, json=message, headers=bearer(self.token))

    @property
    def n_left(self) -> int:
        """Number of takes that neither voice has said."""
        return N_TAKES - max(self._takes.values())

    def challenge(self, n_digits: int = 5) -> dict[str, Any]:
        url = f"{self.server.url}/challenges?digits={n_digits}"
        reply = HTTP.post(url, headers=bearer(self.token))
        posed: dict[str, Any] = reply.raise_for_status().json()
        return posed

    def say(self, digits: Sequence[int], voice: str = VOICE) -> list[dict[str, Any]]:
        """Return a message a digit, from the voice's next take."""
        take = self._takes[voice]
        assert take < N_TAKES, "no take is left that was not sent before"
        self._takes[voice] += 1
        return [spoken(self.shared_dir, voice, digit, take) for digit in digits]

    def answer(self, challenge, digits=None, voice=VOICE, said=None):
        """Send one digit a call and return the last reply; `said` where not what is declared."""
        digits = digits or challenge["digits"]
        for digit, message in zip(digits, said or self.say(digits, voice), strict=True):
            answered = {**message, "digit": digit, "challenge": challenge["challenge"]}
            reply = self.put("/score", answered)
        return reply

    def answer_at_once(self, challenge, digits=None, voice=VOICE, said=None):
        digits = digits or challenge["digits"]
        message = joined(said or self.say(digits, voice), digits)
        return self.put("/score", {**message, "challenge": challenge["challenge"]})
