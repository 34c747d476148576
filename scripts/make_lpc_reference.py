"""Write tests/lpc_librosa.json: what librosa 0.11.0 makes of signals that anybody can make again.

Librosa brings a compiler along (numba, LLVM), so it is not among the development requirements:
    pip install --target build/librosa librosa==0.11.0
    PYTHONPATH=build/librosa python scripts/make_lpc_reference.py
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

TARGET = Path(__file__).resolve().parent.parent / "tests" / "lpc_librosa.json"
ORDER = 12


def signals() -> dict[str, NDArray[np.float64]]:
    """Noise, tones in noise, an impulse and vowels: pulses through three resonances."""
    rng = np.random.default_rng(12)
    time_s = np.arange(8000) / 16_000
    tones = np.sin(2 * np.pi * 440 * time_s) + 0.5 * np.sin(2 * np.pi * 1900 * time_s)
    made = {
        "white noise": rng.standard_normal(8000),
        "tones in noise": tones + 0.01 * rng.standard_normal(8000),
        "impulse": np.eye(1, 400, 200)[0] + 1e-6 * rng.standard_normal(400),
        "thirteen samples": rng.standard_normal(13),
    }
    for pitch_hz, formants_hz in ((110, (700, 1200, 2500)), (220, (300, 2300, 3000))):
        pulses = (np.diff(np.floor(time_s * pitch_hz), prepend=0.0) > 0).astype(float)
        made[f"vowel of {pitch_hz} Hz"] = _resonant(pulses, formants_hz)
    return made


def _resonant(pulses: NDArray[np.float64], formants_hz: tuple[int, ...]) -> NDArray[np.float64]:
    sound = pulses
    for formant_hz in formants_hz:
        angle, radius = 2 * np.pi * formant_hz / 16_000, 0.97
        sound = np.asarray(lfilter([1], [1, -2 * radius * np.cos(angle), radius**2], sound))
    return sound


def main() -> None:
    """Compute and write the coefficients after the leading 1."""
    import librosa

    found = {name: librosa.lpc(x, order=ORDER)[1:].tolist() for name, x in signals().items()}
    TARGET.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
