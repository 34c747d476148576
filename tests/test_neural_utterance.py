"""What the networks see of messages: speech frames, and one vector."""

import numpy as np
import pytest
from example_messages import TRAIN

from cepstra.neural.utterance import (
    HAS_LPC,
    HAS_ZCR,
    LPC,
    VECTOR_DIMS,
    ZCR,
    Utterance,
    speech_frames,
    utterance_vector,
    vector_input,
)

MESSAGE = TRAIN


def spoken(start: int, lpc: float | None = None, zcr: bool = True) -> Utterance:
    """Ninety frames of a real message."""
    frames = slice(start, start + 90)
    return Utterance(
        np.array(MESSAGE["mfcc"][frames]),
        np.array(MESSAGE["zcr"][frames], dtype=float) if zcr else None,
        None if lpc is None else np.full(12, lpc),
    )


def test_the_vector_of_two_utterances_is_their_mean_by_speech_frames():
    first, second = spoken(0, 0.2), spoken(90, 0.6)
    (a, n_a), (b, n_b) = utterance_vector([first]), utterance_vector([second])
    both, n_both = utterance_vector([first, second])
    assert n_both == n_a + n_b == len(speech_frames([first, second]))
    np.testing.assert_allclose(both, (n_a * a + n_b * b) / n_both)
    assert both.shape == (VECTOR_DIMS,)


def test_the_vector_holds_what_it_says():
    take = spoken(0, 0.5)
    vector, _ = utterance_vector([take])
    np.testing.assert_allclose(vector[:20], speech_frames([take]).mean(axis=0), rtol=1e-5)
    assert (vector[LPC] == 0.5).all()
    assert vector[HAS_ZCR] == vector[HAS_LPC] == 1


def test_what_was_sent_by_one_of_two_counts_for_both():
    vector, _ = utterance_vector([spoken(0, 0.5), spoken(90, None, zcr=False)])
    alone, _ = utterance_vector([spoken(0, 0.5)])
    np.testing.assert_allclose(vector[LPC], 0.5)
    np.testing.assert_allclose(vector[ZCR], alone[ZCR])


def test_what_was_not_sent_is_as_good_as_average():
    vector, _ = utterance_vector([spoken(0, None, zcr=False)])
    centre, scale = np.full(VECTOR_DIMS, 3.0), np.full(VECTOR_DIMS, 2.0)
    seen = vector_input(vector, centre, scale)
    assert (seen[ZCR] == 0).all()
    assert (seen[LPC] == 0).all()
    assert (seen[HAS_ZCR], seen[HAS_LPC]) == (0, 0)
    np.testing.assert_allclose(seen[:40], (vector[:40] - 3) / 2, rtol=1e-5)
    np.testing.assert_array_equal(vector_input(vector[None], centre, scale), seen[None])


@pytest.mark.parametrize("utterances", [[], [Utterance(np.zeros((30, 20)))]], ids=["none", "mute"])
def test_without_speech_there_is_nothing_to_see(utterances):
    vector, n_speech = utterance_vector(utterances)
    assert n_speech == 0
    assert not vector.any()
    assert speech_frames(utterances).shape == (0, 20)
