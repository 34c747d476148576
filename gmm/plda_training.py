"""Fit the projection and the two covariances that score a pair of i-vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from cepstra.gmm.plda import Plda

FloatArray = NDArray[Any]

RIDGE = 1e-4
N_ITERATIONS = 10


def fit_plda(ivectors: FloatArray, speakers: FloatArray, n_dims: int) -> Plda:
    """Whiten, scale to unit length, find the discriminant space, fit the two covariances.

    Args:
        ivectors: (S, R) ivectors of sessions.
        speakers: (S,) labels; most speakers need two sessions or more.
        n_dims: L, at most R.

    Raises:
        ValueError: fewer than two speakers, or none with two sessions.
    """
    index = np.unique(speakers, return_inverse=True)[1]
    if index.max() < 1 or len(index) == index.max() + 1:
        raise ValueError("speakers: expected two or more, with more than one session each")
    ivectors = ivectors.astype(np.float64)
    centre = ivectors.mean(axis=0)
    strengths, directions = np.linalg.eigh(np.cov((ivectors - centre).T))
    whitening = directions / np.sqrt(strengths + 1e-8)
    white = (ivectors - centre) @ whitening
    unit = white / np.linalg.norm(white, axis=1, keepdims=True)
    between, within = scatter(unit, index)
    ridge = RIDGE * np.trace(within) / len(within) * np.eye(len(within))
    discriminant = eigh(between, within + ridge)[1][:, ::-1][:, :n_dims]
    projected = unit @ discriminant
    mean = projected.mean(axis=0)
    between, within = two_covariances(projected - mean, index)
    return Plda(centre, whitening, np.vstack([discriminant, -mean]), between, within)


def scatter(ivectors: FloatArray, index: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(R, R) covariance of the speakers' means, and of the ivectors about them.

    Args:
        ivectors: (S, R).
        index: (S,) speaker of each i-vector, 0 to n - 1.
    """
    counts = np.bincount(index)
    means = _sums(ivectors, index) / counts[:, None]
    apart = ivectors - means[index]
    within = apart.T @ apart / (len(ivectors) - len(counts))
    centred = means - means.mean(axis=0)
    return centred.T @ centred / len(counts), within


def two_covariances(ivectors: FloatArray, index: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Between- and within-speaker covariance (L, L) by expectation maximisation.

    Args:
        ivectors: (S, L), zero mean.
        index: (S,) speaker of each i-vector, 0 to n - 1.
    """
    between, within = scatter(ivectors, index)
    counts, sums = np.bincount(index), _sums(ivectors, index)
    everything = ivectors.T @ ivectors
    for _ in range(N_ITERATIONS):
        between_inverse, within_inverse = np.linalg.inv(between), np.linalg.inv(within)
        places = np.zeros_like(between)
        weighted = np.zeros_like(between)
        crossed = np.zeros_like(between)
        for count in np.unique(counts):
            group = counts == count
            covariance = np.linalg.inv(between_inverse + count * within_inverse)
            means = sums[group] @ within_inverse @ covariance
            moments = group.sum() * covariance + means.T @ means
            places += moments
            weighted += count * moments
            crossed += means.T @ sums[group]
        between = places / len(counts)
        within = (everything - crossed - crossed.T + weighted) / len(ivectors)
    return between, within


def _sums(ivectors: FloatArray, index: FloatArray) -> FloatArray:
    result = np.zeros((index.max() + 1, ivectors.shape[1]))
    np.add.at(result, index, ivectors)
    return result
