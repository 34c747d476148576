"""Figures of identification on made-up ratios whose answer is known, and on real digits."""

import numpy as np
import pytest
from client_commands import Commands
from small_protocol import with_every

from cepstra.evaluation.identification import (
    Identifications,
    attempts_of,
    identified_rate,
    rank_one_rate,
    recall,
    stranger_scores,
    threshold_at,
)
from cepstra.evaluation.protocol import Trial

LLRS = np.array([[5.0, 1.0, 0.0], [2.0, 4.0, 6.0], [-1.0, -2.0, 3.0], [0.5, 7.0, 1.0]])
RESULTS = Identifications(LLRS, np.array([0, 1, 2, 1]), np.array([0, 1, 9, 0]))


def test_rank_one_counts_the_highest():
    assert rank_one_rate(RESULTS) == 0.75


def test_strangers_are_scored_without_their_own_model():
    assert stranger_scores(RESULTS).tolist() == [1.0, 6.0, -1.0, 1.0]
    with pytest.raises(ValueError, match="two speakers"):
        stranger_scores(Identifications(LLRS[:, :1], np.zeros(4, int), np.zeros(4, int)))


def test_identified_needs_the_first_place_and_the_threshold():
    assert identified_rate(RESULTS, 4.0) == 0.5  # the second attempt reaches 4 but comes second
    assert identified_rate(RESULTS, 3.0) == 0.75
    assert identified_rate(RESULTS, 8.0) == 0.0


def test_the_threshold_lets_no_more_strangers_through_than_allowed():
    strangers = np.random.default_rng(0).normal(size=1000).round(1)
    for far in (0.01, 0.1, 0.5):
        threshold = threshold_at(strangers, far)
        assert np.mean(strangers >= threshold) <= far
        assert np.mean(strangers >= threshold - 0.2) > far
    assert threshold_at(strangers, 1.0) == -np.inf


def test_recall_counts_places_within_the_shortlist():
    assert [recall(RESULTS, k) for k in (1, 2, 10)] == [0.5, 0.75, 1.0]


def test_only_target_trials_are_attempts():
    trials = [Trial("ann", "ann", True, ("a", "b")), Trial("ann", "bob", False, ("c",))]
    assert attempts_of(trials) == [("ann", ("a", "b"))]


def test_the_command_on_real_digits(shared_dir, tmp_path):
    small = with_every(shared_dir, tmp_path / "shared", "fsdd", 50)
    done = Commands().run(
        "evaluate-identification", "--shared", small, "--corpus", "fsdd", "--condition", "clean",
        "--out", tmp_path / "page.md", "--processes", 1,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    page = (tmp_path / "page.md").read_text()
    cells = next(line for line in page.splitlines() if line.startswith("| clean |")).split("|")
    assert float(cells[2]) > 90  # six voices on the device they enrolled with
    assert "among 6 speakers" in page
