"""Cepstra of a recording as a whole, pauses and all, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.definition import FrontEndDefinition, page_definition
from cepstra.frontend.message import rounded
from cepstra.frontend.mfcc import FRAMES_AT_ONCE, extract

Samples = NDArray[np.float32]


def stream_cepstra(
    blocks: Iterable[Samples], definition: FrontEndDefinition | None = None
) -> Iterator[NDArray[np.float32]]:
    """Hand out (T, coefficients) cepstra of a stream, rounded as a message carries them.

    One behind the other they are those of `extract` on the whole recording.

    Args:
        blocks: (n,) samples each, at the definition's rate.
        definition: the front end; the page's own when omitted.
    """
    definition = definition or page_definition()
    hop, length = definition.hop_samples, definition.frame_samples
    at_once = (FRAMES_AT_ONCE - 1) * hop + length
    waiting: list[Samples] = []
    n_waiting = 0
    for block in blocks:
        waiting.append(block)
        n_waiting += len(block)
        if n_waiting < at_once:
            continue
        samples = np.concatenate(waiting)
        n_frames = 1 + (len(samples) - length) // hop
        yield _cepstra(samples, definition)
        waiting = [samples[n_frames * hop :]]
        n_waiting = len(waiting[0])
    if n_waiting >= length:
        yield _cepstra(np.concatenate(waiting), definition)


def _cepstra(samples: Samples, definition: FrontEndDefinition) -> NDArray[np.float32]:
    features = rounded(extract(samples.astype(np.float64), definition), definition)
    return features.mfcc.astype(np.float32)
