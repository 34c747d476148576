"""Features of many recordings, computed once and in parallel."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.parts import whole_path
from cepstra.evaluation.protocol import digit_of
from cepstra.evaluation.system import OfSound, RecordedTake
from cepstra.frontend import Features, FrontEndDefinition, extract, rounded
from cepstra.frontend.audio import AudioError, read_audio
from cepstra.frontend.margins import with_margins
from cepstra.jobs.engine import Advance, Engine, batches, unwatched
from cepstra.jobs.single_process import SingleProcess

Array = NDArray[np.float64]
BATCH_FILES = 16


class FeatureCache:
    """Takes by front end and path, kept in memory as long as the object lives."""

    def __init__(self, engine: Engine | None = None, step: float | None = None) -> None:
        """Keep what decides how recordings are heard.

        Args:
            engine: what hears them; without one, this process.
            step: to which coefficients are rounded in place of the front end's; 0: not at all.
        """
        self.engine: Engine = engine or SingleProcess()
        self._step = step
        self._features: dict[tuple[FrontEndDefinition, Path], Features] = {}
        self._of_sound: dict[tuple[OfSound, FrontEndDefinition, Path], Array] = {}

    def missing(
        self,
        paths: Iterable[Path],
        definition: FrontEndDefinition,
        of_sound: OfSound | None = None,
    ) -> list[Path]:
        """The paths that have to be heard, each once."""
        return [
            path
            for path in dict.fromkeys(paths)
            if (definition, path) not in self._features
            or (of_sound and (of_sound, definition, path) not in self._of_sound)
        ]

    def takes(
        self,
        recordings: Mapping[str, Path],
        definition: FrontEndDefinition,
        on_progress: Advance = unwatched,
        of_sound: OfSound | None = None,
    ) -> dict[str, RecordedTake]:
        """Takes of named recordings.

        Args:
            recordings: name in the protocol -> sound file.
            definition: the front end.
            on_progress: called with the number of files done since the last call.
            of_sound: what is needed of the sound beside its features.

        Raises:
            AudioError: a file is broken or shorter than one frame.
        """
        for error in self.hear(recordings.values(), definition, on_progress, of_sound):
            raise error
        return {name: self._take(path, definition, of_sound) for name, path in recordings.items()}

    def hear(
        self,
        paths: Iterable[Path],
        definition: FrontEndDefinition,
        on_progress: Advance = unwatched,
        of_sound: OfSound | None = None,
    ) -> Iterator[AudioError]:
        """Hear what was not heard yet and yield what is wrong with a file, one error a file.

        The arguments are those of `takes`.
        """
        by_file: dict[Path, list[Path]] = {}
        for path in self.missing(paths, definition, of_sound):
            by_file.setdefault(whole_path(path)[0], []).append(path)
        heard_as = definition if self._step is None else replace(definition, step=self._step)
        jobs = [Job(file, parts, heard_as, of_sound) for file, parts in by_file.items()]
        for job, heard in zip(jobs, self._heard(jobs), strict=True):
            on_progress(len(job.parts))
            if isinstance(heard, AudioError):
                yield heard
                continue
            for path, (features, beside) in zip(job.parts, heard, strict=True):
                self._features[definition, path] = features
                if of_sound and beside is not None:
                    self._of_sound[of_sound, definition, path] = beside

    def features(self, path: Path, definition: FrontEndDefinition) -> Features | None:
        """Return the features of a file that was heard; None where it could not be."""
        return self._features.get((definition, path))

    def _take(
        self, path: Path, definition: FrontEndDefinition, of_sound: OfSound | None
    ) -> RecordedTake:
        beside = self._of_sound[of_sound, definition, path] if of_sound else None
        return RecordedTake(self._features[definition, path], digit_of(path.name), beside)

    def _heard(self, jobs: Sequence["Job"]) -> Iterator["Heard"]:
        for heard in self.engine.map(_hear_all, batches(jobs, BATCH_FILES)):
            yield from heard


@dataclass(frozen=True)
class Job:
    """What is wanted of a file.

    Attributes:
        file: the recording.
        parts: the file itself, or parts of it.
        definition: the front end.
        of_sound: what of the sound of each part.
    """

    file: Path
    parts: Sequence[Path]
    definition: FrontEndDefinition
    of_sound: OfSound | None


Heard = list[tuple[Features, Array | None]] | AudioError


def _hear_all(jobs: Sequence[Job]) -> list[Heard]:
    return [_hear(job) for job in jobs]


def _hear(job: Job) -> Heard:
    """Features, rounded as a message carries them, and what is wanted of the sound."""
    definition = job.definition
    try:
        samples = read_audio(job.file, definition.sample_rate_hz)
    except AudioError as error:
        return error
    heard: list[tuple[Features, Array | None]] = []
    for path in job.parts:
        _, span = whole_path(path)
        start, stop = (round(at_s * definition.sample_rate_hz) for at_s in span or (0, 0))
        part = samples[start:stop] if span else samples
        if len(part) < definition.frame_samples:
            text = f"{path}: shorter than one frame of {definition.frame_samples} samples"
            return AudioError(text)
        beside = job.of_sound(part, definition) if job.of_sound else None
        # The page's own front end finds speech, and is given quiet around it as a page would.
        sound = with_margins(part, definition) if definition.endpointing else part
        features = extract(sound, definition)
        heard.append((rounded(features, definition), beside))
    return heard
