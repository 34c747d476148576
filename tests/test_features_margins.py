"""Quiet around recordings that were cut tightly: the same whole, in blocks and on the page."""

import numpy as np
import pytest

from cepstra.frontend import extract, page_definition
from cepstra.frontend.audio import read_audio
from cepstra.frontend.margins import MARGIN_MS, own_frames, stream_with_margins, with_margins
from cepstra.frontend.stretches import spoken_stretches
from cepstra.gmm.speech import speech_mask

PAGE = page_definition()
MARGIN = MARGIN_MS * PAGE.sample_rate_hz // 1000


@pytest.fixture
def word(shared_dir):
    return read_audio(shared_dir / "corpora" / "fsdd" / "fstheo" / "5_fstheo_0.flac")


@pytest.mark.parametrize(
    ("quiet_db", "n_quiet", "below_db"),
    [(-2, 1, 2), (-15, 1, 40), (-30, 19, 40), (-30, 21, 30), (-50, 1, 50)],
)
def test_a_margin_is_as_loud_as_the_quiet_of_the_recording_or_a_room(quiet_db, n_quiet, below_db):
    """And of its colour. Without any, soft sounds would be the measure; steady noise is its own."""
    windows = np.diff(np.random.default_rng(1).standard_normal((50, 321)), axis=1)
    loudness_db = np.where(np.arange(50) < n_quiet, quiet_db, 0)[:, None]
    windows *= 10 ** (loudness_db / 20) / np.sqrt((windows**2).mean(axis=1))[:, None]
    heard = with_margins(0.1 * windows.ravel(), PAGE)
    np.testing.assert_array_equal(heard[MARGIN:-MARGIN], 0.1 * windows.ravel())
    for margin in (heard[:MARGIN], heard[-MARGIN:]):
        assert np.mean(margin**2) == pytest.approx(0.01 * 10 ** (-below_db / 10), rel=0.25)
        assert low_share(margin) < 0.1


def low_share(samples):
    """The share of the power below 1 kHz."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    return power[: len(power) // 8].sum() / power.sum()


@pytest.mark.parametrize("offset", [0.011, -0.2])
def test_a_constant_offset_is_no_noise(word, offset):
    """A margin made of it would be as loud as speech, and more of the recording would count."""
    heard = with_margins(word + offset, PAGE)
    np.testing.assert_allclose(heard - offset, with_margins(word - word.mean(), PAGE), atol=1e-3)
    sounds = heard, with_margins(word, PAGE)
    counted, plain = (np.count_nonzero(speech_mask(extract(each, PAGE).mfcc)) for each in sounds)
    assert counted == pytest.approx(plain, abs=2)


def test_the_recordings_own_frames_lie_between_the_margins(word):
    heard = extract(with_margins(word, PAGE), PAGE)[own_frames(PAGE)]
    np.testing.assert_allclose(heard.mfcc, extract(word, PAGE).mfcc)


@pytest.mark.parametrize("n_samples", [1, 100, 16_000, 10 * 16_000, 25 * 16_000 + 7])
@pytest.mark.parametrize("block", [999, 16_000, 400_000])
def test_a_stream_gets_the_same(n_samples, block):
    rng = np.random.default_rng(3)
    samples = rng.standard_normal(n_samples) * np.linspace(0.001, 0.1, n_samples)
    blocks = np.split(samples, range(block, n_samples, block))
    whole = np.concatenate(list(stream_with_margins(blocks, PAGE)))
    np.testing.assert_allclose(whole, with_margins(samples, PAGE))


def test_nothing_and_silence_stay_so():
    assert not list(stream_with_margins([], PAGE))
    assert not with_margins(np.zeros(500), PAGE).any()


def test_a_word_that_was_cut_tightly_keeps_its_soft_beginning_and_end(word):
    """Within quiet, more of it counts as speech; its place in time stays."""
    (stretch,) = spoken_stretches([word.astype(np.float32)])
    tight = np.count_nonzero(speech_mask(extract(word, PAGE).mfcc))
    assert np.count_nonzero(speech_mask(stretch.features.mfcc)) >= 1.1 * tight
    assert stretch.start_s == 0.0
    assert stretch.end_s <= len(word) / PAGE.sample_rate_hz + 2 * MARGIN_MS / 1000
