"""Random devices: repeatable, of the same length, really different."""

import numpy as np
import pytest

from cepstra.training.augmentation import random_channel

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def speech_like() -> np.ndarray:
    time_s = np.arange(RATE_HZ) / RATE_HZ
    harmonics = sum(np.sin(2 * np.pi * 120 * k * time_s) / k for k in range(1, 30))
    return 0.1 * harmonics * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time_s))


@pytest.fixture(scope="module")
def babble() -> np.ndarray:
    return np.random.default_rng(9).standard_normal(2 * RATE_HZ)


def heard(samples: np.ndarray, babble: np.ndarray, device: int, take: int) -> np.ndarray:
    generators = np.random.default_rng([1, device]), np.random.default_rng([2, take])
    return random_channel(samples, *generators, babble)


def test_every_device_keeps_length_and_range(speech_like, babble):
    for device in range(60):
        result = heard(speech_like, babble, device, device)
        assert result.shape == speech_like.shape
        assert np.isfinite(result).all()
        assert 0.01 < np.abs(result).max() <= 1.0


def test_the_same_draws_give_the_same_sound(speech_like, babble):
    for device in range(10):
        first, second = (heard(speech_like, babble, device, 5) for _ in range(2))
        np.testing.assert_array_equal(first, second)


def test_a_device_stays_while_its_takes_differ(speech_like, babble):
    """Takes of one device resemble one another more than other devices do, in long-term colour."""

    def colour(samples: np.ndarray) -> np.ndarray:
        spectrum = np.abs(np.fft.rfft(samples)) ** 2
        bands = np.array([band.mean() for band in np.array_split(spectrum, 32)])
        return 10 * np.log10(bands / bands.mean())

    colours = np.array(
        [
            [colour(heard(speech_like, babble, device, take)) for take in (1, 2)]
            for device in range(30)
        ]
    )
    own = np.abs(colours[:, 0] - colours[:, 1]).mean()
    other = np.abs(colours[:-1, 0] - colours[1:, 0]).mean()
    assert own < 0.5 * other
