"""The timeline's parameters in models/."""

from __future__ import annotations

from cepstra.gmm.fusion_scorer import FusionScorer
from cepstra.store.arrays import unpack
from cepstra.timeline import Diarizer
from cepstra.timeline.regressions import Regressions
from cepstra.verification.shipped import MODELS

TIMELINE = MODELS / "timeline.safetensors"


def load_diarizer(scorer: FusionScorer) -> Diarizer:
    """What tells voices apart by the networks of a scorer and the shipped regressions.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it is not what this code expects, or the scorer lacks a network.
    """
    return Diarizer(scorer, Regressions.of_arrays(unpack(TIMELINE.read_bytes())))
