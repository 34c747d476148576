"""Which of many speakers, or none of them: a threshold and probabilities for N at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.calibration import Calibration

FloatArray = NDArray[Any]
DECADE = 10.0


def threshold(calibration: Calibration, false_accept_rate: float, n_speakers: int) -> float:
    """The log-likelihood ratio that a stranger reaches against any of N speakers at a given rate.

    N comparisons give a stranger N chances. The chance that one of them succeeds is at most the
    sum of them all (Boole's inequality), so each may succeed in false_accept_rate / N of the cases.

    Rates below the calibration's table are beyond what was measured. There the logarithm of the
    rate falls on a straight line with the slope of the table's last factor of ten, and no faster
    than by one for every unit of the ratio, as it does where ratios are true and the speakers'
    own are evenly spread.

    Args:
        calibration: of single comparisons.
        false_accept_rate: share of strangers that may be taken for anybody.
        n_speakers: N; 0 counts as 1.

    Raises:
        ValueError: the rate is not between 0 and 1.
    """
    rate = false_accept_rate / max(n_speakers, 1)
    lowest = float(calibration.rates.min())
    if rate >= lowest:
        return calibration.threshold(rate)
    last, before = calibration.threshold(lowest), calibration.threshold(lowest * DECADE)
    llrs_per_neper = max(1.0, (last - before) / float(np.log(DECADE)))
    return float(last + llrs_per_neper * np.log(lowest / rate))


def posteriors(llrs: FloatArray, n_speakers: int) -> FloatArray:
    """(M + 1,) probabilities of M speakers and, last, of none of the N enrolled.

    Beforehand somebody enrolled and somebody unknown are as likely, and all enrolled are alike: a
    softmax over ln(1 / N) + llr of each speaker and 0 for none. The N - M speakers that were not
    scored are taken for excluded.

    Args:
        llrs: (M,) natural log-likelihood ratios.
        n_speakers: N >= M.

    Raises:
        ValueError: there are fewer speakers than ratios.
    """
    if n_speakers < len(llrs):
        raise ValueError(f"n_speakers: expected at least {len(llrs)}, got {n_speakers}")
    logits = np.append(llrs - np.log(max(n_speakers, 1)), 0.0)
    odds = np.exp(logits - logits.max())
    return odds / odds.sum()
