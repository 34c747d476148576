"""What recordings are like, on spectra of known levels."""

import numpy as np
import pytest
from scipy.fft import dct

from cepstra.gmm.recording_conditions import (
    CHANGES,
    CLEANEST_LOG_LIKELIHOOD,
    RecordingConditions,
    changes,
    recording_conditions,
)
from cepstra.gmm.speech import DB_PER_NEPER

LOUD = np.array([-90.0, -100.0])


def test_ubm_log_likelihood_is_the_mean_but_no_cleaner_than_clean():
    mean = np.zeros(20)
    assert recording_conditions(mean, LOUD).ubm_log_likelihood == -95.0
    cleanest = recording_conditions(mean, np.array([-150.0, -120.0]))
    assert cleanest.ubm_log_likelihood == CLEANEST_LOG_LIKELIHOOD


def test_low_and_high_bands_are_measured_above_the_middle_ones():
    # A spectrum that 20 cepstra hold exactly, so that its bands can be read off again.
    smooth = np.cos(np.pi * 3 * (np.arange(26) + 0.5) / 26)
    frames = dct(np.stack([5.0 + smooth, 7.0 + 3.0 * smooth]), type=2, axis=1)[:, :20]
    level_db = 2.0 * DB_PER_NEPER * smooth
    quiet, loud = (frames.mean(axis=0) + np.eye(20)[0] * more for more in (0.0, 40.0))
    for mean in (quiet, loud):
        _, low_db, high_db = recording_conditions(mean, LOUD)
        assert low_db == pytest.approx(level_db[0:2].mean() - level_db[8:16].mean())
        assert high_db == pytest.approx(level_db[21:26].mean() - level_db[8:16].mean())


def test_a_change_counts_from_its_least_to_its_most_whichever_way_it_goes():
    wide = RecordingConditions(-107.0, -5.0, 0.0)
    telephone = RecordingConditions(-101.0, -18.0, -45.0)
    assert changes(wide, telephone).tolist() == [6.0, 13.0, 30.0]
    assert (changes(wide, telephone) == changes(telephone, wide)).all()
    assert (changes(wide, wide) == CHANGES[:, 0]).all()
