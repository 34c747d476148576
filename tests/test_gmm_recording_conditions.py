"""What an attempt's recording is like, on spectra of known levels."""

import numpy as np
import pytest
from scipy.fft import dct

from cepstra.gmm.recording_conditions import (
    CLEANEST_LOG_LIKELIHOOD,
    high_band_db,
    low_band_db,
    ubm_log_likelihood,
)
from cepstra.gmm.speech import DB_PER_NEPER


def test_ubm_log_likelihood_is_the_mean_but_no_cleaner_than_clean():
    assert ubm_log_likelihood(np.array([-90.0, -100.0])) == -95.0
    assert ubm_log_likelihood(np.array([-150.0, -120.0])) == CLEANEST_LOG_LIKELIHOOD


def test_the_low_bands_are_measured_above_the_middle_ones():
    # A spectrum that 20 cepstra hold exactly, so that its bands can be read off again.
    smooth = np.cos(np.pi * 3 * (np.arange(26) + 0.5) / 26)
    frames = dct(np.stack([5.0 + smooth, 7.0 + 3.0 * smooth]), type=2, axis=1)[:, :20]
    expected = 2.0 * DB_PER_NEPER * (smooth[0:2].mean() - smooth[8:16].mean())
    mean = frames.mean(axis=0)
    assert low_band_db(mean) == pytest.approx(expected)
    assert low_band_db(mean + np.eye(20)[0] * 40.0) == pytest.approx(expected)
    of_high = 2.0 * DB_PER_NEPER * (smooth[21:26].mean() - smooth[8:16].mean())
    assert high_band_db(mean) == pytest.approx(of_high)
