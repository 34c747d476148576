"""Sums over takes: which row a digit has, what adds and what does not."""

import numpy as np
import pytest

from cepstra.gmm import statistics
from cepstra.gmm.digit_emphasis import DIGIT_EMPHASIS, LARGEST_EMPHASIS, emphasis_scale, emphasised


@pytest.mark.parametrize(("digit", "row"), [(0, 0), (9, 9), (None, 10)])
def test_each_digit_has_its_row_and_the_unknown_one_the_last(digit, row):
    rows = statistics.per_digit_row(np.array([2.0, 3.0]), digit)
    expected = np.zeros((11, 2))
    expected[row] = [2.0, 3.0]
    np.testing.assert_array_equal(rows, expected)


@pytest.mark.parametrize("digit", [-1, 10, 11])
def test_what_is_no_digit_is_refused(digit):
    with pytest.raises(ValueError, match=rf"^digit: expected 0 to 9 or None, got {digit}$"):
        statistics.digit_row(digit)


def test_sums_add_and_subtract_name_by_name():
    left = {"a": np.array([1.0, 2.0]), "b": np.array([5.0])}
    right = {"a": np.array([0.5, 0.25]), "b": np.array([3.0])}
    total, rest = statistics.add(left, right), statistics.subtract(left, right)
    assert {name: values.tolist() for name, values in total.items()} == {
        "a": [1.5, 2.25],
        "b": [8.0],
    }
    assert {name: values.tolist() for name, values in rest.items()} == {
        "a": [0.5, 1.75],
        "b": [2.0],
    }


@pytest.mark.parametrize("combine", [statistics.add, statistics.subtract])
@pytest.mark.parametrize("right", [{}, {"a": np.ones(1), "c": np.ones(1)}])
def test_statistics_of_different_arrays_do_not_combine(combine, right):
    with pytest.raises(ValueError, match=r"^statistics: \['a'\] and \[.*\] do not match$"):
        combine({"a": np.ones(1)}, right)


def test_takes_of_the_digits_said_count_five_times():
    rows = np.arange(22.0).reshape(11, 2)
    np.testing.assert_array_equal(emphasised(rows, ()), rows.sum(axis=0))
    np.testing.assert_array_equal(
        emphasised(rows, (3, 4)), rows.sum(axis=0) + DIGIT_EMPHASIS * (rows[3] + rows[4])
    )


def test_emphasis_feigns_at_most_twice_the_evidence():
    assert emphasis_scale(100.0, 150.0) == 1.0
    assert emphasis_scale(100.0, 100.0 * LARGEST_EMPHASIS) == 1.0
    assert emphasis_scale(100.0, 500.0) == pytest.approx(0.4)
    assert emphasis_scale(0.0, 0.0) == 0.0
