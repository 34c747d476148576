"""`cepstra evaluate FOLDER`: lists made of any recordings, kept, and run again."""

import csv
import json
import os
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from audio_files import CODECS, write_audio
from client_commands import Commands
from test_evaluate_command import WORDS, write_rows

from cepstra.evaluation.parts import cut_at_pauses, part_name, whole_of
from cepstra.evaluation.planned_trials import Amounts, Recording, plan, sessions_by_time
from cepstra.evaluation.protocol import ProtocolError, read_enrolment, read_trials
from cepstra.frontend.audio import read_audio

AMOUNTS = Amounts(enrol_s=3.0, attempt_s=2.0, own=4, others=6, seed=1)
VOICES = {"ann smith": ("en+f2", 70), "bob": ("en+m3", 20), "cid": ("en+m7", 45)}
OPTIONS = ("--system", "classic-meyda-16k-1", "--processes", 1, "--attempt-s", 0.7)
DAY_S = 86_400


def recordings(speaker: str, *sessions: int) -> list[Recording]:
    """A speaker's recordings of a second, so many in each session."""
    return [
        Recording(f"{speaker}/{session}/{n}", speaker, str(session), 1.0)
        for session, count in enumerate(sessions)
        for n in range(count)
    ]


def test_who_has_several_sessions_attempts_in_later_ones():
    made = plan(
        [*recordings("ann", 5, 4, 4), *recordings("bob", 8), *recordings("cid", 1)], AMOUNTS
    )
    assert {name: len(files) for name, files in made.enrolment.items()} == {"ann": 3, "bob": 3}
    assert all(file.startswith("ann/0/") for file in made.enrolment["ann"])
    own = {t.files for t in made.trials if t.is_target and t.model == "ann"}
    assert sorted(files[0][:5] for files in own) == ["ann/1", "ann/1", "ann/2", "ann/2"]
    assert all(len(files) == 2 and files[0][:5] == files[1][:5] for files in own)
    bob = {file for t in made.trials if t.is_target and t.model == "bob" for file in t.files}
    assert bob and not bob & set(made.enrolment["bob"])
    assert (made.apart, made.impostors_only) == (["ann"], ["cid"])
    others = [t.files for t in made.trials if t.model == "bob" and not t.is_target]
    assert len(set(others)) == len(others) > 1
    assert {t.speaker for t in made.trials if t.model == "bob"} == {"ann", "bob", "cid"}
    again = plan(
        [*recordings("ann", 5, 4, 4), *recordings("bob", 8), *recordings("cid", 1)], AMOUNTS
    )
    assert again == made


def test_who_came_again_for_a_word_only_attempts_in_the_long_session():
    word = Recording("ann/2/0", "ann", "2", 0.5)
    made = plan([*recordings("ann", 8), word, *recordings("bob", 8)], AMOUNTS)
    assert set(made.enrolment) == {"ann", "bob"} and not made.apart and not made.impostors_only


def test_too_few_people_or_recordings_are_told():
    for few in ([], recordings("ann", 9), [*recordings("ann", 1), *recordings("bob", 1)]):
        with pytest.raises(ProtocolError, match="expected two speakers or more"):
            plan(few, AMOUNTS)
    with pytest.raises(ProtocolError, match=r"got 1 with speech \(train\), 1 of them with enough"):
        plan(recordings("train", 9), AMOUNTS)  # a folder too high, it says


def test_a_night_without_a_recording_parts_two_sessions():
    hours = [20.0, 9.0, 9.5, 34.0, 40.0, 14.9]
    assert sessions_by_time([3600 * hour for hour in hours]) == [0, 0, 0, 1, 2, 0]


def test_a_long_recording_is_cut_in_pauses_and_nothing_is_lost():
    speech = np.array(
        [*[1] * 150, *[0] * 40, *[1] * 60, *[0] * 10, *[1] * 60, *[0] * 30, *[1] * 90]
    )
    cut = cut_at_pauses(speech.astype(bool), 1.0, 100.0)
    assert cut == [((0.0, 1.7), 1.5), ((1.7, 4.4), 2.1)]  # 10 frames are no pause, 90 no part
    assert whole_of(part_name("a b/lo\ng.wav", cut[1][0])) == ("a b/lo\ng.wav", (1.7, 4.4))
    assert cut_at_pauses(np.zeros(50, dtype=bool), 1.0, 100.0) == [((0.0, 0.5), 0.0)]


@pytest.fixture(scope="module")
def voices(espeak_wav, tmp_path_factory) -> Path:
    """Four voices: one in subfolders, one of two days, one of one sitting, one in one long file."""
    root = tmp_path_factory.mktemp("people") / "my voices"
    endings = ("wav", "flac", "m4a", "ogg")
    rng = np.random.default_rng(0)
    said = {word: read_audio(espeak_wav(word, "en+f4", 60)) for word in WORDS}
    for name, (voice, pitch) in VOICES.items():
        for n in range(12):
            word, ending = WORDS[n % len(WORDS)], endings[n % len(endings)]
            samples = read_audio(espeak_wav(word, voice, pitch + n // 6))
            folder = (
                root / name / ("monday" if n < 6 else "tuesday") if name == "bob" else root / name
            )
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"take {n:02}.{ending}"
            write_audio(path, samples + rng.normal(0, 1e-3, len(samples)), 16_000, CODECS[ending])
            day = 1 if name == "cid" and n >= 6 else 0
            os.utime(path, (1e9 + day * DAY_S + n,) * 2)
    long = [part for word in (*WORDS, *WORDS) for part in (said[word], np.zeros(6_000))]
    (root / "dan").mkdir()
    write_audio(root / "dan" / "all.mp3", np.concatenate(long), 16_000, CODECS["mp3"])
    (root / "bob" / "all of us").symlink_to("..")
    (root / "cid" / "take 04.wav").rename(root / "cid" / "take 04\n.wav")
    (root / "bob" / "notes.txt").write_text("not sound")
    (root / "bob" / "monday" / "broken.wav").write_bytes(b"no sound in here")
    shutil.copy2(root / "bob" / "monday" / "take 00.wav", root / "cid" / "a copy.wav")
    write_audio(root / "cid" / "silence.wav", np.zeros(16_000), 16_000, "pcm_s16le")
    return root


def evaluate(*arguments: object) -> str:
    done = Commands(COLUMNS="80").run("evaluate", *arguments, *OPTIONS)
    assert done.exit_code == 0, done.output
    return done.output


def figures(out: Path) -> dict:
    return json.loads((out / "figures.json").read_text())["systems"]["classic-meyda-16k-1"]


def test_a_folder_becomes_a_report_that_runs_again(voices, tmp_path):
    out = tmp_path / "the report"
    told = evaluate(voices, "--out", out)
    assert "not used: 5" in told and "So few tell little" in told
    assert len(re.findall(r" \d+\.\d \(\d+\.\d to \d+\.\d\) │", told)) == 3  # of EER, FAR and FRR
    page = (out / "report.md").read_text()
    for wrong in (
        "all of us: passed over",
        "notes.txt",
        "broken.wav",
        "silence.wav",
        "a copy.wav: is the same recording",
    ):
        assert wrong in page
    assert "2 of 4 enrolled in another session" in page
    enrolment = read_enrolment(out / "enrol.csv")
    assert all("monday" in file for file in enrolment["bob"])
    assert max(enrolment["cid"]) < "cid/take 06"
    trials = read_trials(out / "trials.csv", enrolment)
    own = [t.files for t in trials if t.is_target]
    assert all("tuesday" in file for files in own for file in files if file.startswith("bob"))
    parts = [*enrolment["dan"], *(f for files in own for f in files if f.startswith("dan"))]
    assert len(set(parts)) == len(parts) >= 3
    assert all(re.fullmatch(r"dan/all\.mp3#\d+\.\d\d-\d+\.\d\d", part) for part in parts)
    found = figures(out)
    assert found["eer"] < 50
    assert (out / "det.png").read_bytes().startswith(b"\x89PNG")
    assert found["n_targets"] == len(own) >= 6

    again = re.search(r"```sh\ncepstra evaluate (.*)\n```", page)[1]
    evaluate(*shlex.split(again))
    assert figures(out) == found


def test_a_list_names_recordings_and_their_sessions(voices, tmp_path):
    rows = [
        (path.relative_to(voices.parent), path.relative_to(voices).parts[0], f"day {int(n % 2)}")
        for n, path in enumerate(sorted(voices.rglob("take*")))
    ]
    twice = f"./{rows[0][0]}", "dan", "day 1"  # it would enrol one and try another
    listed = write_rows(
        voices.parent / "voices.csv", "path,name,session", [*rows, *rows[-1:], twice]
    )
    evaluate(listed, "--out", tmp_path / "out")
    page = (tmp_path / "out" / "report.md").read_text()
    assert "Own attempts are of other sessions" in page
    for line, file in enumerate((rows[-1][0], twice[0]), len(rows) + 3):  # a name has two lines
        assert f"line {line}: path: expected each file once, got {file} again" in page
    with (tmp_path / "out" / "enrol.csv").open() as file:
        files = {row["speaker"]: shlex.split(row["files"]) for row in csv.DictReader(file)}
    assert set(files) == set(VOICES)
    days = {str(path): day for path, _, day in rows}
    assert {days[file] for own in files.values() for file in own} <= {"day 0", "day 1"}
    assert all(len({days[file] for file in own}) == 1 for own in files.values())


def test_what_cannot_be_evaluated_ends_with_status_2(voices, tmp_path):
    (tmp_path / "ann").mkdir()
    (tmp_path / "loose.wav").touch()
    (tmp_path / "wrong.csv").write_text("file,speaker\na.wav,ann\n")
    for arguments, told in (
        ((tmp_path,), "expected two speakers or more"),
        ((tmp_path,), "loose.wav: passed over, it is in no folder of a speaker"),
        ((tmp_path / "wrong.csv",), "expected columns path and name"),
        ((voices, "--attempt-s", "nan"), "expected a finite number, got nan"),
        ((voices, "--enrol-s", "inf"), "expected a finite number, got inf"),
        ((voices, "--seed", "-1"), "-1 is not in the range"),
        ((voices, "--out", tmp_path / "loose.wav" / "out"), "loose.wav is no folder"),
        ((voices, "--enrol", tmp_path / "wrong.csv"), "expected --enrol and --trials, or neither"),
    ):
        done = Commands().run("evaluate", *OPTIONS, "--out", tmp_path / "out", *arguments)
        assert done.exit_code == 2
        assert told in done.stderr
    assert not (tmp_path / "out").exists()
    word, out = next(voices.rglob("take*.wav")), tmp_path / "wrong.csv" / "out"
    done = Commands().run("features", word, "--out", out)
    assert (done.exit_code, str(out.parent) in done.stderr) == (2, True)
