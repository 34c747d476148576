"""Recognise frames that are a copy of earlier ones, altered or not.

Nobody says a word twice alike frame by frame. A fifth of a second of two takes, laid over each
other at the best lag, correlates less than a copy does, even a copy that was made louder,
shifted, cut, rounded or covered with a little noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

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
N_SLOW = 2
ROUNDING = 1e-3
MOST_CANDIDATES = 4096  # compared at once

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
        if rows and columns and n_frames >= SHORTEST_WINDOW_FRAMES:
            pair = [new[i] for i in rows], [known[i] for i in columns]
            found[np.ix_(rows, columns)] |= _overlaps(*pair, n_frames)
    return found


def _overlaps(
    new: Sequence[Fingerprint], known: Sequence[Fingerprint], n_frames: int
) -> NDArray[np.bool_]:
    limit = COPY_CORRELATION if n_frames == WINDOW_FRAMES else SHORT_COPY_CORRELATION
    parts = [_lively_stretches(one, n_frames) for one in new]
    stretches = np.concatenate(parts)
    owners = np.repeat(np.arange(len(new)), [len(part) for part in parts])
    frames = np.concatenate(known).astype(np.float32) * _lifter()
    message = np.repeat(np.arange(len(known)), [len(one) for one in known])
    halfway = (frames[1:] + frames[:-1]) * np.float32(0.5)
    between = np.where(message[1:] == message[:-1], message[1:], -1)
    found = np.zeros((len(new), len(known)), dtype=bool)
    for moved, of in ((frames, message), (halfway, between)):
        at, stretch = _candidates(moved, of, stretches, n_frames, limit)
        for start in range(0, len(at), MOST_CANDIDATES):
            some = slice(start, start + MOST_CANDIDATES)
            windows = _unit(_centred(moved[at[some, None] + np.arange(n_frames)]))
            alike = (windows * stretches[stretch[some]]).sum(axis=1) >= limit
            found[owners[stretch[some]][alike], of[at[some]][alike]] = True
    return found


def _candidates(
    frames: FloatArray, of: NDArray[np.int_], stretches: FloatArray, n_frames: int, limit: float
) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Return where windows begin that may correlate with a stretch so much, and with which.

    Of unit vectors u and v and their parts p and q in a subspace, u v is at most
    p q + sqrt(1 - p p) sqrt(1 - q q). The subspace holds the two slowest cosines of every
    trajectory, three fifths of the movement, and leaves next to nothing of other recordings.

    Args:
        frames: (N, 12) of several messages, one behind the other.
        of: (N,) the message of each, -1 of a frame between two.
        stretches: (S, 12 * n_frames) unit vectors.
        n_frames: of a window.
        limit: the least correlation looked for.

    Returns:
        Two arrays of the same length: first frames, and stretches.
    """
    n_windows = max(0, len(frames) - n_frames + 1)
    inside = (of[:n_windows] == of[n_frames - 1 :][:n_windows]) & (of[:n_windows] >= 0)
    cosines = _slow_cosines(n_frames)
    slow = np.concatenate([_filtered(frames, weights) for weights in cosines.T], axis=1)
    movement = _movement(frames, n_frames)
    slow *= np.where(inside & (movement > STILL), 1 / np.maximum(movement, STILL), 0)[:, None]
    asked = stretches.reshape(-1, N_COEFFICIENTS, n_frames) @ cosines
    asked = asked.transpose(0, 2, 1).reshape(len(stretches), -1)
    bounds = slow @ asked.T
    bounds += _remainder(slow)[:, None] * _remainder(asked)
    windows, stretch = np.nonzero(bounds >= limit - ROUNDING)
    are_inside = inside[windows]
    return windows[are_inside], stretch[are_inside]


def _filtered(frames: FloatArray, weights: FloatArray) -> FloatArray:
    """(N, 12) weighted sum of each window of frames; a matrix product would copy all windows."""
    n_windows = max(0, len(frames) - len(weights) + 1)
    result, product = np.zeros((2, n_windows, N_COEFFICIENTS), dtype=np.float32)
    for offset, weight in enumerate(weights):
        np.multiply(frames[offset : offset + n_windows], weight, out=product)
        result += product
    return result


def _movement(frames: FloatArray, n_frames: int) -> FloatArray:
    """(N,) length of each window's mean-free trajectories, from running sums."""
    paths = np.ascontiguousarray(frames.T, dtype=np.float64)
    sums = np.cumsum(np.pad(paths, ((0, 0), (1, 0))), axis=1)
    squares = np.cumsum(np.pad((paths**2).sum(axis=0), (1, 0)))
    within = sums[:, n_frames:] - sums[:, :-n_frames]
    energy = squares[n_frames:] - squares[:-n_frames] - (within**2).sum(axis=0) / n_frames
    result: FloatArray = np.sqrt(np.maximum(energy, 0)).astype(np.float32)
    return result


def _remainder(parts: FloatArray) -> FloatArray:
    result: FloatArray = np.sqrt(np.maximum(1 - (parts**2).sum(axis=1), 0))
    return result


@cache
def _slow_cosines(n_frames: int) -> FloatArray:
    """(n_frames, 2) the first cosines but the constant, orthonormal."""
    angles = np.pi * (np.arange(n_frames)[:, None] + 0.5) * np.arange(1, N_SLOW + 1) / n_frames
    result: FloatArray = (np.sqrt(2 / n_frames) * np.cos(angles)).astype(np.float32)
    return result


def _lively_stretches(message: Fingerprint, n_frames: int) -> FloatArray:
    """Every sixth window or, of very many, fewer; the last one; none that hardly moves."""
    n_windows = len(message) - n_frames + 1
    step = max(STEP_FRAMES, -(-n_windows // MOST_STRETCHES))
    rows = np.unique([*range(0, n_windows, step), n_windows - 1])
    frames = message.astype(np.float32) * _lifter()
    windows = _centred(frames[rows[:, None] + np.arange(n_frames)])
    movement = np.linalg.norm(windows, axis=1)
    return _unit(windows[movement >= LIVELY_SHARE * movement.max()])


def _lifter() -> FloatArray:
    result: FloatArray = np.arange(1, N_COEFFICIENTS + 1, dtype=np.float32) ** np.float32(
        LIFTER_EXPONENT
    )
    return result


def _centred(windows: FloatArray) -> FloatArray:
    """(n, 12 * T) mean-free trajectories of windows (n, T, 12), one coefficient after another."""
    paths = windows.transpose(0, 2, 1)
    flat: FloatArray = (paths - paths.mean(axis=2, keepdims=True)).reshape(len(paths), -1)
    return flat


def _unit(windows: FloatArray) -> FloatArray:
    norms = np.linalg.norm(windows, axis=1, keepdims=True)
    result: FloatArray = np.where(norms > STILL, windows / np.maximum(norms, STILL), 0)
    return result
