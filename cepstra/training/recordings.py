"""Read the background corpora and extract every recording in every condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cepstra.evaluation.kept_speakers import KEPT_CORPORA, is_kept
from cepstra.evaluation.protocol import digit_of
from cepstra.frontend import extract, page_definition, rounded
from cepstra.frontend.audio import read_audio
from cepstra.frontend.margins import with_margins
from cepstra.jobs.engine import Advance, Engine, batches, unwatched
from cepstra.training.augmentation import CLEAN, CONDITIONS, simulate
from cepstra.training.sessions import NETWORK_HELD_OUT_SHARE, Utterance, is_held_out

CORPORA = ("speech_commands", "librispeech", "an4")
BATCH_FILES = 32


@dataclass(frozen=True)
class Recording:
    """A sound file of the corpora.

    Attributes:
        corpus: name of the corpus.
        path: the file, SPEAKER/NAME.flac.
        name: of the speaker; without, the folder's.
        most_pieces: of a long recording that are used; None for all.
    """

    corpus: str
    path: Path
    name: str = ""
    most_pieces: int | None = None

    @property
    def speaker(self) -> str:
        """The speaker's name."""
        return self.name or self.path.parent.name

    @property
    def digit(self) -> int | None:
        """The digit in a name such as 7_SPEAKER_0; None for other names."""
        return digit_of(self.path.name)


def find_recordings(corpora: Path, names: Sequence[str] = CORPORA) -> list[Recording]:
    """All recordings of the background speakers, in a fixed order.

    Args:
        corpora: folder with CORPUS/background/SPEAKER/NAME.flac.
        names: of the corpora.

    Raises:
        FileNotFoundError: a corpus is missing or empty.
    """
    result: list[Recording] = []
    for corpus in names:
        folder = corpora / corpus / "background"
        paths = sorted(folder.glob("*/*.flac"))
        if not paths:
            raise FileNotFoundError(f"{folder}: no recordings")
        result += [Recording(corpus, path) for path in paths]
    return result


def calibration_recordings(corpora: Path, seed: int) -> list[Recording]:
    """Those of speakers that mixtures and networks are kept from; raises as `find_recordings`."""
    found = find_recordings(corpora, CORPORA)
    kept = [r for r in found if is_held_out(r.speaker, seed, NETWORK_HELD_OUT_SHARE)]
    found = find_recordings(corpora, list(KEPT_CORPORA))
    return kept + [r for r in found if is_kept(r.corpus, r.speaker)]


def read_utterances(
    recordings: Sequence[Recording],
    seed: int,
    engine: Engine,
    progress: Advance = unwatched,
) -> list[Utterance]:
    """Cepstra of recordings in all conditions, as messages carry them.

    Args:
        recordings: the files.
        seed: of the simulated devices and noises.
        engine: what the work runs on; its workers read the files.
        progress: called with the number of recordings done since the last call.

    Raises:
        cepstra.frontend.AudioError: a file is broken.
    """
    result: list[Utterance] = []
    for heard in engine.map(_utterances, batches(recordings, BATCH_FILES), seed):
        result += heard
        progress(len(heard))
    return [u for u in result if len(u.mfcc[CLEAN])]


def _utterances(recordings: Sequence[Recording], seed: int) -> list[Utterance]:
    return [_utterance(recording, seed) for recording in recordings]


def _utterance(recording: Recording, seed: int) -> Utterance:
    definition = page_definition()
    samples = with_margins(read_audio(recording.path, definition.sample_rate_hz), definition)
    mfcc = {}
    for condition in (CLEAN, *CONDITIONS):
        heard = simulate(samples, condition, recording.speaker, recording.path.stem, seed)
        mfcc[condition] = rounded(extract(heard)).mfcc.astype(np.float32)
    return Utterance(recording.corpus, recording.speaker, recording.digit, mfcc)
