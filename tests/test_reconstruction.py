"""Sound from frames: each step undoes what the front end did, and real speech is understood."""

from dataclasses import replace

import numpy as np
import pytest
from client_commands import Commands

from cepstra.evaluation.reconstruction import (
    bank_with_pre_emphasis,
    mel_energies,
    rebuild,
    spectra,
    spread,
    with_phases,
)
from cepstra.frontend import extract, page_definition
from cepstra.frontend.mfcc import mel_filter_bank

PAGE = page_definition()
NOISE = 0.1 * np.random.default_rng(7).standard_normal(8000)


def test_all_cepstra_give_the_mel_energies_back():
    whole = replace(PAGE, id="", coefficients=PAGE.mel_bands, remove_frame_mean=False)
    plain = replace(whole, pre_emphasis=0.0)
    power = np.abs(spectra(NOISE, plain)) ** 2
    expected = power[:, :-1] @ mel_filter_bank(plain).T
    np.testing.assert_allclose(mel_energies(extract(NOISE, plain).mfcc, plain), expected, rtol=1e-6)


def test_a_spread_spectrum_has_the_energies_it_was_made_from():
    energies = np.random.default_rng(1).random((5, PAGE.mel_bands)) + 0.1
    power = spread(energies, PAGE)
    assert power.shape == (5, PAGE.frame_samples // 2 + 1) and (power >= 0).all()
    np.testing.assert_allclose(power[:, :-1] @ bank_with_pre_emphasis(PAGE).T, energies, rtol=0.02)


def test_phases_are_found_for_true_magnitudes():
    time_s = np.arange(6000) / PAGE.sample_rate_hz
    tones = sum(np.sin(2 * np.pi * 140 * k * time_s) / k for k in range(1, 12))
    wanted = np.abs(spectra(tones, PAGE))
    got = np.abs(spectra(with_phases(wanted, PAGE), PAGE))
    assert np.linalg.norm(got - wanted) < 0.1 * np.linalg.norm(wanted)


@pytest.mark.parametrize("n_frames", [1, 2, 40])
def test_rebuilt_sound_is_as_long_as_its_frames(n_frames):
    samples = NOISE[: (n_frames - 1) * PAGE.hop_samples + PAGE.frame_samples]
    rebuilt = rebuild(extract(samples).mfcc, PAGE)
    assert rebuilt.shape == samples.shape and np.isfinite(rebuilt).all()


def test_rebuilt_sound_has_the_level_of_the_original():
    rebuilt = rebuild(extract(NOISE).mfcc, PAGE)
    middle = slice(PAGE.frame_samples, -PAGE.frame_samples)
    assert 0.3 < rebuilt[middle].std() / NOISE[middle].std() < 3


def test_the_command_puts_a_table_into_a_page(shared_dir, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- reconstruct-study -->\nold\n<!-- end of reconstruct-study -->\n")
    options = ("--shared", shared_dir, "--speakers", 2, "--page", page)
    assert Commands().run("reconstruct-study", *options).exit_code == 0
    text = page.read_text()
    assert text.startswith("before\n") and "old" not in text and "2 speakers." in text
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")][1:]
    stoi = {row[1].strip(): float(row[2].split()[0]) for row in rows if "–" != row[2].strip()}
    assert stoi["stored frames (20 cepstra)"] > 0.8
    assert stoi["spectra without phases"] > stoi["stored frames (20 cepstra)"]
    assert stoi["another speaker's stored frames, other digits"] < 0.6
    nearest = stoi["somebody else's word of the nearest embedding"]
    assert nearest < stoi["only 13 cepstra of them"]
