"""Quiet around recordings that were cut tightly: alike in one piece, in blocks and on the page."""

import numpy as np
import pytest

from cepstra.frontend import extract, page_definition
from cepstra.frontend.audio import read_audio
from cepstra.frontend.margins import MARGIN_MS, stream_with_margins, with_margins
from cepstra.frontend.stretches import spoken_stretches
from cepstra.gmm.speech import speech_mask

PAGE = page_definition()
MARGIN = MARGIN_MS * PAGE.sample_rate_hz // 1000


@pytest.fixture
def word(shared_dir):
    return read_audio(shared_dir / "corpora" / "fsdd" / "fstheo" / "5_fstheo_0.flac")


def test_a_margin_is_as_loud_as_the_quietest_20_ms(word):
    heard = with_margins(word, PAGE)
    assert len(heard) == len(word) + 2 * MARGIN
    np.testing.assert_array_equal(heard[MARGIN:-MARGIN], word)
    windows = word[: len(word) // 320 * 320].reshape(-1, 320)
    level = np.sqrt((windows**2).mean(axis=1).min())
    np.testing.assert_allclose(np.abs([*heard[:MARGIN], *heard[-MARGIN:]]), level)


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
