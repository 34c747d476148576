"""Sessions, the split of the speakers, and the simulated devices."""

import numpy as np
import pytest
import soundfile

from cepstra.evaluation.kept_speakers import is_kept
from cepstra.jobs.single_process import SingleProcess
from cepstra.training.augmentation import CONDITIONS, simulate
from cepstra.training.kept_voices import without_kept
from cepstra.training.recordings import Recording, find_recordings
from cepstra.training.sessions import (
    Utterance,
    is_held_out,
    sessions_of,
    training_sessions,
)

RATE_HZ = 16_000


def utterances(lengths: list[int], speaker: str = "a") -> list[Utterance]:
    result = []
    for i, n_frames in enumerate(lengths):
        mfcc = np.full((n_frames, 20), float(i), np.float32)
        result.append(Utterance("corpus", speaker, None, {"clean": mfcc, "noisy": mfcc + 0.5}))
    return result


def lengths_of(sessions):
    return [[len(message.mfcc) for message in session.messages] for session in sessions]


def test_short_recordings_are_joined_and_long_ones_cut():
    assert lengths_of(sessions_of(utterances([78, 78, 78, 78]), "clean")) == [[78, 78]] * 2
    assert lengths_of(sessions_of(utterances([650]), "clean")) == [[230], [230], [190]]
    assert lengths_of(sessions_of(utterances([290, 120]), "clean")) == [[290], [120]]


def test_what_is_left_over_counts_only_when_there_is_nothing_else():
    assert lengths_of(sessions_of(utterances([78]), "clean")) == [[78]]
    assert lengths_of(sessions_of(utterances([78, 78, 78]), "clean")) == [[78, 78]]


def test_training_takes_all_clean_and_a_share_of_the_degraded():
    chosen = training_sessions(utterances([200] * 4), ("clean", "noisy"))
    assert [s.condition for s in chosen] == ["clean"] * 4 + ["noisy"]
    alone = training_sessions(utterances([200]), ("clean", "noisy"))
    assert [s.condition for s in alone] == ["clean", "noisy"]


def test_a_quarter_of_the_speakers_is_held_out_whatever_the_order():
    names = [f"speaker{i}" for i in range(4000)]
    held = {name for name in names if is_held_out(name, seed=1)}
    assert 0.22 < len(held) / len(names) < 0.28
    assert held == {name for name in reversed(names) if is_held_out(name, seed=1)}
    assert held != {name for name in names if is_held_out(name, seed=2)}


def speech_like(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    envelope = np.repeat(rng.uniform(0, 0.3, 20), RATE_HZ // 20)
    return envelope * rng.standard_normal(RATE_HZ)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_simulation_repeats_itself_and_keeps_the_length(condition):
    samples = speech_like()
    first, second = (simulate(samples, condition, "a", "take", 1) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.shape == samples.shape
    assert np.abs(first).max() <= 1.0
    for other in (
        simulate(samples, condition, "b", "take", 1),
        simulate(samples, condition, "a", "other take", 1),
        simulate(samples, condition, "a", "take", 2),
    ):
        assert not np.array_equal(first, other)


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("n_samples", [1, 2, 600])
def test_silence_and_shortest_recordings_survive(condition, n_samples):
    for samples in (np.zeros(n_samples), np.full(n_samples, 0.1)):
        assert np.isfinite(simulate(samples, condition, "a", "take", 1)).all()


@pytest.mark.parametrize("condition", ["narrowband", "telephone"])
def test_low_rate_devices_carry_nothing_above_their_band(condition):
    spectrum = np.abs(np.fft.rfft(simulate(speech_like(), condition, "a", "take", 1))) ** 2
    assert spectrum[4300:].sum() < 1e-3 * spectrum.sum()


def test_clean_is_the_recording_itself_and_unknown_conditions_are_refused():
    samples = speech_like()
    assert simulate(samples, "clean", "a", "take", 1) is samples
    with pytest.raises(ValueError, match="unknown"):
        simulate(samples, "moon", "a", "take", 1)


def test_digits_are_read_from_names_and_missing_corpora_named(tmp_path):
    assert Recording("c", tmp_path / "s" / "7_s_0.flac").digit == 7
    assert Recording("c", tmp_path / "s" / "an255-s-b.flac").digit is None
    assert Recording("c", tmp_path / "s" / "103-1240.flac").speaker == "s"
    with pytest.raises(FileNotFoundError, match="speech_commands"):
        find_recordings(tmp_path)


def test_a_kept_voice_is_found_under_another_name_and_left_out(tmp_path, shared_dir):
    folder = shared_dir / "corpora" / "speechocean" / "background"
    known = sorted(path.name for path in folder.iterdir())
    kept = [name for name in known if is_kept("speechocean", name)][:3]
    corpora, more = tmp_path / "corpora", tmp_path / "more"
    (corpora / "speechocean" / "background").mkdir(parents=True)
    for name in kept:
        (corpora / "speechocean" / "background" / name).symlink_to(folder / name)
    others = [name for name in known if not is_kept("speechocean", name)][:2]
    for number, name in enumerate([kept[1], *others]):
        (more / f"SPEAKER{number}").mkdir(parents=True)
        for path in sorted((folder / name).glob("*.flac")):
            sound, rate_hz = soundfile.read(path, dtype="int16")
            longer = np.concatenate([np.zeros(777, np.int16), sound, sound[:5000]])
            soundfile.write(more / f"SPEAKER{number}" / f"{path.stem}.wav", longer, rate_hz)
    further = [Recording("more", path) for path in sorted(more.glob("*/*.wav"))]
    done: list[int] = []
    left = without_kept(further, corpora, SingleProcess(), done.append)
    assert {recording.speaker for recording in left} == {"SPEAKER1", "SPEAKER2"}
    assert sum(done) == len(further) > len(left)
