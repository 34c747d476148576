"""What the default system makes of a take before it knows whose it is, and of takes together."""

from __future__ import annotations

from dataclasses import replace

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
    systems = load_verifiers(CONFIG)
    return systems.for_frontend(page_definition().id)


def take(index: int, role: str = "train", digit: int | None = None) -> Take:
    return Take(role, digit, 0, FRAMES[60 * index : 60 * index + 70])


@pytest.mark.parametrize(("digit", "row"), [(3, 3), (0, 0), (None, 10)])
def test_speech_counts_for_the_digit_that_was_said(system, digit, row):
    accumulated = system.accumulate(take(1, digit=digit))
    per_digit = accumulated.statistics["speech_frames"]
    assert per_digit[row] == accumulated.features.speech.sum() > 0
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


def test_sums_that_were_kept_are_not_made_again(system):
    added = system.accumulate(take(0, digit=1))
    kept = system.sums(added)
    doubled = {name: 2 * sums for name, sums in kept.items()}
    again = system.accumulate(replace(take(0, digit=1), sums=kept))
    other = system.accumulate(replace(take(0, digit=1), sums=doubled))
    of_networks = system.scorer.sums_names
    assert len(kept) == len(of_networks) == 2
    for name, values in added.statistics.items():
        np.testing.assert_array_equal(again.statistics[name], values)
        factor = 2 if name in of_networks else 1
        np.testing.assert_array_equal(other.statistics[name], factor * values)


def test_sums_of_another_version_are_made_anew(system):
    added = system.accumulate(take(0, digit=1))
    old = {
        name.replace(system.name, "fusion-1-old"): 2 * s for name, s in system.sums(added).items()
    }
    again = system.accumulate(replace(take(0, digit=1), sums=old))
    for name, values in added.statistics.items():
        np.testing.assert_array_equal(again.statistics[name], values)


def test_an_attempt_of_a_take_is_the_same_from_its_statistics(system):
    summed = system.accumulate(take(1, digit=3))
    scorer = system.scorer
    plain, known = (scorer.attempt_of(summed.features, {3}, s) for s in (None, summed.statistics))
    for name, place in plain.embeddings.items():
        np.testing.assert_allclose(known.embeddings[name], place, atol=1e-5)
