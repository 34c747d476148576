"""How well speech rebuilt from stored frames is understood, and whether it passes for the speaker.

Each speaker enrols with two takes of six digits. Somebody who has the stored frames of the first
takes makes sound of them; its intelligibility is measured against the recording (STOI), and three
digits of it go through the front end again as an attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pystoi import stoi

from cepstra.evaluation.nearest_words import NearestWords
from cepstra.evaluation.reconstruction import rebuild, spectra, with_phases
from cepstra.evaluation.system import RecordedTake, System
from cepstra.evaluation.systems import REGISTRY
from cepstra.frontend import extract, page_definition, rounded, speech_span
from cepstra.frontend.audio import read_audio

Array = NDArray[np.float64]

DEFINITION = page_definition()
DIGITS = range(6)
ATTEMPT_DIGITS = 3
N_TAKES = 3
FEW_CEPSTRA = 13
LIVE = "the speaker, saying the digits again"
NEAREST = "somebody else's word of the nearest embedding"
STRANGER = "another speaker's stored frames, other digits"


@dataclass
class ReconstructionFindings:
    """Of one way to get sound: STOI and ESTOI of each speaker, and who was accepted."""

    stoi: list[float] = field(default_factory=list)
    estoi: list[float] = field(default_factory=list)
    accepted: list[bool] = field(default_factory=list)


def _from_magnitudes(samples: Array) -> Array:
    return with_phases(np.abs(spectra(samples, DEFINITION)), DEFINITION)


def _from_cepstra(samples: Array, n_cepstra: int = 20) -> Array:
    carried = rounded(extract(samples)).mfcc
    return rebuild(carried[:, :n_cepstra].astype(np.float32).astype(float), DEFINITION)


WAYS: Mapping[str, Callable[[Array], Array]] = {
    "spectra without phases": _from_magnitudes,
    "stored frames (20 cepstra)": _from_cepstra,
    "only 13 cepstra of them": partial(_from_cepstra, n_cepstra=FEW_CEPSTRA),
}


def has_enough(folder: Path) -> bool:
    """Tell whether a speaker's folder has three takes of every digit."""
    return all(len(list(folder.glob(f"{digit}_*.flac"))) >= N_TAKES for digit in DIGITS)


def study(
    folders: Sequence[Path], words: NearestWords, advance: Callable[[], None]
) -> dict[str, ReconstructionFindings]:
    """Rebuild the first takes of every speaker in every way.

    Args:
        folders: one a speaker, with files DIGIT_SPEAKER_TAKE.flac, see `has_enough`.
        words: of other people, for whoever has embeddings and no frames.
        advance: called after each speaker.

    Raises:
        cepstra.frontend.audio.AudioError: a recording is broken.
    """
    system = REGISTRY["gmm-ubm"]()
    findings = {name: ReconstructionFindings() for name in (LIVE, *WAYS, NEAREST, STRANGER)}
    others = _rebuilt_digits(folders[-1])
    for folder in folders:
        spoken = [_speech(folder, digit, 0) for digit in DIGITS]
        second = [_speech(folder, digit, 1) for digit in DIGITS]
        again = [_speech(folder, digit, 2) for digit in DIGITS]
        model = system.enrol([*_takes(spoken), *_takes(second)])
        findings[LIVE].accepted.append(_is_accepted(system, model, again))
        sounds = {name: [make(s) for s in spoken] for name, make in WAYS.items()}
        mine = sounds["stored frames (20 cepstra)"]
        sounds[NEAREST] = [words.rebuild(samples) for samples in spoken]
        sounds[STRANGER], others = others, mine[1:] + mine[:1]
        for name, sound in sounds.items():
            _measure(findings[name], spoken, sound)
            findings[name].accepted.append(_is_accepted(system, model, sound))
        advance()
    return findings


def _measure(found: ReconstructionFindings, spoken: list[Array], sound: list[Array]) -> None:
    original = np.concatenate(spoken)
    fitted = np.concatenate([np.resize(s, len(o)) for s, o in zip(sound, spoken, strict=True)])
    rate_hz = DEFINITION.sample_rate_hz
    found.stoi.append(float(stoi(original, fitted, rate_hz)))
    found.estoi.append(float(stoi(original, fitted, rate_hz, extended=True)))


def _is_accepted(system: System, model: object, sound: Sequence[Array]) -> bool:
    attempt = _takes(sound)[:ATTEMPT_DIGITS]
    (score,), (threshold,) = system.scores_and_thresholds([model], attempt)
    return bool(score >= threshold)


def _takes(sound: Sequence[Array]) -> list[RecordedTake]:
    return [RecordedTake(rounded(extract(samples)), digit) for digit, samples in enumerate(sound)]


def _speech(folder: Path, digit: int, take: int) -> Array:
    """The samples under the frames that the page would send of a recording."""
    path = sorted(folder.glob(f"{digit}_*.flac"))[take]
    samples = read_audio(path, DEFINITION.sample_rate_hz)
    span = speech_span(extract(samples).energy)
    hop = DEFINITION.hop_samples
    return samples[span.start * hop : (span.stop - 1) * hop + DEFINITION.frame_samples]


def _rebuilt_digits(folder: Path) -> list[Array]:
    """Stored frames of a speaker as sound, each digit in the place of the one before it."""
    make = WAYS["stored frames (20 cepstra)"]
    rebuilt = [make(_speech(folder, digit, 0)) for digit in DIGITS]
    return rebuilt[1:] + rebuilt[:1]
