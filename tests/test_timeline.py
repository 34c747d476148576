"""Who speaks when: meetings joined of background speakers, so that every turn is known."""

import itertools
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from client_commands import Commands
from scipy.io import wavfile

from cepstra.evaluation.diarization import Spoken, changes_found, doubt, errors
from cepstra.evaluation.joined_meetings import join, join_call, stretches
from cepstra.evaluation.timeline import DOUBT, as_spoken, read_rttm
from cepstra.frontend import extract, rounded
from cepstra.frontend.continuous import stream_cepstra
from cepstra.store.arrays import unpack
from cepstra.timeline import (
    Diarizer,
    Segment,
    Timeline,
    clustering,
    formats,
    named,
    on_one_side,
    voice_names,
)
from cepstra.timeline.activity import find_activity, runs
from cepstra.timeline.regressions import JOIN_INPUTS, Regressions
from cepstra.timeline.resegmentation import CHANGE, posteriors
from cepstra.timeline.voices import VoiceComparison
from cepstra.verification.registry import limit_blas_threads
from cepstra.verification.shipped import load_fusion
from cepstra.verification.timeline_parameters import TIMELINE, load_diarizer

RATE_HZ = 16_000
SPEAKERS = ("fash", "fcaw", "mmsh")


def recordings(folder):
    return sorted(folder.glob("*.flac"))


@pytest.fixture(scope="module")
def diarizer():
    limit_blas_threads()
    return load_diarizer(load_fusion())


@pytest.fixture(scope="module")
def voices(shared_dir):
    """The first recordings of three people, cut at their pauses; the last are kept back."""
    folder = shared_dir / "corpora" / "an4" / "background"
    return {
        name: [part for path in recordings(folder / name)[:4] for part in stretches(path)]
        for name in SPEAKERS
    }


@pytest.fixture(scope="module")
def meeting(voices):
    return join("meeting", voices, np.random.default_rng(1), overlaps=0.0)


def frames_of(samples):
    return np.concatenate(list(stream_cepstra([samples.astype(np.float32)])))


def truth_of(meeting):
    return [Spoken(turn.speaker, turn.start_s, turn.end_s) for turn in meeting.turns]


def test_three_voices_are_told_apart_and_cut_where_they_change(diarizer, meeting):
    timeline = diarizer.timeline(frames_of(meeting.samples))
    told = [Spoken(str(s.voice), s.start_s, s.end_s) for s in timeline.segments]
    truth = truth_of(meeting)
    assert timeline.n_voices == 3
    assert errors(truth, told, 0.25).rate < 0.05
    found, changes = changes_found(truth, told)
    assert found == changes > 5


def test_one_voice_is_one_voice(diarizer, voices):
    alone = join("alone", {"fash": voices["fash"]}, np.random.default_rng(2), overlaps=0.0)
    timeline = diarizer.timeline(frames_of(alone.samples))
    assert timeline.n_voices == 1
    assert all(s.confidence == 1 and s.other is None for s in timeline.segments)


def test_only_the_last_two_voices_are_judged_as_if_one_might_be_alone(meeting, voices):
    shipped = Regressions.of_arrays(unpack(TIMELINE.read_bytes()))
    surely_alone = shipped.joins + 1e6 * (np.array([*JOIN_INPUTS, "constant"]) == "last")
    diarizer = Diarizer(load_fusion(), replace(shipped, joins=surely_alone))
    two = {name: voices[name] for name in SPEAKERS[:2]}
    pair = join("two", two, np.random.default_rng(2), overlaps=0.0)
    assert diarizer.timeline(frames_of(pair.samples)).n_voices == 1
    assert diarizer.timeline(frames_of(meeting.samples)).n_voices == 3


def test_a_long_recording_is_clustered_in_parts_and_tells_the_same_voices(
    diarizer, meeting, monkeypatch
):
    frames = frames_of(meeting.samples)
    n_pairs = []
    compared = VoiceComparison.llrs

    def counted(comparison, first, second, weights):
        n_pairs.append(len(first.n_frames) * len(second.n_frames))
        return compared(comparison, first, second, weights)

    monkeypatch.setattr(VoiceComparison, "llrs", counted)
    whole = diarizer.timeline(frames)
    of_whole = max(n_pairs)
    n_pairs.clear()
    monkeypatch.setattr(clustering, "MOST_AT_ONCE", 10)
    parts = diarizer.timeline(frames)
    assert (parts.segments, parts.n_voices) == (whole.segments, 3)
    assert max(n_pairs) < of_whole / 2


def test_doubt_is_told_where_two_speak_at_once(diarizer, voices):
    two = {name: voices[name] for name in SPEAKERS[:2]}
    meeting = join("at once", two, np.random.default_rng(6), overlaps=1.0)
    timeline = diarizer.timeline(frames_of(meeting.samples))
    told = as_spoken(timeline)
    marked = [spoken for spoken in told if spoken.label.endswith(DOUBT)]
    said = [spoken for spoken in told if not spoken.label.endswith(DOUBT)]
    found = doubt(truth_of(meeting), said, marked)
    assert timeline.n_voices == 2
    assert found.marked_two_s > 0.3 * found.two_s > 0
    assert all((s.confidence < 0.6) == (s.other is not None) for s in timeline.segments)
    assert found.marked_two_s + found.marked_another_s > 0.4 * found.marked_s


@pytest.fixture(scope="module")
def call(voices):
    """Two people on one side, one on the other, and either side faintly in both channels."""
    sides = ({name: voices[name] for name in SPEAKERS[1:]}, {"fash": voices["fash"]})
    return join_call("call", sides, np.random.default_rng(3))


def test_each_side_of_a_call_is_heard_by_itself(diarizer, call):
    sides = [frames_of(channel) for channel in call.samples]
    timeline = diarizer.timeline(*sides)
    truth = truth_of(call)
    told = [Spoken(str(s.voice), s.start_s, s.end_s) for s in timeline.segments]
    assert errors(truth, told).rate < 0.03  # mixed some 8%
    channels = [{s.channel for s in timeline.segments if s.voice == voice} for voice in range(3)]
    assert (timeline.n_voices, sorted(channels, key=str)) == (3, [{0}, {0}, {1}])
    assert list(dict.fromkeys(s.voice for s in timeline.segments)) == [0, 1, 2]
    real = doubt(truth, told, []).two_s
    assert 0.7 * real < timeline.both_sides_s < 1.3 * real
    assert [len(speech) for speech in timeline.speech] == [
        sum(s.frames.stop - s.frames.start for s in timeline.segments if s.voice == voice)
        for voice in range(3)
    ]
    with pytest.raises(ValueError, match=r"other: expected shape \(\d+, 20\), got \(\d+"):
        diarizer.timeline(sides[0], sides[1][1:])


def test_nobody_speaks_in_noise_and_a_wrong_shape_is_refused(diarizer):
    noise = np.random.default_rng(3).normal(0, 0.01, 10 * RATE_HZ)
    assert diarizer.timeline(frames_of(noise)).segments == ()
    at_s = np.arange(len(noise)) / RATE_HZ
    is_loud = (at_s % 4 > 1) & (at_s % 4 < 3)  # a fan that is switched on, and off
    for sound in (noise, 0.01 * np.sin(2 * np.pi * 440 * at_s)):
        switched = 0.05 * noise + np.where(is_loud, sound, 0)
        assert diarizer.timeline(frames_of(switched)).segments == ()
    with pytest.raises(ValueError, match=r"expected shape \(T, 20\).*got \(5, 19\)"):
        diarizer.timeline(np.zeros((5, 19)))


def test_a_stream_has_the_cepstra_of_the_whole_recording(meeting):
    samples = meeting.samples[: 70 * RATE_HZ].astype(np.float32)
    blocks = np.split(samples, range(1, len(samples), 77_777))
    whole = rounded(extract(samples.astype(np.float64))).mfcc
    assert np.array_equal(np.concatenate(list(stream_cepstra(blocks))), whole)
    assert list(stream_cepstra([samples[:511]])) == []


def test_a_cell_knows_of_all_others_as_every_course_of_voices_together_does():
    llrs = np.random.default_rng(4).normal(0, 2, (5, 3))
    expected = np.zeros((5, 3))
    for course in itertools.product(range(3), repeat=5):
        steps = [1.0, *((a == b) * (1 - CHANGE) + CHANGE / 3 for a, b in pairwise(course))]
        cells = np.arange(5), np.array(course)
        expected[cells] += np.exp(llrs[cells]).prod() * np.prod(steps)
    expected /= expected.sum(axis=1, keepdims=True)
    assert posteriors(llrs) == pytest.approx(expected, abs=1e-12)


SEGMENTS = (
    Segment(0.5, 61.25, 0, 0.98),
    Segment(61.25, 62.0, 1, 0.6, 0),
    Segment(3600.0, 3601.5, 2, 0.9),
)
THREE = Timeline(SEGMENTS, 3602.0, (np.zeros((1, 20)), np.zeros((2, 20)), np.zeros((3, 20))))


def test_unknown_voices_have_numbers_and_two_of_one_name_are_one():
    timeline, names = named(THREE, voice_names(3, {1: "ann", 2: "ann"}))
    assert names == ("voice 1", "ann")
    assert [segment.voice for segment in timeline.segments] == [0, 1, 1]
    assert len(timeline.speech[1]) == 3
    assert voice_names(3, {0: "ann"}) == ["ann", "voice 2", "voice 3"]  # whoever else is known
    assert voice_names(3, {1: "voice 1"}) == ["voice 4", "voice 1", "voice 3"]


def test_nobody_is_known_on_both_sides_of_a_call():
    on_sides = [replace(s, channel=s.voice % 2) for s in SEGMENTS]
    timeline = replace(THREE, segments=tuple(on_sides))
    assert on_one_side(timeline, {0: "ann", 1: "ann", 2: "ann"}) == {0: "ann", 2: "ann"}
    assert on_one_side(THREE, {0: "ann", 1: "ann"}) == {0: "ann", 1: "ann"}
    assert [line.split()[2] for line in formats.to_rttm(timeline, "abc", "call").splitlines()] == [
        *"121"
    ]


def test_a_few_frames_that_another_side_leaves_are_no_stretch(voices):
    mfcc = rounded(extract(np.concatenate(voices["fash"]))).mfcc
    own = np.arange(len(mfcc)) > len(mfcc) // 2
    expected = find_activity(mfcc, own)
    first, _ = runs(find_activity(mfcc).speech)[0]
    own[first : first + 5] = True
    found = find_activity(mfcc, own)
    assert expected.active.any() and runs(found.active) == runs(expected.active)
    assert found.speech[first : first + 5].all()


def test_segments_that_say_the_same_without_a_gap_are_joined():
    meanwhile = Segment(0.5, 2.0, 2, 1.0, channel=1)
    split = (
        Segment(0.0, 1.0, 0, 1.0),
        meanwhile,
        Segment(1.0, 4.0, 1, 0.8),
        Segment(4.5, 5.0, 1, 0.8),
    )
    timeline, _ = named(Timeline(split, 5.0, THREE.speech), ["ann", "ann", "bob"])
    assert timeline.segments == (
        Segment(0.0, 4.0, 0, pytest.approx(0.85)),
        replace(meanwhile, voice=1),
        Segment(4.5, 5.0, 0, 0.8),
    )


def test_formats_say_who_is_not_sure_and_no_name_can_break_them():
    names = ("ann", "<b>bob --> x\n\n&", "voice 1")
    rttm = formats.to_rttm(THREE, names, "my meeting")
    assert rttm.splitlines()[0] == "SPEAKER my_meeting 1 0.50 60.75 <NA> <NA> ann 0.98 <NA>"
    assert [spoken.label for spoken in read_rttm(rttm)] == ["ann", "<b>bob_-->_x_&", "voice_1"]
    alike = read_rttm(formats.to_rttm(THREE, ("a b", "a_b", "a  b"), "my meeting"))
    assert [spoken.label for spoken in alike] == ["a_b_2", "a_b", "a_b_3"]
    srt = formats.to_srt(THREE, names)
    assert srt.startswith("1\n00:00:00,500 --> 00:01:01,250\nann\n\n2\n")
    vtt = formats.to_vtt(THREE, names)
    assert vtt.startswith("WEBVTT\n\n00:00:00.500 --> 00:01:01.250\n<v ann>ann</v>\n")
    assert "<v voice 1>" in vtt and "01:00:00.000 --> 01:00:01.500" in vtt
    for text in (srt, vtt):
        cues = text.removeprefix("WEBVTT\n\n").rstrip("\n").split("\n\n")
        assert [cue.count("-->") for cue in cues] == [1, 1, 1]
    assert "\n‹b›bob -› x &? ann?\n" in srt  # a player would take <b> for markup


def test_the_command_names_enrolled_and_known_voices_and_writes_files(
    meeting, shared_dir, tmp_path
):
    folder = shared_dir / "corpora" / "an4" / "background"
    kept_back = {name: recordings(folder / name)[4:] for name in SPEAKERS}
    commands = Commands(DATABASE_URL=f"sqlite:///{tmp_path}/cepstra.db")
    commands.json("enrol", "fash", *kept_back["fash"])
    path = tmp_path / "meeting.wav"
    wavfile.write(path, RATE_HZ, (meeting.samples * 32767).astype(np.int16))
    written = [tmp_path / f"who.{suffix}" for suffix in ("rttm", "srt", "vtt", "png")]
    options = zip(("--rttm", "--srt", "--vtt", "--picture"), written, strict=True)
    known = f"--known=fcaw={kept_back['fcaw'][0]}"
    told = commands.json("timeline", path, known, *(word for pair in options for word in pair))
    names = {voice["name"] for voice in told["voices"]}
    assert names == {"fash", "fcaw", "voice 1"}
    spoken = read_rttm(written[0].read_text())
    right = {s.label.replace("_", " "): "mmsh" if "voice" in s.label else s.label for s in spoken}
    assert errors(truth_of(meeting), spoken, 0.25).rate < 0.05
    assert [s["voice"] for s in told["segments"]] == [s.label.replace("_", " ") for s in spoken]
    assert all(right[s["voice"]] in SPEAKERS for s in told["segments"])
    assert written[3].read_bytes().startswith(b"\x89PNG")


def test_an_unknown_voice_is_named_and_with_consent_enrolled_and_known_from_then_on(
    meeting, tmp_path
):
    commands = Commands(DATABASE_URL=f"sqlite:///{tmp_path}/cepstra.db")
    path = tmp_path / "call.wav"
    wavfile.write(path, RATE_HZ, as_call(meeting, "fash"))
    refused = commands.run("timeline", path, "--enrol", "voice 2=bob")
    assert refused.exit_code == 2 and "expected --consent VERSION" in refused.stderr
    missing = commands.run("timeline", path, "--name", "voice 9=bob")
    assert missing.exit_code == 2 and "expected one of voice 1, voice 2" in missing.stderr
    assert "a voice in each of two channels; each is heard by itself" in missing.stderr
    both = ("--enrol", "voice 1=bob", "--enrol", "voice 3=bob", "--consent", "terms-2")
    assert commands.run("timeline", path, *both).exit_code == 5  # their takes are unlike
    assert commands.json("speakers", "list") == []
    new = ("--enrol", "voice 2=bob", "--name", "voice 1=ann", "--consent", "terms-2")
    told = commands.json("timeline", path, *new)
    assert [voice["name"] for voice in told["voices"]] == ["ann", "bob", "voice 3"]
    again = commands.run("timeline", path, *new)
    assert again.exit_code == 2 and "bob is enrolled already" in again.stderr
    known = commands.json("timeline", path)
    assert [voice["name"] for voice in known["voices"]] == ["voice 1", "bob", "voice 3"]
    sides = {(s["voice"], s["channel"]) for s in known["segments"]}
    assert sorted(channel for _, channel in sides) == ["left", "right", "right"]


def as_call(meeting, caller):
    """Two channels: in the first one a voice, in the other all others."""
    at_s = np.arange(len(meeting.samples)) / RATE_HZ
    spans = [(turn.start_s, turn.end_s) for turn in meeting.turns if turn.speaker == caller]
    is_caller = np.any([(start <= at_s) & (at_s < end) for start, end in spans], axis=0)
    samples = (meeting.samples * 32767).astype(np.int16)
    return np.stack([samples * is_caller, samples * ~is_caller], axis=1)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["{silence}"], 4, "nobody speaks in it"),
        (["{silence}", "{silence}"], 2, "expected one recording, got 2"),
        (["{silence}", "--known", "ann"], 2, "expected NAME=FILE, got ann"),
        (["{silence}", "--known", "a/b={silence}"], 2, "expected a name of 1 to 64 characters"),
        (["{silence}", "--name", "voice 1=a", "--enrol", "voice 1=b"], 2, "two for voice 1"),
        (["{silence}", "--srt", "{silence}"], 2, "silence.wav: it is read"),
        (["{silence}", "--srt", "a.txt", "--vtt", "./a.txt"], 2, "by another option"),
        (["{silence}", "--known", "ann={silence}", "--known", "ann=gone"], 4, "silence.wav"),
        (["missing.wav"], 4, "missing.wav"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, status, said, tmp_path):
    silence = tmp_path / "silence.wav"
    wavfile.write(silence, RATE_HZ, np.zeros(RATE_HZ, np.int16))
    commands = Commands(DATABASE_URL=f"sqlite:///{tmp_path}/cepstra.db")
    before = silence.read_bytes()
    done = commands.run("timeline", *(word.format(silence=silence) for word in arguments))
    assert silence.read_bytes() == before
    assert (done.exit_code, said in done.stderr) == (status, True), done.output


def test_a_recording_that_is_too_long_is_given_up_while_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("cepstra.cli.timeline.LONGEST_S", 9)
    path = tmp_path / "night.wav"
    wavfile.write(path, RATE_HZ, np.zeros(10 * RATE_HZ, np.int16))
    done = Commands(DATABASE_URL=f"sqlite:///{tmp_path}/cepstra.db").run("timeline", path)
    assert done.exit_code == 4
    assert "night.wav: lasts longer than 0.0025 hours; cut it" in done.stderr
