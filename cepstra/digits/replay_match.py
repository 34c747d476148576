"""Recognise frames that are a copy of earlier ones, altered or not.

Nobody says a word twice alike frame by frame. A fifth of a second of two takes, laid over each
other at the best lag, correlates less than a copy does, even a copy that was made louder,
shifted, cut, rounded or covered with a little noise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

N_COEFFICIENTS = 12
WINDOW_FRAMES = 20
SHORTEST_WINDOW_FRAMES = 10
STEP_FRAMES = 6
MOST_STRETCHES = 48  # of a message longer than 3 s fewer than one every 6 frames are compared
LIFTER_EXPONENT = 0.8
LARGEST_CEPSTRUM = 1e4
LIVELY_SHARE = 0.5  # of the movement in a message's liveliest stretch; silence is like silence
STILL = 1e-3  # less movement than this resembles nothing
# Takes of one background or fsdd speaker reach 0.956; less speech agrees more easily.
COPY_CORRELATION = 0.97
SHORT_COPY_CORRELATION = 0.975

FloatArray = NDArray[np.float32]
Fingerprint = NDArray[np.float16]


def fingerprint(mfcc: NDArray[np.floating]) -> Fingerprint:
    """(T, 12) what is kept of cepstra (T, D >= 2) to recognise copies by; c0, loudness, is not.

    With fewer than 13 coefficients the rest is zero.
    """
    kept = np.clip(mfcc[:, 1 : N_COEFFICIENTS + 1], -LARGEST_CEPSTRUM, LARGEST_CEPSTRUM)
    return np.pad(kept, ((0, 0), (0, N_COEFFICIENTS - kept.shape[1]))).astype(np.float16)


def matches(new: Sequence[Fingerprint], known: Sequence[Fingerprint]) -> NDArray[np.bool_]:
    """Tell which messages copy which known ones.

    Lively stretches of a message, one every 6 frames, are laid over the known message at all
    lags and at those halfway between frames. A stretch has 20 frames; where a message is
    shorter, all are compared over its length too, more strictly. The correlation is that of the
    twelve trajectories, each without its mean.

    Args:
        new: fingerprints (T_i, 12) of n messages.
        known: fingerprints (T_j, 12) of m messages.

    Returns:
        (n, m); false where either is shorter than 10 frames.
    """
    found = np.zeros((len(new), len(known)), dtype=bool)
    for n_frames in sorted({min(WINDOW_FRAMES, len(one)) for one in [*new, *known]}):
        rows = [i for i, one in enumerate(new) if len(one) >= n_frames]
        columns = [i for i, one in enumerate(known) if len(one) >= n_frames]
        if rows and n_frames >= SHORTEST_WINDOW_FRAMES:
            stretches = [_lively_stretches(new[row], n_frames) for row in rows]
            for column in columns:
                found[rows, column] |= _overlaps(stretches, known[column], n_frames)
    return found


def _overlaps(
    stretches: Sequence[FloatArray], other: Fingerprint, n_frames: int
) -> NDArray[np.bool_]:
    limit = COPY_CORRELATION if n_frames == WINDOW_FRAMES else SHORT_COPY_CORRELATION
    frames = other.astype(np.float32)
    halfway = (frames[1:] + frames[:-1]) * np.float32(0.5)
    everywhere = np.concatenate([_windows(moved, n_frames) for moved in (frames, halfway)])
    best = (np.concatenate(stretches) @ _unit(everywhere).T).max(axis=1)
    ends = np.cumsum([len(part) for part in stretches])[:-1]
    return np.array([part.max() >= limit for part in np.split(best, ends)])


def _lively_stretches(message: Fingerprint, n_frames: int) -> FloatArray:
    """Every sixth window or, of very many, fewer; the last one; none that hardly moves."""
    windows = _windows(message.astype(np.float32), n_frames)
    step = max(STEP_FRAMES, -(-len(windows) // MOST_STRETCHES))
    rows = np.unique([*range(0, len(windows), step), len(windows) - 1])
    movement = np.linalg.norm(windows[rows], axis=1)
    return _unit(windows[rows][movement >= LIVELY_SHARE * movement.max()])


def _windows(frames: NDArray[np.floating], n_frames: int) -> FloatArray:
    """(n, n_frames * 12) mean-free trajectories, from each frame that a whole window follows."""
    if len(frames) < n_frames:
        return np.zeros((0, n_frames * N_COEFFICIENTS), dtype=np.float32)
    lifter = np.arange(1, N_COEFFICIENTS + 1, dtype=np.float32) ** np.float32(LIFTER_EXPONENT)
    windows = np.lib.stride_tricks.sliding_window_view(frames * lifter, n_frames, axis=0)
    centred = windows - windows.mean(axis=2, keepdims=True)
    flat: FloatArray = centred.reshape(len(windows), -1)
    return flat


def _unit(windows: FloatArray) -> FloatArray:
    norms = np.linalg.norm(windows, axis=1, keepdims=True)
    result: FloatArray = np.where(norms > STILL, windows / np.maximum(norms, STILL), 0)
    return result
