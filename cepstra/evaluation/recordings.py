"""Features of many recordings, computed once and in parallel."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.parts import whole_path
from cepstra.evaluation.protocol import digit_of
from cepstra.evaluation.takes import RecordedTake
from cepstra.frontend import Features, FrontEndDefinition, extract, rounded
from cepstra.frontend.audio import AudioError, read_audio
from cepstra.frontend.lpc import utterance_lpc
from cepstra.jobs.engine import Engine, batches
from cepstra.jobs.single_process import SingleProcess

Array = NDArray[np.float64]
Progress = Callable[[int], None]
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
        self._lpc: dict[tuple[FrontEndDefinition, Path], Array] = {}

    def missing(
        self, paths: Iterable[Path], definition: FrontEndDefinition, wants_lpc: bool = False
    ) -> list[Path]:
        """The paths that have to be heard, each once."""
        unique = dict.fromkeys(paths)
        without = [p for p in unique if (definition, p) not in self._features]
        return without if not wants_lpc else self._without_lpc(unique, definition, without)

    def takes(
        self,
        recordings: Mapping[str, Path],
        definition: FrontEndDefinition,
        on_progress: Progress | None = None,
        wants_lpc: bool = False,
    ) -> dict[str, RecordedTake]:
        """Takes of named recordings.

        Args:
            recordings: name in the protocol -> sound file.
            definition: the front end.
            on_progress: called with the number of files done since the last call.
            wants_lpc: whether predictor coefficients are needed.

        Raises:
            AudioError: a file is broken or shorter than one frame.
        """
        for error in self.hear(recordings.values(), definition, on_progress, wants_lpc):
            raise error
        return {name: self._take(path, definition) for name, path in recordings.items()}

    def hear(
        self,
        paths: Iterable[Path],
        definition: FrontEndDefinition,
        on_progress: Progress | None = None,
        wants_lpc: bool = False,
    ) -> Iterator[AudioError]:
        """Hear what was not heard yet and yield what is wrong with a file, one error a file.

        The arguments are those of `takes`.
        """
        listed = list(paths)
        unknown = set(self.missing(listed, definition))
        by_file: dict[Path, list[Path]] = {}
        for path in self.missing(listed, definition, wants_lpc):
            by_file.setdefault(whole_path(path)[0], []).append(path)
        heard_as = definition if self._step is None else replace(definition, step=self._step)
        jobs = [
            Job(file, parts, heard_as, [part in unknown for part in parts], wants_lpc)
            for file, parts in by_file.items()
        ]
        for job, heard in zip(jobs, self._heard(jobs), strict=True):
            if on_progress:
                on_progress(len(job.parts))
            if isinstance(heard, AudioError):
                yield heard
                continue
            for path, (features, lpc) in zip(job.parts, heard, strict=True):
                if features is not None:
                    self._features[definition, path] = features
                if lpc is not None:
                    self._lpc[definition, path] = lpc

    def features(self, path: Path, definition: FrontEndDefinition) -> Features | None:
        """Return the features of a file that was heard; None where it could not be."""
        return self._features.get((definition, path))

    def _without_lpc(
        self, paths: Iterable[Path], definition: FrontEndDefinition, without: list[Path]
    ) -> list[Path]:
        unknown = set(without)
        return [p for p in paths if p in unknown or (definition, p) not in self._lpc]

    def _take(self, path: Path, definition: FrontEndDefinition) -> RecordedTake:
        key = definition, path
        return RecordedTake(self._features[key], digit_of(path.name), self._lpc.get(key))

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
        wants_features: of each part.
        wants_lpc: of all.
    """

    file: Path
    parts: Sequence[Path]
    definition: FrontEndDefinition
    wants_features: Sequence[bool]
    wants_lpc: bool


Heard = list[tuple[Features | None, Array | None]] | AudioError


def _hear_all(jobs: Sequence[Job]) -> list[Heard]:
    return [_hear(job) for job in jobs]


def _hear(job: Job) -> Heard:
    """Features, rounded as a message carries them, and predictor coefficients, where wanted."""
    definition = job.definition
    try:
        samples = read_audio(job.file, definition.sample_rate_hz)
    except AudioError as error:
        return error
    heard: list[tuple[Features | None, Array | None]] = []
    for path, wants_features in zip(job.parts, job.wants_features, strict=True):
        _, span = whole_path(path)
        start, stop = (round(at_s * definition.sample_rate_hz) for at_s in span or (0, 0))
        part = samples[start:stop] if span else samples
        if len(part) < definition.frame_samples:
            text = f"{path}: shorter than one frame of {definition.frame_samples} samples"
            return AudioError(text)
        features = rounded(extract(part, definition), definition) if wants_features else None
        heard.append((features, utterance_lpc(part, definition) if job.wants_lpc else None))
    return heard
