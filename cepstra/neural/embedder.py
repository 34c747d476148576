"""A shipped network: utterances in, one unit vector out, by ONNX Runtime on one thread."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.calibration import Calibration
from cepstra.neural.frames import network_input
from cepstra.neural.utterance import (
    FEWEST_FRAMES,
    Utterance,
    speech_frames,
    utterance_vector,
    vector_input,
)

FloatArray = NDArray[Any]
Sees = Literal["frames", "vector"]

METADATA_KEY = "cepstra"


@dataclass(frozen=True)
class Description:
    """What the file of a network says beside its weights.

    Attributes:
        family: name of the network's kind.
        frontend: id of the front end that it knows.
        sees: speech frames (1, T, 40) of `neural.frames.network_input`, or the utterance vector
            (1, 56) of `neural.utterance.vector_input`.
        centre: (20,) or (56,) what is subtracted from the frames or the vector.
        scale: the same shape; what they are divided by.
        rule: how an embedding is compared with a gallery; one of `neural.gallery_verifier.RULES`.
        calibration: of that comparison's score.
        seed: of the training.
    """

    family: str
    frontend: str
    sees: Sees
    centre: FloatArray
    scale: FloatArray
    rule: str
    calibration: Calibration
    seed: int

    def to_json(self) -> str:
        """As text, arrays as lists."""
        plain = {**vars(self), "calibration": vars(self.calibration)}
        return json.dumps(plain, default=lambda array: array.tolist())

    @classmethod
    def from_json(cls, text: str) -> Description:
        """What `to_json` wrote.

        Raises:
            TypeError: an attribute is missing or unknown.
        """
        plain: Mapping[str, Any] = json.loads(text)
        fitted: Mapping[str, Any] = plain["calibration"]
        weights, rates, llrs = (np.array(fitted[n]) for n in ("weights", "rates", "rate_llrs"))
        calibration = Calibration.without_allowance(weights, float(fitted["bias"]), rates, llrs)
        arrays = {name: np.array(plain[name]) for name in ("centre", "scale")}
        return cls(**{**plain, **arrays, "calibration": calibration})


class Embedder:
    """Runs a network; the runtime is imported on the first one."""

    def __init__(self, content: bytes) -> None:
        """Load a network.

        Args:
            content: an ONNX file with a `Description` in its metadata.

        Raises:
            ValueError: the file has no description.
        """
        from cepstra.neural.runtime import open_session

        self._content = content
        self._session = open_session(content)
        text = self._session.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
        if text is None:
            raise ValueError(f"content: the network has no metadata {METADATA_KEY!r}")
        self.description = Description.from_json(text)

    def __reduce__(self) -> tuple[type[Embedder], tuple[bytes]]:
        """Travel to a worker as the file, which a session of the runtime cannot."""
        return Embedder, (self._content,)

    def embed(self, utterances: Sequence[Utterance]) -> FloatArray | None:
        """(D,) unit vector of all utterances together; None where too little of them is speech."""
        if self.description.sees == "frames":
            return self.embed_frames(speech_frames(utterances))
        vector, n_speech = utterance_vector(utterances)
        return self.embed_vector(vector) if n_speech >= FEWEST_FRAMES else None

    def embed_frames(self, speech: FloatArray) -> FloatArray | None:
        """(D,) of speech frames (S, 20); None for fewer than eight."""
        if len(speech) < FEWEST_FRAMES:
            return None
        return self._run(network_input(speech, self.description.centre, self.description.scale))

    def embed_vector(self, vector: FloatArray) -> FloatArray:
        """(D,) of an utterance vector (56,)."""
        return self._run(vector_input(vector, self.description.centre, self.description.scale))

    def _run(self, values: FloatArray) -> FloatArray:
        name = self._session.get_inputs()[0].name
        return self._session.run(None, {name: values[None]})[0][0]
