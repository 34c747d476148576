"""Make the example messages of the README from real recordings: features, no sound.

    python scripts/make_messages.py [--shared ../shared]

Writes mfcc_train.json (twelve digits of one speaker), mfcc_test.json (twelve other takes of the
same digits and speaker) and mfcc_other_speaker.json (twelve digits of somebody else).
The speakers are not picked for their scores: the first of the corpus in alphabetical order, and
the next one whose median pitch lies within 15% of the first one's.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cepstra.frontend import (  # noqa: E402  (run as a script, the root is not on the path before)
    Features,
    concatenate,
    extract,
    page_definition,
    speech_span,
    to_message,
)
from cepstra.frontend.audio import read_audio  # noqa: E402

ATTRIBUTION = (
    'Made from recordings of Pete Warden, "Speech Commands: A Dataset for Limited-Vocabulary '
    'Speech Recognition", 2018, CC BY 4.0. The messages hold features only.'
)
DIGITS = range(6)
SIMILAR_PITCH = 0.15
VOICED_CORRELATION = 0.5


def main() -> None:
    """Write the three messages to the repository root and say where they come from."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = os.environ.get("CEPSTRA_SHARED", ROOT.parent / "shared")
    parser.add_argument("--shared", type=Path, default=Path(default), help="shared material")
    corpus = parser.parse_args().shared / "corpora" / "speech_commands" / "dev"
    if not corpus.is_dir():
        sys.exit(f"{corpus}: no such folder; the recordings are needed to make the messages")
    folders = sorted(path for path in corpus.iterdir() if path.is_dir())
    speaker, other = folders[0], next_of_similar_pitch(folders)
    print(ATTRIBUTION)
    write_message("mfcc_train.json", takes(speaker, (0, 1)))
    write_message("mfcc_test.json", takes(speaker, (2, 3)))
    write_message("mfcc_other_speaker.json", takes(other, (0, 1)))


def takes(folder: Path, numbers: tuple[int, ...]) -> list[Path]:
    """The files of the given take numbers of each digit."""
    return [folder / f"{d}_{folder.name}_{number}.flac" for number in numbers for d in DIGITS]


def next_of_similar_pitch(folders: list[Path]) -> Path:
    """The first folder after folders[0] whose speaker's median pitch is close to the first's."""
    wanted_hz = median_pitch_hz(folders[0])
    for folder in folders[1:]:
        if abs(median_pitch_hz(folder) / wanted_hz - 1) <= SIMILAR_PITCH:
            return folder
    raise ValueError("no other speaker of similar pitch")


def median_pitch_hz(folder: Path) -> float:
    """Median over the voiced frames of a speaker's first take of each digit."""
    pitches = [frame_pitches_hz(read_audio(path)) for path in takes(folder, (0,))]
    return float(np.median(np.concatenate(pitches)))


def frame_pitches_hz(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pitch of each voiced frame: the highest autocorrelation peak between 60 and 400 Hz."""
    rate_hz = page_definition().sample_rate_hz
    frames = np.lib.stride_tricks.sliding_window_view(samples, 1024)[::160]
    frames = frames - frames.mean(axis=1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(frames, 2048, axis=1)) ** 2
    correlation = np.fft.irfft(spectrum, axis=1)
    shortest, longest = rate_hz // 400, rate_hz // 60
    lags = correlation[:, shortest : longest + 1] / np.maximum(correlation[:, :1], 1e-12)
    loud = correlation[:, 0] > 0.05 * correlation[:, 0].max()
    voiced = loud & (lags.max(axis=1) > VOICED_CORRELATION)
    return np.asarray(rate_hz / (shortest + lags[voiced].argmax(axis=1)))


def write_message(name: str, paths: list[Path]) -> None:
    """Join the speech of several takes into one message without a digit."""
    parts: list[Features] = []
    for path in paths:
        features = extract(read_audio(path))
        parts.append(features[speech_span(features.energy)])
    joined = concatenate(parts)
    message = to_message(joined, wanted=("energy", "zcr"))
    target = ROOT / name
    target.write_text(json.dumps(message, separators=(",", ":")) + "\n", encoding="utf-8")
    seconds = len(joined) / page_definition().frames_per_second
    size_kb = target.stat().st_size / 1000
    speaker = paths[0].parent.name
    print(f"{name}: {len(paths)} takes of {speaker}, {seconds:.1f} s, {size_kb:.0f} kB")


if __name__ == "__main__":
    main()
