"""What Python cuts out of a recording is what the page cuts out of it."""

import json
import tracemalloc

import numpy as np
import pytest
import soundfile

from cepstra.frontend import extract, page_definition
from cepstra.frontend.audio import read_audio, stream_audio
from cepstra.frontend.margins import MARGIN_MS, with_margins
from cepstra.frontend.message import MAX_FRAMES
from cepstra.frontend.resampler import Resampler
from cepstra.frontend.utterances import cut_utterances, find_utterances

RATE_HZ = 16_000
CLOSE = 1e-3
MARGIN_FRAMES = MARGIN_MS // 10


def pause(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE_HZ))


def joined_takes(shared_dir, speaker: int, count: int, noise: float = 0.0) -> np.ndarray:
    """Takes of a dev speaker with pauses between, as 32-bit floats."""
    folder = sorted((shared_dir / "corpora" / "speech_commands" / "dev").iterdir())[speaker]
    parts = [pause(0.7)]
    for path in sorted(folder.glob("*.flac"))[:count]:
        parts += [read_audio(path), pause(0.7)]
    samples = np.concatenate(parts)
    samples = samples + noise * np.random.default_rng(speaker).standard_normal(len(samples))
    return samples.astype(np.float32)


def assert_cut_alike(samples, rate_hz: int, run_node) -> dict:
    page = json.loads(run_node("cut_reference.mjs", samples, rate_hz))
    resampler = Resampler(rate_hz, RATE_HZ)
    blocks = [resampler.push(block) for block in np.array_split(samples, 29)]
    blocks.append(resampler.flush())
    utterances = list(find_utterances(blocks))
    assert [[found.span.start, found.span.stop] for found in utterances] == page["spans"]
    cuts = cut_utterances(utterances)
    assert len(cuts) == len(page["cuts"])
    for ours, theirs in zip(cuts, page["cuts"], strict=True):
        np.testing.assert_allclose(ours.features.mfcc, theirs["mfcc"], rtol=0, atol=CLOSE)
    return page


@pytest.mark.parametrize("noise", [0.0, 0.003])
@pytest.mark.parametrize("speaker", [0, 5, 11, 17])
def test_real_recordings_are_cut_as_the_page_cuts_them(speaker, noise, shared_dir, run_node):
    samples = joined_takes(shared_dir, speaker, 12, noise)
    page = assert_cut_alike(samples, RATE_HZ, run_node)
    assert len(page["spans"]) >= 8


@pytest.mark.parametrize("rate_hz", [8_000, 44_100])
def test_other_rates_are_cut_alike(rate_hz, shared_dir, run_node):
    samples = joined_takes(shared_dir, 3, 10)
    assert assert_cut_alike(samples, rate_hz, run_node)["spans"]


def test_a_long_recording_becomes_several_messages(shared_dir, run_node):
    samples = joined_takes(shared_dir, 2, 40)
    cuts = assert_cut_alike(samples, RATE_HZ, run_node)["cuts"]
    assert len(cuts) >= 2
    assert all(len(cut["mfcc"]) <= MAX_FRAMES for cut in cuts)


@pytest.mark.parametrize("tail_s", [0.0, 0.05, 0.2])
def test_an_utterance_that_the_end_cuts_off(tail_s, shared_dir, run_node):
    whole = joined_takes(shared_dir, 7, 1)
    loudest = int(np.abs(whole).argmax())
    samples = whole[: loudest + int(tail_s * RATE_HZ)]
    assert assert_cut_alike(samples, RATE_HZ, run_node)["spans"]


def test_running_speech_is_cut_alike(shared_dir, run_node):
    readers = sorted((shared_dir / "corpora" / "librispeech" / "background").rglob("*.flac"))
    samples = np.concatenate([read_audio(path) for path in readers[:3]]).astype(np.float32)
    page = assert_cut_alike(samples, RATE_HZ, run_node)
    assert max(end - first for first, end in page["spans"]) > 200


@pytest.mark.parametrize("samples", [pause(0), pause(0.02), pause(3)])
def test_silence_holds_nothing(samples, run_node):
    page = assert_cut_alike(samples.astype(np.float32), RATE_HZ, run_node)
    assert page["spans"] == []


@pytest.mark.parametrize(("length_s", "found"), [(0.01, 0), (0.115, 0), (0.13, 1)])
def test_a_piece_shorter_than_an_utterance_holds_none(length_s, found, shared_dir, run_node):
    whole = joined_takes(shared_dir, 7, 1)
    loudest = int(np.abs(whole).argmax())
    samples = whole[loudest : loudest + int(length_s * RATE_HZ)]
    assert len(assert_cut_alike(samples, RATE_HZ, run_node)["spans"]) == found


def test_utterances_carry_the_features_of_their_frames(shared_dir):
    samples = joined_takes(shared_dir, 1, 3)
    whole = extract(with_margins(samples, page_definition()))
    for found in find_utterances(np.array_split(samples, 100)):
        ours = extract(found.samples)
        assert len(ours) == len(found)
        heard = slice(found.span.start + MARGIN_FRAMES, found.span.stop + MARGIN_FRAMES)
        np.testing.assert_allclose(ours.mfcc, whole[heard].mfcc, atol=1e-9)


def test_a_long_silence_is_not_kept_in_memory(tmp_path):
    path = tmp_path / "night.wav"
    soundfile.write(path, np.zeros(200 * RATE_HZ, dtype=np.float32), RATE_HZ, subtype="PCM_U8")
    tracemalloc.start()
    assert list(find_utterances(stream_audio(path))) == []
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 4 * 2**20  # the samples alone would take 12 MiB
