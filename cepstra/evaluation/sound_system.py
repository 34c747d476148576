"""CAM++ from the sound itself: what the cepstra are measured against; never in the service."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.system import RecordedTake, System
from cepstra.frontend import FrontEndDefinition, page_definition

FloatArray = NDArray[Any]
MEL_BANDS = 80
NETWORK = Path("build/campplus-sound.onnx")  # as `cepstra export-teacher` writes it


class SoundSystem(System):
    """One embedding of all enrolment takes, one of an attempt; the score is their cosine.

    It has no threshold of its own, so there is neither FAR nor FRR.
    """

    def __init__(self, network: Path = NETWORK) -> None:
        """Find the network, (1, T, 80) log mel energies without their mean to (1, 192).

        Raises:
            ValueError: there is no such file.
        """
        if not network.is_file():
            raise ValueError(f"{network} is missing: make teacher")
        self.definition = page_definition()
        self.of_sound = log_mel
        self._network = network

    def enrol(self, takes: Sequence[RecordedTake]) -> FloatArray:
        """(192,) unit vector of all takes together."""
        bands = np.concatenate([np.asarray(take.of_sound) for take in takes])
        vector = self._session.run(None, {"input": (bands - bands.mean(axis=0))[None]})[0][0]
        return np.asarray(vector / np.linalg.norm(vector))

    def scores(
        self, models: Sequence[FloatArray], takes: Sequence[RecordedTake]
    ) -> NDArray[np.float64]:
        """The (M,) cosines of the attempt against M speakers."""
        return np.array(models) @ self.enrol(takes)

    def __getstate__(self) -> dict[str, Any]:
        """Travel to a worker without the session."""
        return {name: value for name, value in vars(self).items() if name != "_session"}

    @cached_property
    def _session(self) -> Any:
        from cepstra.neural.runtime import open_session

        return open_session(self._network.read_bytes())


def log_mel(
    samples: FloatArray, definition: FrontEndDefinition | None = None
) -> NDArray[np.float32]:
    """(T, 80) log mel energies of a recording as Kaldi computes them, without dither."""
    import kaldi_native_fbank

    rate_hz = (definition or page_definition()).sample_rate_hz
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0.0
    options.frame_opts.samp_freq = rate_hz
    options.mel_opts.num_bins = MEL_BANDS
    fbank = kaldi_native_fbank.OnlineFbank(options)
    fbank.accept_waveform(rate_hz, samples.astype(np.float32).tolist())
    fbank.input_finished()
    return np.stack([fbank.get_frame(i) for i in range(fbank.num_frames_ready)])
