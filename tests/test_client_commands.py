"""The client commands on real recordings: against a server, and on the local store."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from caller_driver import make_key
from client_commands import Commands
from server_driver import free_port

from cepstra.cli import _enrolment
from cepstra.client import Client

DIGITS = ("--digit-pattern", r"^(\d)_")
SURE = "--confirm-voice"  # one digit after the other, a first one may sound like another voice
BOTH = ("fsgeorge", "fslucas")
# What is made of files and words happens before a call, which goes the same way to the local store.
AT_A_SERVER = pytest.mark.parametrize("commands", ["server"], indirect=True, scope="module")


@pytest.fixture(scope="module", params=["server", "local store"])
def commands(request, module_server, tmp_path_factory):
    if request.param == "server":
        return Commands(CEPSTRA_URL=module_server.url)
    folder = tmp_path_factory.mktemp("local")
    return Commands(DATABASE_URL=f"sqlite:///{folder}/cepstra.db")


@pytest.fixture(scope="module")
def fsdd(shared_dir):
    return shared_dir / "corpora" / "fsdd"


def digits(folder: Path, speaker: str, takes=(0, 1), said=range(6)) -> list[Path]:
    return [folder / speaker / f"{digit}_{speaker}_{take}.flac" for digit in said for take in takes]


@pytest.fixture(scope="module")
def both(commands, fsdd):
    """Commands on a service where two speakers are enrolled."""
    for speaker in BOTH:
        commands.json("enrol", speaker, *digits(fsdd, speaker), *DIGITS)
    return commands


def long_recording(path: Path, takes: list[Path], pause_s: float = 0.3) -> Path:
    """Takes one behind the other, with quiet noise between and around them."""
    rng = np.random.default_rng(0)
    parts, rate_hz = [], 16_000
    for take in takes:
        samples, rate_hz = soundfile.read(take)
        parts += [rng.normal(0, 1e-4, round(pause_s * rate_hz)), samples]
    parts.append(rng.normal(0, 1e-4, rate_hz))
    soundfile.write(path, np.concatenate(parts), rate_hz)
    return path


def test_the_own_voice_is_accepted_and_another_rejected(both, fsdd):
    own = both.json("verify", "fsgeorge", *digits(fsdd, "fsgeorge", [7], [1, 2, 3]), *DIGITS)
    assert {"decision", "llr", "probability", "quality"} <= own.keys()
    assert own["decision"] == "accept" and own["llr"] >= own["threshold"]
    other = both.run("verify", "fsgeorge", *digits(fsdd, "fslucas", [7], [1, 2, 3]), *DIGITS)
    assert other.exit_code == 1
    assert "fsgeorge rejected" in other.stdout


def test_json_may_stand_behind_the_command(both, fsdd):
    done = both.run("verify", "fsgeorge", *digits(fsdd, "fsgeorge", [7], [1, 2, 3]), "--json")
    assert json.loads(done.stdout)["speaker"] == "fsgeorge"
    assert "of free speech 15 s are advised" in done.stderr


def test_too_little_speech_has_a_status_of_its_own(both, fsdd):
    done = both.run("verify", "fsgeorge", *digits(fsdd, "fsgeorge", [7], [1]), *DIGITS)
    assert (done.exit_code, "inconclusive" in done.stdout) == (3, True)
    assert "are needed" in done.stderr


@AT_A_SERVER
def test_speech_that_is_not_heard_is_told(both, fsdd, tmp_path):
    takes = 3 * digits(fsdd, "fsgeorge", range(2, 8), range(10))
    recording = long_recording(tmp_path / "long.wav", takes, pause_s=0.5)
    done = both.run("--json", "verify", "fsgeorge", recording)
    assert json.loads(done.stdout)["decision"] == "accept"
    (warning,) = json.loads(done.stdout)["warnings"]
    assert re.fullmatch(r"\d+\.\d s of speech; only the first \d+\.\d s were heard", warning)
    assert f"Warning: {warning}" in done.stderr
    (found,) = both.json("identify", recording)
    assert found["warnings"] == [warning]
    first, second = both.json("compare", recording, recording)["warnings"]
    heard_s, most_s = (float(re.search(r"first (\S+) s", said)[1]) for said in (first, warning))
    assert first == second and 0.6 < heard_s / most_s < 0.7  # both share what one call compares
    many = [take for each in BOTH for take in digits(fsdd, each, range(2, 12), range(10))]
    files = both.json("verify", "fsgeorge", *many, *DIGITS)
    assert "only the first" in files["warnings"][0]
    spoken = both.json("verify", "fsgeorge", *takes[:6], *DIGITS)
    assert spoken["warnings"] == []


def test_who_is_it(both, fsdd):
    three = digits(fsdd, "fslucas", [7], [1, 2, 3])
    (found,) = both.json("identify", "--together", *three)
    assert (found["decision"], found["speaker"]) == ("identified", "fslucas")
    stranger = digits(fsdd, "fstheo", [7], range(6))
    done = both.run("identify", "--together", *stranger)
    assert done.exit_code == 1
    assert "Match not found" in done.stdout


def test_one_recording_under_two_names_counts_once(both, fsdd, tmp_path):
    (first,) = digits(fsdd, "fslucas", [7], [1])
    again = shutil.copy(first, tmp_path / "again.flac")
    once, twice = (both.run("verify", "fslucas", *files) for files in ([first], [first, again]))
    assert twice.stdout == once.stdout
    assert f"{again}: is the same recording as {first}, and is heard once" in twice.stderr


def test_each_file_is_an_attempt_of_its_own(both, fsdd, tmp_path):
    files = [
        long_recording(tmp_path / f"{speaker}.wav", digits(fsdd, speaker, [5, 6], [1, 2, 3]))
        for speaker in BOTH
    ]
    done = both.run("identify", *files)
    assert done.exit_code == 0, done.output
    for speaker, line in zip(BOTH, done.stdout.splitlines(), strict=True):
        assert f"{speaker}.wav: Match found: {speaker};" in line


def test_who_speaks_when(both, fsdd, tmp_path):
    george, lucas = (digits(fsdd, speaker, [5, 6, 7], [1, 2, 3]) for speaker in BOTH)
    recording = long_recording(tmp_path / "talk.wav", [*george, *lucas])
    change_s = soundfile.info(long_recording(tmp_path / "g.wav", george)).duration - 1
    rows = both.json("identify", "--timeline", recording)
    assert [row["start_s"] for row in rows] == [3.0 * n for n in range(len(rows))]
    for row in rows:
        if row["end_s"] <= change_s or row["start_s"] >= change_s:
            own = BOTH[row["start_s"] >= change_s]
            assert row["best"] in (own, None), row
    assert {row["speaker"] for row in rows} >= set(BOTH)
    assert "talk.wav" in both.run("identify", "--timeline", recording).stdout


def test_two_recordings_of_one_voice_and_of_two(both, fsdd, tmp_path):
    first, second, other = (
        long_recording(tmp_path / f"{n}.wav", digits(fsdd, speaker, takes, [1, 2, 3, 4]))
        for n, (speaker, takes) in enumerate(
            [("fsgeorge", [2, 3]), ("fsgeorge", [4, 5]), ("fslucas", [2, 3])]
        )
    )
    assert both.json("compare", first, second)["decision"] == "accept"
    done = both.run("compare", first, other)
    assert (done.exit_code, done.stdout.startswith("different voices")) == (1, True)


@AT_A_SERVER
def test_a_long_recording_is_cut_and_can_be_verified_at_once(both, fsdd, tmp_path):
    recording = long_recording(tmp_path / "long.wav", digits(fsdd, "fstheo", [1, 2], range(10)))
    (enrolled,) = both.json("enrol", "theo", recording)
    assert enrolled["new_takes"] >= 4 and enrolled["is_ready"]
    attempt = long_recording(tmp_path / "attempt.wav", digits(fsdd, "fstheo", [5], range(6)))
    assert both.json("verify", "theo", attempt)["decision"] == "accept"
    (chunks,) = both.json("enrol", "theo-chunks", recording, "--chunk-s", 2)
    duration_s = soundfile.info(recording).duration
    assert chunks["new_takes"] in (int(duration_s / 2), round(duration_s / 2))
    (one,) = both.json("enrol", "theo-once", attempt, "--chunk-s", 10)
    assert (one["new_takes"], one["is_ready"]) == (2, True)  # a sole take is halved
    for name in ("theo", "theo-chunks", "theo-once"):
        both.json("speakers", "delete", name, "--yes")


@AT_A_SERVER
def test_a_word_is_one_take_though_its_second_is_all_heard(both, shared_dir, tmp_path):
    """A second and the quiet around it are long enough to be cut in two."""
    speaker = shared_dir / "corpora" / "speech_commands" / "dev" / "gc106a6183"
    words = [tmp_path / f"word {n}.flac" for n in range(3)]
    for word, recording in zip(words, sorted(speaker.glob("*.flac")), strict=False):
        shutil.copy(recording, word)
    (enrolled,) = both.json("enrol", "words", words[0])
    assert enrolled["new_takes"] == 1
    assert "by one take" in both.run("speakers", "show", "words").stdout
    (enrolled,) = both.json("enrol", "words", *words)
    assert enrolled["new_takes"] == 2 and enrolled["known_takes"] == 1
    both.json("speakers", "delete", "words", "--yes")


def test_speakers_are_listed_shown_and_exported(both, tmp_path):
    assert [speaker["alias"] for speaker in both.json("speakers", "list")] == list(BOTH)
    assert "fslucas" in both.run("speakers", "list").stdout
    assert both.json("speakers", "show", "fslucas")["alias"] == "fslucas"
    assert "12, of at most 60" in both.run("speakers", "show", "fslucas").stdout
    out = tmp_path / "deep" / "lucas.json"
    assert both.run("speakers", "export", "fslucas", "--out", out).exit_code == 0
    assert len(json.loads(out.read_text())["takes"]) == 12
    assert both.run("speakers", "show", "nobody").exit_code == 5


def test_takes_of_another_voice_are_left_out_unless_confirmed(commands, fsdd):
    own, other = digits(fsdd, "fsjackson", [0]), digits(fsdd, "fsyweweler", [0], range(4))
    (mixed,) = commands.json("enrol", "mixed", *own, *other, *DIGITS, status=4)
    assert 1 <= mixed["unlike_takes"] and mixed["new_takes"] + mixed["unlike_takes"] == 10
    assert len(mixed["failed"]) == mixed["unlike_takes"] and mixed["files"] == mixed["new_takes"]
    again = commands.run("enrol", "mixed", *mixed["failed"], *DIGITS)
    assert again.exit_code == 4 and "nothing to be held against" not in again.stderr
    (confirmed,) = commands.json("enrol", "mixed", *other, *DIGITS, "--confirm-voice")
    assert (confirmed["new_takes"], confirmed["unlike_takes"]) == (mixed["unlike_takes"], 0)
    assert "takes alike to" in commands.run("speakers", "show", "mixed").stdout
    commands.json("speakers", "delete", "mixed", "--yes")


@AT_A_SERVER
def test_names_that_tell_no_digit_are_told_of(both, fsdd):
    own = digits(fsdd, "fsgeorge", [7], [1, 2, 3])
    pattern = ("--digit-pattern", r"^(\w+)_")
    told = f"--digit-pattern finds no digit in 3 of 3 names, such as {own[0].name}"
    assert told in both.json("verify", "fsgeorge", *own, *pattern)["warnings"]
    done = both.run("enrol", "undigited", *own, *pattern)
    assert (done.exit_code, told in done.stderr) == (0, True)
    both.json("speakers", "delete", "undigited", "--yes")


def test_nobody_is_deleted_without_a_yes(commands, fsdd):
    commands.json("enrol", "gone", *digits(fsdd, "fstheo", [0], [1, 2]), *DIGITS)
    asked = commands.run("speakers", "delete", "gone", answer="n\n")
    assert asked.exit_code == 1
    assert "for good, takes: 2?" in asked.output
    assert commands.json("speakers", "show", "gone")["alias"] == "gone"
    assert commands.run("speakers", "delete", "gone", answer="y\n").exit_code == 0
    assert commands.run("speakers", "show", "gone").exit_code == 5


def test_a_folder_goes_on_where_it_stopped(commands, fsdd, tmp_path):
    tree = tmp_path / "voices"
    for speaker, name in (("fsjackson", "Jack Són"), ("fsnicolas", "nicolas")):
        (tree / name).mkdir(parents=True)
        for path in digits(fsdd, speaker, [0, 1], [1, 2, 3]):
            (tree / name / path.name).symlink_to(path)
    late = tree / "nicolas" / "9_fsnicolas_0.flac"
    first = commands.json("enrol", "--from", tree, *DIGITS, SURE)
    assert [(r["speaker"], r["new_takes"]) for r in first] == [("Jack Són", 6), ("nicolas", 6)]
    late.symlink_to(fsdd / "fsnicolas" / late.name)
    again = commands.json("enrol", "--from", tree, *DIGITS, SURE)
    assert [(r["new_takes"], r["known_takes"]) for r in again] == [(0, 6), (1, 6)]
    assert len(commands.json("speakers", "export", "nicolas")["takes"]) == 7
    for name in ("Jack Són", "nicolas"):
        commands.json("speakers", "delete", name, "--yes")


def test_a_broken_file_does_not_stop_the_others(commands, fsdd, tmp_path):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no sound in here")
    done = commands.run("enrol", "ann", broken, *digits(fsdd, "fstheo", [0], [1, 2]), *DIGITS)
    assert done.exit_code == 4
    assert "broken.wav" in done.stderr
    assert len(commands.json("speakers", "show", "ann")["training_log"]) == 2
    commands.json("speakers", "delete", "ann", "--yes")


@AT_A_SERVER
def test_more_files_than_are_kept_are_thinned_out(commands, fsdd):
    done = commands.run("enrol", "many", *sorted((fsdd / "fstheo").glob("*.flac")), *DIGITS, SURE)
    assert done.exit_code == 0
    assert (
        "60 takes, of four minutes at most, are kept; left out, evenly spread, files: 60"
        in done.stderr
    )
    log = commands.json("speakers", "show", "many")["training_log"]
    assert {entry["digit"] for entry in log} == set(range(10)) and len(log) == 60
    commands.json("speakers", "delete", "many", "--yes")


@AT_A_SERVER
def test_more_speech_than_is_kept_is_thinned_out_alike_each_time(commands, fsdd, monkeypatch):
    monkeypatch.setattr(_enrolment, "KEPT_FRAMES", 200)
    files = digits(fsdd, "fstheo", [0, 1], range(6))
    first, again = (commands.json("enrol", "much", *files, *DIGITS, SURE)[0] for _ in range(2))
    assert 2 < first["new_takes"] < 12
    assert first["left_out"] == 12 - first["new_takes"]
    assert (again["new_takes"], again["known_takes"]) == (0, first["new_takes"])
    commands.json("speakers", "delete", "much", "--yes")


def test_recordings_named_after_their_speakers(commands, fsdd, tmp_path):
    def record(file: str, speaker: str, takes: list[int]) -> Path:
        return long_recording(tmp_path / file, digits(fsdd, speaker, takes, range(6)))

    pattern = ("--name-pattern", r"^(.+)_\d$")
    record("yweweler_1.wav", "fsyweweler", [0, 1])
    record("jackson_1.wav", "fsjackson", [0, 1])
    first = commands.json("recognise", tmp_path, *pattern)
    assert [r["outcome"] for r in first["results"]] == ["registered", "registered"]
    assert first["accuracy"] is None
    record("yweweler_2.wav", "fsyweweler", [2])
    record("jackson_2.wav", "fsjackson", [2])
    second = commands.json("recognise", tmp_path, *pattern)
    assert {r["speaker"] for r in second["results"]} == {"yweweler", "jackson"}
    assert second["accuracy"] == 1.0
    # A known voice under another's name, and under a new one.
    for name in ("jackson_4.wav", "newcomer_1.wav"):
        told = commands.run("recognise", record(name, "fsyweweler", [3]), *pattern)
        who = name.partition("_")[0]
        assert f"its name says {who}, the voice is that of yweweler" in told.stderr
        assert (told.exit_code, "other-voice" in told.stdout) == (1, True)
    assert commands.run("speakers", "show", "newcomer").exit_code == 5
    # Another voice under a known name: not expressed by its features, replaced on request.
    wrong = record("jackson_3.wav", "fstheo", [0, 1])
    refused = commands.run("recognise", wrong, *pattern)
    assert refused.exit_code == 1
    assert "accuracy 0.0%: 0 of 1" in refused.stdout
    kept = commands.run("recognise", wrong, *pattern, "--re-register", answer="n\n")
    assert kept.exit_code == 1
    replaced = commands.json("recognise", wrong, *pattern, "--re-register", "--yes")
    assert replaced["results"][0]["outcome"] == "re-registered"
    assert commands.json("recognise", wrong, *pattern)["results"][0]["speaker"] == "jackson"
    for name in ("yweweler", "jackson"):
        commands.json("speakers", "delete", name, "--yes")


@AT_A_SERVER
def test_wrong_use_is_told_apart_from_a_rejection(commands, fsdd, tmp_path):
    take = digits(fsdd, "fstheo", [0], [1])[0]
    empty = tmp_path / ".lists" / "empty.csv"
    empty.parent.mkdir()
    empty.write_text("path,name\n")
    for arguments, status, said in (
        (["enrol"], 2, "expected NAME and FILES"),
        (["enrol", "a/b", take], 2, "expected a name of 1 to 64 characters"),
        (["enrol", "ann", take, "--from", tmp_path], 2, "expected one of NAME and FILES, --from"),
        (["enrol", "--from", tmp_path], 2, "expected folders NAME/"),
        (["verify"], 2, "Missing argument"),
        (["verify", "ann"], 2, "expected FILES, --mic"),
        (["verify", "ann", take, "--digit-pattern", "("], 2, "regular expression"),
        (["verify", "ann", take, "--digit-pattern", "x"], 2, "group"),
        (["verify", "ann", take, "--chunk-s", "nan"], 2, "expected a finite number, got nan"),
        (["verify", "ann", tmp_path / "nowhere.wav"], 4, "nowhere.wav"),
        (["verify", "nobody", take], 5, "nobody has no model yet: enrol some speech first ("),
        (["recognise", tmp_path], 2, "no recordings in it"),
        (["enrol", "--csv", empty], 2, "expected lines with a path and a name, found none"),
        (["train", empty, "--to", tmp_path / "net", "--family", "dense-stats"], 2, "found none"),
    ):
        done = commands.run(*arguments)
        assert (done.exit_code, said in done.stderr) == (status, True), done.stderr


def test_a_service_that_is_not_there():
    done = Commands().run("--url", f"http://127.0.0.1:{free_port()}", "speakers", "list")
    assert (done.exit_code, done.stdout) == (5, "")


def test_ctrl_c_is_no_verdict(monkeypatch):
    def interrupted(client):
        raise KeyboardInterrupt

    monkeypatch.setattr(Client, "speakers", interrupted)
    done = Commands().run("--url", "http://127.0.0.1:9", "speakers", "list")
    assert (done.exit_code, done.stderr.split()) == (130, ["Interrupted."])


def test_whoever_is_not_found_is_told_where_it_was_looked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here = Commands(DATABASE_URL="sqlite:///here.db")
    place = f"sqlite:///{tmp_path}/here.db"
    assert here.run("speakers", "list").stdout == f"nobody is enrolled in {place}\n"
    assert f"there is no speaker ann ({place})" in here.run("speakers", "show", "ann").stderr


def test_a_token_opens_a_guarded_service(guarded_server, fsdd):
    takes = digits(fsdd, "fstheo", [0, 1], [1, 2, 3])
    guarded = Commands(CEPSTRA_URL=guarded_server.url)
    assert "expected a valid token" in guarded.run("enrol", "theo", *takes).stderr
    key = make_key(guarded_server, "enrol", "verify")
    allowed = Commands(CEPSTRA_URL=guarded_server.url, CEPSTRA_TOKEN=key)
    (enrolled,) = allowed.json("enrol", "theo", *takes, *DIGITS, "--consent", "v1")
    assert enrolled["new_takes"] == 6
    (again,) = allowed.json("enrol", "theo", *takes, *DIGITS)
    assert again["known_takes"] == 6
    assert allowed.json("speakers", "show", "theo")["consent"]["version"] == "v1"
    assert allowed.run("speakers", "list").exit_code == 5
