"""An attacker who climbs by decisions: what it costs, and that a gap in the wall is found."""

from __future__ import annotations

import numpy as np
import pytest

from cepstra.evaluation.attacks import read_victims
from cepstra.evaluation.hill_climb import climbed

N_DIGITS, N_QUERIES = 3, 12


@pytest.fixture(scope="module")
def own(shared_dir):
    attacker = read_victims(shared_dir / "corpora" / "fsdd", 3, copies={})["fsjackson"]
    return [attacker.sound(digit, 0) for digit in range(3)]


def test_every_query_is_another_change_and_acceptance_ends_the_climb(own):
    asked = []

    def ask(number, said):
        asked.append(said)
        assert number == len(asked)
        return np.array([len(asked) >= 3, len(asked) >= 5])

    first = climbed(np.random.default_rng(0), own, N_DIGITS, ask, N_QUERIES)
    assert first.tolist() == [3, 5]
    assert [len(said) for said in asked] == [N_DIGITS] * 5
    means = np.array([np.concatenate(said).mean(axis=0) for said in asked])
    assert all(np.ptp(means, axis=0) > 0)


def test_who_is_never_accepted_asks_as_often_as_he_may(own):
    def ask(number, said):
        return np.array([False])

    first = climbed(np.random.default_rng(0), own, N_DIGITS, ask, N_QUERIES)
    assert first.tolist() == [0]
