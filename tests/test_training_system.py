"""What the default system makes of a take before it knows whose it is, and of takes together."""

from __future__ import annotations

import numpy as np
import pytest
from example_messages import TRAIN

from cepstra.config import Config
from cepstra.frontend.definition import page_definition
from cepstra.store.takes import NewTake, Take
from cepstra.verification.registry import load_verifiers

CONFIG = Config()
FRAMES = np.array(TRAIN["mfcc"])


@pytest.fixture(scope="module")
def system():
    systems = load_verifiers(CONFIG.target_false_accept_rate, CONFIG.min_speech_s)
    return systems.for_frontend(page_definition().id)


def take(index: int, role: str = "train", digit: int | None = None) -> Take:
    return Take(role, digit, 0, FRAMES[60 * index : 60 * index + 70])


@pytest.mark.parametrize(("digit", "row"), [(3, 3), (0, 0), (None, 10)])
def test_speech_counts_for_the_digit_that_was_said(system, digit, row):
    accumulated = system.accumulate(take(1, digit=digit))
    per_digit = accumulated.statistics["speech_frames"]
    assert per_digit[row] == accumulated.heard.speech.sum() > 0
    assert per_digit.sum() == per_digit[row]


def test_a_new_take_counts_as_it_will_be_read_back(system):
    exact = FRAMES[60:130] + 1e-9
    kept = Take("train", 3, 0, exact.astype(np.float32).astype(np.float64))
    new = system.accumulate(NewTake("train", 3, {"frames": exact}))
    for name, values in system.accumulate(kept).statistics.items():
        np.testing.assert_array_equal(new.statistics[name], values)


def test_reference_speech_adds_nothing_to_the_model(system):
    assert system.accumulate(take(1, "reference", 3)).statistics is None
    before = system.build([take(0, digit=1)])
    after = system.extend(before, system.accumulate(take(1, "reference", 3)), ())
    for name, values in before.arrays.items():
        if name.startswith("statistics."):
            np.testing.assert_array_equal(after.arrays[name], values)
    assert before.summary["reference"] is None and after.summary["reference"]


def test_a_take_that_made_room_is_forgotten(system):
    first, second, third = (take(index, digit=index) for index in range(3))
    model = system.extend(system.build([first, second]), system.accumulate(third), [first])
    expected = system.build([second, third])
    for name in ("statistics.speech_frames", "statistics.wide.zeroth", "statistics.narrow.linear"):
        np.testing.assert_allclose(model.arrays[name], expected.arrays[name], atol=1e-6)
