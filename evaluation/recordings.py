"""Features of many recordings, computed once and in parallel."""

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from evaluation.protocol import digit_of
from evaluation.systems import Take
from features import Features, FrontEndDefinition, extract, rounded
from features.audio import AudioError, read_audio

Progress = Callable[[int], None]
CHUNK_FILES = 16


class FeatureCache:
    """Takes by front end and path, kept in memory as long as the object lives."""

    def __init__(self, processes: int = 2) -> None:
        self._processes = max(1, min(processes, os.cpu_count() or 1))
        self._takes: dict[tuple[FrontEndDefinition, Path], Take] = {}

    def missing(self, paths: Iterable[Path], definition: FrontEndDefinition) -> list[Path]:
        """The paths whose features are not there yet, each once."""
        return [p for p in dict.fromkeys(paths) if (definition, p) not in self._takes]

    def takes(
        self,
        recordings: Mapping[str, Path],
        definition: FrontEndDefinition,
        on_progress: Progress | None = None,
    ) -> dict[str, Take]:
        """Takes of named recordings.

        Args:
            recordings: name in the protocol -> sound file.
            definition: the front end.
            on_progress: called with the number of files done since the last call.

        Raises:
            AudioError: a file is broken or shorter than one frame.
        """
        todo = self.missing(recordings.values(), definition)
        for path, features in zip(todo, self._extract(todo, definition), strict=True):
            digit = digit_of(path.name)
            self._takes[definition, path] = Take(features, digit)
            if on_progress:
                on_progress(1)
        return {name: self._takes[definition, path] for name, path in recordings.items()}

    def _extract(self, paths: list[Path], definition: FrontEndDefinition) -> Iterable[Features]:
        definitions = [definition] * len(paths)
        if self._processes == 1 or len(paths) <= CHUNK_FILES:
            yield from map(message_features, paths, definitions)
            return
        with ProcessPoolExecutor(self._processes) as pool:
            yield from pool.map(message_features, paths, definitions, chunksize=CHUNK_FILES)


def message_features(path: Path, definition: FrontEndDefinition) -> Features:
    """A recording's features, rounded as a message carries them.

    Raises:
        AudioError: the file is broken or shorter than one frame.
    """
    samples = read_audio(path, definition.sample_rate_hz)
    if len(samples) < definition.frame_samples:
        raise AudioError(f"{path}: shorter than one frame of {definition.frame_samples} samples")
    return rounded(extract(samples, definition), definition)
