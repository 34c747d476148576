"""The verifiers of a process, and which of them serves which front end."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from gmm.verifier import Verifier
from store.arrays import unpack
from verification.background import BackgroundSystem
from verification.classic import ClassicSystem
from verification.errors import UncalibratedError
from verification.judgement import Policy
from verification.system import System

BACKGROUND = Path(__file__).resolve().parent.parent / "models" / "background.safetensors"
BACKGROUND_FRONT_END = "meyda-16k-1"


@dataclass(frozen=True)
class Systems:
    """The classic system for every front end but those with a system of their own."""

    classic: System
    by_frontend: Mapping[str, BackgroundSystem]

    def serving(self, frontend: str | None) -> System:
        """Return the verifier of speakers enrolled with that front end."""
        return self.by_frontend.get(frontend or "", self.classic)

    def calibrated(self, frontend: str | None, field: str) -> BackgroundSystem:
        """Return the system of a front end that can tell how sure it is.

        Args:
            frontend: the id told in the message, None if none was.
            field: the message's field that told it, for the error.

        Raises:
            UncalibratedError: there is no such system.
        """
        if system := self.by_frontend.get(frontend or ""):
            return system
        known = ", ".join(self.by_frontend)
        text = f"expected a front end with a calibrated system ({known}), got {frontend or 'none'}"
        raise UncalibratedError(field, text)


def load_systems(target_false_accept_rate: float, min_speech_s: float) -> Systems:
    """Read the shipped parameters and fit the process to them.

    Raises:
        FileNotFoundError: models/background.safetensors is missing.
        ValueError: it is not what this code expects, or the rate is not between 0 and 1.
    """
    threadpool_limits(limits=1, user_api="blas")  # on arrays this small, threads only wait
    content = BACKGROUND.read_bytes()
    verifier = Verifier.from_arrays(unpack(content))
    threshold = verifier.threshold(target_false_accept_rate)
    policy = Policy(threshold, min_speech_s, target_false_accept_rate)
    name = f"background-{hashlib.sha256(content).hexdigest()[:16]}"
    background = BackgroundSystem(verifier, name, policy)
    return Systems(ClassicSystem(), {BACKGROUND_FRONT_END: background})
