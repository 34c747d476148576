"""Files that hold no usable sound: each kind is told apart, in one line that names the file."""

import os

import numpy as np
import pytest
import soundfile
from audio_files import CODECS, write_audio, write_silent_video

from cepstra.frontend import audio_errors
from cepstra.frontend.audio import AudioError, read_audio, stream_audio


def noise(seconds: float, rate_hz: int = 16_000) -> np.ndarray:
    return np.random.default_rng(4).uniform(-0.5, 0.5, int(seconds * rate_hz))


def refusal(path) -> AudioError:
    with pytest.raises(AudioError) as caught:
        read_audio(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_missing_file(tmp_path):
    assert type(refusal(tmp_path / "missing.wav")) is audio_errors.MissingAudioError


def test_a_folder_in_place_of_a_file(tmp_path):
    assert "is a folder; name the files in it" in str(refusal(tmp_path))


def test_a_file_of_zero_bytes(tmp_path):
    path = tmp_path / "zero.wav"
    path.touch()
    error = refusal(path)
    assert type(error) is audio_errors.EmptyAudioError
    assert "zero bytes" in str(error)


def test_a_file_with_a_header_and_nothing_else(tmp_path):
    path = tmp_path / "empty.wav"
    soundfile.write(path, np.zeros(0), 16_000)
    assert type(refusal(path)) is audio_errors.EmptyAudioError


@pytest.mark.parametrize(
    "text",
    ["The quick brown fox jumps over the lazy dog.\n" * 200, "RIFF, but nothing more", "\0" * 999],
)
def test_a_file_that_is_no_sound_whatever_its_name(text, tmp_path):
    path = tmp_path / "text.wav"
    path.write_text(text)
    assert type(refusal(path)) is audio_errors.NotAudioError


def test_a_playlist_is_no_sound_and_what_it_names_is_not_opened(tmp_path):
    secret = tmp_path / "secret.wav"
    soundfile.write(secret, noise(1), 16_000)
    path = tmp_path / "list.wav"
    path.write_text(f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n")
    assert type(refusal(path)) is audio_errors.NotAudioError


def test_a_video_without_sound(tmp_path):
    path = tmp_path / "silent.mp4"
    write_silent_video(path)
    error = refusal(path)
    assert type(error) is audio_errors.NoSoundTrackError
    assert "no sound track" in str(error)


@pytest.mark.parametrize("kept", [0.3, 0.9])
@pytest.mark.parametrize(("suffix", "codec"), CODECS.items())
def test_a_file_that_is_cut_short(suffix, codec, kept, tmp_path):
    path = tmp_path / f"cut.{suffix}"
    write_audio(path, noise(5), 16_000, codec)
    read_audio(path)
    os.truncate(path, int(kept * path.stat().st_size))
    assert type(refusal(path)) is audio_errors.DamagedAudioError


def test_a_cut_mp4_whose_index_comes_first(tmp_path):
    path = tmp_path / "cut.m4a"
    write_audio(path, noise(5), 16_000, "aac", index_first=True)
    os.truncate(path, path.stat().st_size // 2)
    assert "of 5.0 s could be read" in str(refusal(path))


def test_samples_that_are_not_finite(tmp_path):
    path = tmp_path / "endless.wav"
    soundfile.write(path, np.array([0.0, np.inf]), 16_000, subtype="FLOAT")
    assert "not finite" in str(refusal(path))


def test_a_head_that_tells_of_too_many_channels(tmp_path):
    path = tmp_path / "many.wav"
    soundfile.write(path, np.zeros((100, 257)), 16_000)
    assert type(refusal(path)) is audio_errors.DamagedAudioError


def test_a_rate_that_no_recorder_has(tmp_path):
    path = tmp_path / "slow.wav"
    soundfile.write(path, noise(1, 4000), 4000)
    error = refusal(path)
    assert type(error) is audio_errors.SampleRateError
    assert "8000 to 192000 Hz, got 4000" in str(error)


def test_a_wav_from_a_pipe_states_no_length_and_is_read(tmp_path):
    path = tmp_path / "piped.wav"
    soundfile.write(path, noise(1), 16_000)
    whole = bytearray(path.read_bytes())
    at = whole.index(b"data") + 4
    whole[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(whole)
    assert len(read_audio(path)) == 16_000


def test_a_file_is_handed_out_in_blocks_far_shorter_than_itself(tmp_path):
    path = tmp_path / "long.flac"
    write_audio(path, noise(60), 16_000, "flac")
    blocks = [len(block) for block in stream_audio(path)]
    assert sum(blocks) == 960_000
    assert max(blocks) < 32_000
