"""Linear prediction of an utterance by Burg's method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.definition import FrontEndDefinition, page_definition

Array = NDArray[np.float64]

ORDER = 12
DECIMALS = 4


def burg(samples: Array, order: int = ORDER) -> Array:
    """Predictor coefficients a_1 ... a_order of x[n] + a_1 x[n-1] + ... = e[n].

    Source: Burg, "Maximum entropy spectral analysis", 1975. Every reflection coefficient is at
    most 1 in magnitude, hence |a_k| at most the binomial coefficient of order and k.

    Args:
        samples: (n,), n > order.
        order: number of coefficients.

    Returns:
        (order,); zeros from the stage on at which nothing is left to predict, as in silence.

    Raises:
        ValueError: there are too few samples.
    """
    if len(samples) <= order:
        raise ValueError(f"samples: expected more than {order}, got {len(samples)}")
    forward, backward = samples[1:].copy(), samples[:-1].copy()
    predictor = np.zeros(order)
    for stage in range(order):
        power = forward @ forward + backward @ backward
        if power <= 0:
            break
        reflection = -2 * (backward @ forward) / power
        predictor[:stage] += reflection * predictor[:stage][::-1]
        predictor[stage] = reflection
        ahead = forward + reflection * backward
        backward = (backward + reflection * forward)[:-1]
        forward = ahead[1:]
    return predictor


def utterance_lpc(samples: Array, definition: FrontEndDefinition | None = None) -> Array:
    """(12,) coefficients of an utterance as a message carries them.

    The samples lose their mean and are pre-emphasised as a frame's are, but over the whole
    utterance; the gain would change nothing.

    Args:
        samples: (n,) at the definition's rate, at least one frame.
        definition: the front end; the page's own when omitted.

    Raises:
        ValueError: there are too few samples.
    """
    definition = definition or page_definition()
    if definition.remove_frame_mean:
        samples = samples - samples.mean()
    previous = np.concatenate([samples[:1], samples[:-1]])
    return np.round(burg(samples - definition.pre_emphasis * previous), DECIMALS)
