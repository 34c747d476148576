"""Sound files in, messages out."""

import json

import numpy as np
import pytest
import soundfile
from audio_files import CODECS, write_audio

from cepstra.frontend import (
    Features,
    concatenate,
    extract,
    page_definition,
    speech_span,
    to_message,
)
from cepstra.frontend.audio import read_audio, resample
from cepstra.frontend.resampler import Resampler


def tone(rate_hz: int, seconds: float = 0.5, tone_hz: float = 440.0):
    return 0.5 * np.sin(2 * np.pi * tone_hz * np.arange(int(rate_hz * seconds)) / rate_hz)


@pytest.mark.parametrize(("suffix", "codec"), CODECS.items())
@pytest.mark.parametrize("rate_hz", [16_000, 44_100])
def test_reads_each_format_as_mono_16_khz(suffix, codec, rate_hz, tmp_path):
    path = tmp_path / f"tone.{suffix}"
    write_audio(path, np.stack([tone(rate_hz, seconds=2)] * 2), rate_hz, codec)
    samples = read_audio(path)
    assert samples.dtype == np.float64
    assert 0 <= len(samples) - 32_000 < 3000  # lossy codecs pad to whole blocks of theirs
    # Lossy codecs shift by their delay; the tone itself must survive.
    spectrum = np.abs(np.fft.rfft(samples[4000:20_000]))
    assert spectrum.argmax() == 440
    assert np.abs(samples[4000:20_000]).max() == pytest.approx(0.5, abs=0.05)


def test_what_fills_the_last_frame_is_no_sound(tmp_path):
    """It is silence, and would be taken for the quietest moment of the room."""
    path = tmp_path / "tone.m4a"
    write_audio(path, tone(16_000, 0.95), 16_000, "aac")
    samples = read_audio(path)
    assert len(samples) == pytest.approx(0.95 * 16_000, abs=32)
    assert np.std(samples[-320:]) == pytest.approx(np.std(samples[-3200:]), rel=0.3)


def test_channels_that_cancel_each_other_are_not_averaged(tmp_path):
    path = tmp_path / "opposite.wav"
    soundfile.write(path, np.stack([tone(16_000), -tone(16_000)], axis=1), 16_000)
    np.testing.assert_allclose(read_audio(path), tone(16_000), atol=1e-4)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000])
def test_resampling_keeps_a_tone(rate_hz):
    resampled = resample(tone(rate_hz), rate_hz, 16_000)
    assert len(resampled) == 8000
    inner = slice(500, 7500)
    np.testing.assert_allclose(resampled[inner], tone(16_000)[inner], atol=2e-3)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_099, 48_000])
def test_resampling_is_the_pages_own(rate_hz, run_node):
    samples = np.random.default_rng(6).uniform(-1, 1, 2 * rate_hz + 17).astype(np.float32)
    resampler = Resampler(rate_hz, 16_000)
    blocks = [resampler.push(block) for block in np.array_split(samples, 13)]
    ours = np.concatenate([*blocks, resampler.flush()])
    theirs = np.frombuffer(run_node("resampler_reference.mjs", samples, rate_hz), "<f4")
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-7)


def test_resampling_removes_what_the_lower_rate_cannot_hold():
    resampled = resample(tone(48_000, tone_hz=11_000), 48_000, 16_000)
    assert np.abs(resampled[500:7500]).max() < 0.01


def test_message_survives_json_and_holds_only_numbers():
    features = extract(tone(16_000))
    message = json.loads(json.dumps(to_message(features, digit=7)))
    assert set(message) == {"mfcc", "digit", "frontend"}
    assert message["frontend"] == page_definition().id
    assert message["digit"] == 7
    assert np.shape(message["mfcc"]) == (len(features), 20)
    step = page_definition().step
    assert np.abs(np.array(message["mfcc"]) - features.mfcc).max() <= 0.5 * step + 1e-9
    assert np.all(np.mod(message["mfcc"], step) == 0)
    whole = to_message(features, wanted=("energy", "zcr"))
    assert len(whole["energy"]) == len(whole["zcr"]) == len(features)


def test_energies_keep_five_significant_digits():
    energy = np.array([0.0, 1.234564e-3, 0.1, 99999.7, 123456.0, 7.6543219e11])
    features = Features(np.zeros((6, 20)), energy, np.zeros(6))
    assert to_message(features, wanted=["energy"])["energy"] == [
        0.0,
        1.2346e-3,
        0.1,
        1e5,
        123460.0,
        765430000000.0,
    ]


def test_coefficients_halfway_between_two_steps_go_up_as_on_the_page():
    step = page_definition().step
    mfcc = np.array([[-1.5, -0.5, 0.5, 1.5, 0.49]]) * step
    features = Features(mfcc, np.zeros(1), np.zeros(1))
    assert to_message(features)["mfcc"] == [[-step, 0, step, 2 * step, 0]]


@pytest.mark.parametrize("frames", [0, 2001])
def test_message_of_impossible_length_is_refused(frames):
    features = concatenate([extract(tone(16_000, seconds=21.0))] * 1)
    with pytest.raises(ValueError, match="1 to 2000"):
        to_message(features[:frames])


def test_message_with_impossible_digit_is_refused():
    with pytest.raises(ValueError, match="digit"):
        to_message(extract(tone(16_000)), digit=10)


@pytest.mark.parametrize("peak", [0.02, 0.9])
def test_speech_span_finds_a_word_between_pauses(peak):
    rng = np.random.default_rng(3)
    samples = rng.standard_normal(16_000) * 0.01 * peak
    samples[6000:10_000] += peak * tone(16_000, seconds=0.25)
    span = speech_span(extract(samples).energy)
    assert 25 <= span.start <= 37  # the word starts in frame 34, minus at most 80 ms
    assert 60 <= span.stop <= 72


def test_speech_span_keeps_a_word_without_pauses():
    energy = extract(tone(16_000)).energy
    assert speech_span(energy) == slice(0, len(energy))
    assert speech_span(np.empty(0)) == slice(0, 0)
