"""The timeline's parameters in models/."""

from __future__ import annotations

from cepstra.gmm.verifier import Verifier
from cepstra.store.arrays import unpack
from cepstra.timeline import Diarizer
from cepstra.timeline.regressions import Regressions
from cepstra.verification.shipped import MODELS

TIMELINE = MODELS / "timeline.safetensors"


def load_diarizer(verifier: Verifier) -> Diarizer:
    """What tells voices apart by the networks of a verifier and the shipped regressions.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it is not what this code expects, or the verifier lacks a network.
    """
    return Diarizer(verifier, Regressions.of_arrays(unpack(TIMELINE.read_bytes())))
