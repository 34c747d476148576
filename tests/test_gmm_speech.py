"""The speech gate and the streams on frames made for the purpose."""

import numpy as np
import pytest
from scipy.fft import dct

from cepstra.gmm.speech import (
    BAND_RANGE_DB,
    DB_PER_NEPER,
    frame_snr_db,
    mask_from_snr,
    mel_from_cepstra,
    speech_mask,
    with_band_floor,
)
from cepstra.gmm.streams import NARROW, WIDE, cmn, deltas, full_band, part_band


def cepstra(log_mel: np.ndarray) -> np.ndarray:
    return dct(log_mel, type=2, axis=1)[:, :20]


def word_between_pauses(rng: np.random.Generator) -> np.ndarray:
    """60 frames: 20 of noise, 20 of a loud smooth spectrum, 20 of noise."""
    log_mel = 5.0 + 0.3 * rng.standard_normal((60, 26))
    log_mel[20:40] += 8.0
    return cepstra(log_mel)


def test_what_a_filter_took_away_is_raised_and_all_else_stays():
    """Two ways to bring 8 kHz to 16 kHz differ above 4 kHz by any amount, and end up alike."""
    rng = np.random.default_rng(3)
    usual = cepstra(14.0 + rng.uniform(-1, 1, (30, 26)))
    np.testing.assert_array_equal(with_band_floor(usual), usual)
    whole = 14.0 + np.cos(np.arange(26) / 4)[None]
    steep, steeper = whole.copy(), whole.copy()
    steep[:, 19:], steeper[:, 19:] = -2.0, -6.0
    before = np.abs(cepstra(steep) - cepstra(steeper)).max()
    floored = with_band_floor(cepstra(steep)), with_band_floor(cepstra(steeper))
    assert np.abs(floored[0] - floored[1]).max() < 0.4 * before
    log_mel = floored[1] @ mel_from_cepstra()
    assert np.ptp(log_mel[:, 3:26]) * DB_PER_NEPER < BAND_RANGE_DB + 15


def test_a_word_is_found_between_pauses():
    mask = speech_mask(word_between_pauses(np.random.default_rng(0)))
    assert mask[22:38].all()
    assert not mask[:17].any()
    assert not mask[43:].any()


def test_loudness_of_the_whole_message_does_not_matter():
    mfcc = word_between_pauses(np.random.default_rng(1))
    louder = mfcc.copy()
    louder[:, 0] += 52.0 * 2.0  # c0 = 2 sum of 26 log energies
    np.testing.assert_array_equal(speech_mask(mfcc), speech_mask(louder))


@pytest.mark.parametrize("n_frames", [0, 1, 2, 5, 2000])
def test_constant_frames_and_silence_hold_no_speech(n_frames):
    assert not speech_mask(np.zeros((n_frames, 20))).any()
    assert not speech_mask(np.full((n_frames, 20), 3.7)).any()


def test_steady_noise_holds_almost_no_speech():
    rng = np.random.default_rng(2)
    noise = cepstra(5.0 + 0.8 * rng.standard_normal((300, 26)))
    assert speech_mask(noise).mean() < 0.05


def test_mel_energies_are_rebuilt_from_all_cepstra():
    log_mel = np.random.default_rng(3).standard_normal((4, 26))
    rebuilt = dct(log_mel, type=2, axis=1) @ mel_from_cepstra(26)
    np.testing.assert_allclose(rebuilt, log_mel, atol=1e-12)


def test_slope_of_a_ramp_is_its_rise():
    ramp = np.outer(np.arange(10), [1.0, -2.0]).astype(np.float32)
    np.testing.assert_allclose(deltas(ramp)[2:-2], [[1.0, -2.0]] * 6, atol=1e-6)
    assert np.all(deltas(ramp[:1]) == 0.0)


def test_no_stream_sees_the_loudness():
    mfcc = np.random.default_rng(4).standard_normal((8, 20))
    louder = mfcc + np.eye(20)[0] * 30.0
    for stream in (WIDE, NARROW):
        quiet, loud = (stream.vectors([m]) for m in (mfcc, louder))
        assert quiet.shape == (8, stream.n_dims)
        np.testing.assert_allclose(quiet, loud, atol=1e-4)


def test_narrow_stream_hardly_sees_the_upper_bands():
    rng = np.random.default_rng(5)
    log_mel = 5.0 + rng.standard_normal((30, 26))
    changed = log_mel.copy()
    changed[:, 23:] -= 3.0
    moved = {
        stream.n_dims: np.abs(
            stream.vectors([cepstra(changed)]) - stream.vectors([cepstra(log_mel)])
        ).mean()
        for stream in (WIDE, NARROW)
    }
    assert moved[NARROW.n_dims] < 0.25 * moved[WIDE.n_dims]


def test_mean_removed_stream_forgets_a_constant_colour_of_a_long_attempt():
    mfcc = np.random.default_rng(6).standard_normal((2000, 20))
    coloured = mfcc + np.linspace(-1, 1, 20)
    speech = np.ones(2000, dtype=bool)
    plain, other = (cmn(WIDE.vectors([m]), speech) for m in (mfcc, coloured))
    np.testing.assert_allclose(plain, other, atol=0.02)  # the prior keeps 20 parts in 2020
    assert np.abs(cmn(WIDE.vectors([coloured[:2]]), speech[:2])).max() > 0.02


def test_messages_keep_their_own_slopes():
    first, second = np.zeros((5, 20)), np.full((5, 20), 9.0)
    together = WIDE.vectors([first, second])
    assert np.all(together[:, 19:] == 0.0)


def test_signal_to_noise_ratios_are_those_of_the_definition():
    mfcc = np.random.default_rng(7).normal(0.0, 4.0, (37, 20))
    bands = (mfcc @ mel_from_cepstra())[:, 3:19]
    above_floor = bands - np.percentile(bands, 10.0, axis=0)
    snr_db = 10 * np.log10(np.exp(above_floor).mean(axis=1))
    places = np.clip(np.arange(37)[:, None] + np.arange(-2, 3), 0, 36)
    np.testing.assert_allclose(frame_snr_db(mfcc), snr_db[places].mean(axis=1))


def test_signal_to_noise_ratios_are_made_in_double_precision():
    mfcc = np.random.default_rng(11).normal(0.0, 4.0, (12, 20)).astype(np.float32)
    exactly = frame_snr_db(mfcc.astype(np.float64))
    np.testing.assert_array_equal(frame_snr_db(mfcc), exactly)


@pytest.mark.parametrize(
    ("quiet_db", "loud_db", "least_db"),
    [
        pytest.param(0.0, 10.0, 6.0, id="6 dB above the floor"),
        pytest.param(10.0, 40.0, 19.0, id="in the upper 70 percent of the range"),
        pytest.param(0.0, 60.0, 25.0, id="at most 35 dB below the loud frames"),
    ],
)
def test_speech_begins_at_the_highest_of_three_levels(quiet_db, loud_db, least_db):
    snr_db = np.array([quiet_db] * 40 + [least_db - 1e-6, least_db] + [loud_db] * 40)
    expected = [False] * 41 + [True] * 41
    assert mask_from_snr(snr_db).tolist() == expected


def test_slopes_repeat_the_ends():
    values = np.random.default_rng(8).standard_normal((6, 3)).astype(np.float32)
    padded = values[np.clip(np.arange(-2, 8), 0, 5)]
    expected = [
        (2 * (padded[i + 4] - padded[i]) + padded[i + 3] - padded[i + 1]) / 10 for i in range(6)
    ]
    np.testing.assert_allclose(deltas(values), expected, atol=1e-6)


def test_the_mean_removed_stream_loses_the_mean_that_twenty_prior_frames_leave():
    vectors = np.random.default_rng(9).standard_normal((7, 6)).astype(np.float32)
    speech = np.array([True, False, True, True, False, False, False])
    before, result = vectors.copy(), cmn(vectors, speech)
    expected = vectors[:, :3] - vectors[speech, :3].sum(axis=0) / 23
    np.testing.assert_allclose(result[:, :3], expected, atol=1e-6)
    np.testing.assert_array_equal(result[:, 3:], vectors[:, 3:])
    np.testing.assert_array_equal(vectors, before)


def test_projections_leave_the_loudness_out():
    np.testing.assert_array_equal(full_band(), np.eye(20)[:, 1:])
    log_mel = np.random.default_rng(10).standard_normal(26)
    kept = dct(log_mel, type=2)[:20] @ mel_from_cepstra()
    expected = dct(kept[4:12], type=2)[1:6]
    found = dct(log_mel, type=2)[:20] @ part_band(4, 12, 5)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    assert part_band(4, 12, 5).shape == (20, 5)
    assert (WIDE.n_dims, NARROW.n_dims) == (38, 32)
