"""Pseudo-speakers: speeds, devices and silence around what was said."""

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from cepstra.jobs.cluster import local_cluster
from cepstra.jobs.single_process import SingleProcess
from cepstra.training.networks.pseudo_speakers import (
    SPEEDS,
    by_speaker,
    faster,
    joined_takes,
    make_takes,
)
from cepstra.training.recordings import Recording

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def recordings(tmp_path_factory) -> list[Recording]:
    """Two speakers with two takes each: harmonics that come and go."""
    folder = tmp_path_factory.mktemp("voices")
    result = []
    for speaker, pitch_hz in (("ann", 210.0), ("bob", 110.0)):
        (folder / speaker).mkdir()
        for take in range(2):
            time_s = np.arange(RATE_HZ) / RATE_HZ
            voice = sum(np.sin(2 * np.pi * pitch_hz * k * time_s) / k for k in range(1, 25))
            sound = 0.1 * voice * np.clip(np.sin(2 * np.pi * (1.5 + take) * time_s), 0.01, 1)
            path = Path(folder, speaker, f"{take}_{speaker}_0.flac")
            sf.write(path, sound, RATE_HZ)
            result.append(Recording("made-up", path))
    return result


def test_a_faster_voice_is_shorter_and_higher():
    tone = np.sin(2 * np.pi * 200 * np.arange(RATE_HZ) / RATE_HZ)
    for speed in SPEEDS:
        played = faster(tone, speed)
        assert len(played) == pytest.approx(RATE_HZ / speed, abs=1)
        peak_hz = np.argmax(np.abs(np.fft.rfft(played))) * RATE_HZ / len(played)
        assert peak_hz == pytest.approx(200 * speed, abs=2)


def test_every_take_is_heard_at_every_speed_on_every_device(recordings):
    groups = by_speaker(recordings)
    assert [len(joined_takes(group)) for group in groups] == [2 * RATE_HZ] * 2
    takes = make_takes(groups, n_versions=3, seed=1, engine=SingleProcess())
    found = {(t.speaker, t.speed, t.version) for t in takes}
    assert found == {(s, v, d) for s in range(2) for v in range(len(SPEEDS)) for d in range(3)}
    assert all(t.frames.shape[1] == 20 and np.isfinite(t.frames).all() for t in takes)


def test_the_same_seed_makes_the_same_takes_on_any_number_of_processes(recordings):
    groups = by_speaker(recordings)
    one = make_takes(groups, 2, seed=4, engine=SingleProcess())
    with local_cluster(2) as engine:
        two = make_takes(groups, 2, seed=4, engine=engine)
    other = make_takes(groups, 2, seed=5, engine=SingleProcess())
    assert len(one) == len(two)
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(first.frames, second.frames)
    assert any(
        a.frames.shape != b.frames.shape or (a.frames != b.frames).any()
        for a, b in zip(one, other, strict=False)
    )
