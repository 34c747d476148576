"""Attempts in segments of a fixed length: whom a classifier takes the voice for, over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.identification import attempts_of
from cepstra.evaluation.parts import part_name, whole_path
from cepstra.evaluation.protocol import ProtocolError, Trial
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import Experiment
from cepstra.frontend import page_definition
from cepstra.frontend.margins import own_frames
from cepstra.gmm.speech import speech_mask

LEAST_SPEECH_S = 0.3


@dataclass(frozen=True)
class Segment:
    """A part of an attempt.

    Attributes:
        attempt: number of the attempt among the own ones.
        file: recording, or part of one, that it lies in.
        start_s: where, from the beginning of the file.
        end_s: likewise.
    """

    attempt: int
    file: str
    start_s: float
    end_s: float


def segments_of(experiment: Experiment, cache: FeatureCache, length_s: float) -> list[Segment]:
    """Return the segments of all own attempts that hold 0.3 s of speech or more.

    Args:
        experiment: whose attempts were heard by the cache.
        cache: knows the page's features of them.
        length_s: of a segment; the last of a file may be shorter.

    Raises:
        ProtocolError: no segment holds that much.
    """
    definition = page_definition()
    per_s = definition.frames_per_second
    found = []
    for number, (_, files) in enumerate(attempts_of(experiment.trials)):
        for file in files:
            path = experiment.test_paths[file]
            features, (_, span) = cache.features(path, definition), whole_path(path)
            heard = speech_mask(features.mfcc) if features else np.zeros(0, dtype=bool)
            mask = heard[own_frames(definition)]
            for start, stop in _spans(mask, round(length_s * per_s), LEAST_SPEECH_S * per_s):
                from_s, to_s = ((span[0] if span else 0.0) + at / per_s for at in (start, stop))
                found.append(Segment(number, file, from_s, to_s))
    if not found:
        raise ProtocolError(f"expected attempts with {LEAST_SPEECH_S} s of speech, found none")
    return found


def _spans(mask: NDArray[np.bool_], length: int, least: float) -> list[tuple[int, int]]:
    spans = ((start, min(start + length, len(mask))) for start in range(0, len(mask), length))
    return [(start, stop) for start, stop in spans if np.count_nonzero(mask[start:stop]) >= least]


def as_experiment(experiment: Experiment, segments: Sequence[Segment]) -> Experiment:
    """Return the experiment with each segment as an attempt of its own."""
    speakers = [speaker for speaker, _ in attempts_of(experiment.trials)]
    trials, paths = [], {}
    for segment in segments:
        whole, _ = whole_path(experiment.test_paths[segment.file])
        path = whole.with_name(part_name(whole.name, (segment.start_s, segment.end_s)))
        who = speakers[segment.attempt]
        trials.append(Trial(who, who, True, (str(path),)))
        paths[str(path)] = path
    return replace(experiment, trials=trials, test_paths=paths)
