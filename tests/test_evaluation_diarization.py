"""The errors of a timeline, on truths that are worked out by hand."""

import pytest

from cepstra.evaluation.diarization import (
    DoubtSeconds,
    Errors,
    Spoken,
    changes_found,
    doubt,
    errors,
)
from cepstra.evaluation.timeline import read_rttm

TRUTH = [Spoken("ann", 0.0, 4.0), Spoken("bob", 4.0, 8.0), Spoken("ann", 9.0, 10.0)]


def test_labels_are_mapped_before_they_are_compared():
    told = [Spoken("2", s.start_s, s.end_s) if s.label == "ann" else s for s in TRUTH]
    assert errors(TRUTH, told) == Errors(0.0, 0.0, 0.0, 9.0)


def test_each_kind_of_error_is_counted_in_seconds():
    told = [Spoken("a", 0.0, 5.0), Spoken("b", 5.0, 7.5), Spoken("a", 8.5, 10.0)]
    found = errors(TRUTH, told)
    assert found == Errors(missed_s=0.5, false_alarm_s=0.5, confused_s=1.0, spoken_s=9.0)
    assert found.rate == pytest.approx(2 / 9)


def test_a_collar_forgives_what_is_near_a_true_edge():
    told = [Spoken("a", 0.0, 4.2), Spoken("b", 4.2, 8.0), Spoken("a", 9.0, 10.0)]
    assert errors(TRUTH, told).confused_s == 0.2
    assert errors(TRUTH, told, 0.25).rate == 0.0


def test_of_two_at_once_one_is_missed_by_who_tells_of_one():
    truth = [Spoken("ann", 0.0, 4.0), Spoken("bob", 3.0, 6.0)]
    told = [Spoken("a", 0.0, 4.0), Spoken("b", 4.0, 6.0)]
    assert errors(truth, told) == Errors(1.0, 0.0, 0.0, 7.0)


def test_doubt_is_well_placed_where_two_speak_or_another_voice_is_told():
    truth = [Spoken("ann", 0.0, 4.0), Spoken("bob", 3.0, 6.0)]
    told = [Spoken("a", 0.0, 4.5), Spoken("b", 4.5, 6.0)]
    found = doubt(truth, told, [Spoken("x", 3.5, 5.0)])
    assert found == DoubtSeconds(
        1.5, two_s=1.0, marked_two_s=0.5, another_s=0.5, marked_another_s=0.5
    )
    assert found + doubt(truth, told, []) == DoubtSeconds(1.5, 2.0, 0.5, 1.0, 0.5)


def test_a_voice_that_is_split_counts_as_confused_but_for_its_larger_part():
    told = [Spoken("a", 0.0, 4.0), Spoken("b", 4.0, 8.0), Spoken("c", 9.0, 10.0)]
    assert errors(TRUTH, told).confused_s == 1.0


def test_a_change_is_found_once_and_within_half_a_second():
    told = [Spoken("a", 0.0, 4.4), Spoken("b", 4.4, 8.0), Spoken("a", 9.6, 10.0)]
    assert changes_found(TRUTH, told) == (1, 2)
    assert changes_found(TRUTH, [Spoken("a", 0.0, 10.0)]) == (0, 2)


def test_rttm_is_read_and_a_short_line_refused():
    text = "SPKR-INFO x\nSPEAKER x 1 1.50 2.00 <NA> <NA> ann 0.9 <NA>\n"
    assert read_rttm(text) == [Spoken("ann", 1.5, 3.5)]
    with pytest.raises(ValueError, match="expected at least 8 columns"):
        read_rttm("SPEAKER x 1 1.5")
