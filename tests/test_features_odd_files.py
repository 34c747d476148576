"""Odd files of the kinds that people have, read from their bytes: as much speech as they hold."""

import json

import numpy as np
import pytest
from mixed_files import MIXED_FILES, behind_silence, of_fewer_bits_still, of_no_length
from odd_files import ODD_FILES, OddFile, hole, overwritten
from sound_maker import Maker
from torn_files import TORN_FILES

from cepstra.frontend.audio import AudioError, stream_audio
from cepstra.frontend.containers import structures_of
from cepstra.frontend.file_parts import PartialFile
from cepstra.frontend.sound_structure import lost_fragments_ticks
from cepstra.frontend.utterances import find_utterances

DELAY_S = 0.35  # of codecs, and what the first frames of a stream that begins anywhere lack
STRUCTURED = ("ogg", "webm", "mp4")


@pytest.mark.parametrize("odd", [*ODD_FILES, *TORN_FILES, *MIXED_FILES], ids=lambda odd: odd.name)
def test_an_odd_file(odd: OddFile, speech, tmp_path):
    path = tmp_path / odd.name
    path.write_bytes(odd.make(Maker(tmp_path, speech)))
    notes: list[str] = []
    if odd.share is None:
        with pytest.raises(AudioError, match=odd.said):
            list(stream_audio(path))
        return
    samples = np.concatenate(list(stream_audio(path, note=notes.append)))
    expected_s = odd.share * len(speech) / 16_000 + odd.silence_s
    assert len(samples) / 16_000 == pytest.approx(expected_s, abs=DELAY_S)
    assert spoken_s(samples) == pytest.approx(odd.share * spoken_s(speech), abs=DELAY_S)
    assert odd.said in "".join(notes)
    assert bool(notes) == bool(odd.said), notes


def test_a_broken_frame_of_a_flac_without_a_length_is_told(speech, tmp_path):
    path, notes = tmp_path / "piped.flac", []
    path.write_bytes(overwritten(of_no_length(Maker(tmp_path, speech)), 0.5, 40, 0x55))
    list(stream_audio(path, note=notes.append))
    assert "could not be read" in "".join(notes)


def test_zeros_within_mp3_of_a_caf_are_missing(speech, tmp_path):
    path = tmp_path / "hole.caf"
    path.write_bytes(hole(Maker(tmp_path, speech).file("caf", "libmp3lame")))
    with pytest.raises(AudioError, match="could be read"):
        list(stream_audio(path))


@pytest.mark.parametrize("make", [of_fewer_bits_still, behind_silence])
def test_samples_of_few_bits_are_as_loud_as_they_were(make, speech, tmp_path):
    path = tmp_path / "few.wav"
    path.write_bytes(make(Maker(tmp_path, speech)))
    samples = np.concatenate(list(stream_audio(path)))[-len(speech) :]
    np.testing.assert_allclose(samples, speech, rtol=0, atol=1e-4)


def spoken_s(samples: np.ndarray) -> float:
    found = find_utterances([samples.astype(np.float32)])
    return sum(len(utterance) for utterance in found) / 100


@pytest.mark.parametrize(("channel", "side"), [("left", 0), ("right", 1)])
def test_one_side_of_a_telephone_call(channel, side, speech, tmp_path):
    odd = next(odd for odd in ODD_FILES if odd.name == "call.wav")
    path = tmp_path / odd.name
    path.write_bytes(odd.make(Maker(tmp_path, speech)))
    samples = np.concatenate(list(stream_audio(path, channel=channel)))
    own = slice(0, len(speech)) if side == 0 else slice(len(speech), None)
    assert np.sum(samples[own] ** 2) > 0.999 * np.sum(samples**2) > 0


ADTS = bytes.fromhex("fff15080021ffc") + bytes(9)
FTYP = b"\0\0\0\x10ftypisom\0\0\0\0"
EBML = bytes.fromhex("1a45dfa380")


@pytest.mark.parametrize(
    "content",
    [
        ADTS + 30_000 * b"\xff",
        EBML + 5000 * bytes.fromhex("1f43b675ff00"),
        FTYP + 4000 * b"\x7f\0\0\0moof",
        FTYP + 2000 * b"\x7f\0\0\0moof\0\0\0\x10free",
    ],
    ids=["aac", "webm", "mp4", "mp4 in mp4"],
)
def test_what_misleads_everywhere_is_not_read_again_and_again(content, monkeypatch, tmp_path):
    path = tmp_path / "misleading"
    path.write_bytes(content)
    n_read, read = [], PartialFile.read

    def counted(file, size=-1):
        n_read.append(len(found := read(file, size)))
        return found

    monkeypatch.setattr(PartialFile, "read", counted)
    structures_of(path)
    assert sum(n_read) < 400 * len(content)


def test_the_page_sees_the_same_structure_and_stumbles_over_nothing(speech, run_node, tmp_path):
    paths = {odd: tmp_path / odd.name for odd in [*ODD_FILES, *TORN_FILES, *MIXED_FILES]}
    for odd, path in paths.items():
        path.write_bytes(odd.make(Maker(tmp_path, speech)))
    lines = run_node("sound_structure_reference.mjs", np.zeros(0), *paths.values()).splitlines()
    for (odd, path), line in zip(paths.items(), lines, strict=True):
        page, ours = json.loads(line), structures_of(path)[0]
        if page["format"] in STRUCTURED:
            assert page["isComplete"] == ours.is_complete, odd.name
            lost = ours.missing_s or ours.has_holes or lost_fragments_ticks(ours, track=1)
            assert bool(page["missingS"]) == bool(lost), odd.name
        if page["format"] == "ogg":
            assert page["missingS"] == pytest.approx(ours.missing_s, abs=0.01), odd.name
            assert page["parts"] == len(ours.parts), odd.name
        if odd.name == "pcm.mka":
            assert page["sampleRateHz"] == 16_000, "else the browser resamples"
