"""`cepstra classify FOLDER`: who speaks, by every system, attempt by attempt and piece by piece."""

import csv
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import soundfile
from audio_files import write_audio
from client_commands import Commands

from cepstra.evaluation.protocol import Trial, write_enrolment, write_trials
from cepstra.frontend.audio import read_audio

SPEAKERS = ("fsgeorge", "fsjackson", "fstheo")
SYSTEMS = ("gmm-ubm", "dense-stats")


@pytest.fixture(scope="module")
def digits(shared_dir, tmp_path_factory) -> Path:
    """Three people: two with a file a digit, one with a single long file."""
    root = tmp_path_factory.mktemp("digits")
    pause = np.zeros(6_000)
    for name in SPEAKERS:
        files = sorted((shared_dir / "corpora" / "fsdd" / name).iterdir())[::6]
        (root / name).mkdir()
        if name == "fstheo":
            parts = [part for path in files for part in (read_audio(path), pause)]
            write_audio(root / name / "all.flac", np.concatenate(parts), 16_000, "flac")
        else:
            for number, path in enumerate(files):
                (root / name / f"{number:02}.flac").symlink_to(path)
    return root


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_systems_stand_side_by_side_attempt_by_attempt_and_over_time(digits, tmp_path):
    out = tmp_path / "out"
    asked = [word for system in SYSTEMS for word in ("--system", system)]
    command = ["classify", digits, "--out", out, "--processes", 1, "--enrol-s", 4, *asked]
    done = Commands().run(*command)
    assert done.exit_code == 0, done.output
    figures = json.loads((out / "figures.json").read_text())["systems"]
    assert list(figures) == list(SYSTEMS)
    for system in SYSTEMS:
        assert figures[system]["accuracy"] > 0.8  # three voices on their own devices
        low, high = figures[system]["accuracy_ci"]
        told = f"{100 * figures[system]['accuracy']:.2f} ({100 * low:.1f} to {100 * high:.1f})"
        assert low < figures[system]["accuracy"] <= high <= 1 and told in done.stdout
    attempts = rows(out / "predictions.csv")
    assert {row["speaker"] for row in attempts} == set(SPEAKERS)
    for system in SYSTEMS:
        right = [row[system] == row["speaker"] for row in attempts]
        assert np.mean(right) == pytest.approx(figures[system]["accuracy"])
    pieces = rows(out / "segments.csv")
    assert {int(row["attempt"]) for row in pieces} <= set(range(len(attempts)))
    for row in pieces:
        assert 0.3 <= float(row["end_s"]) - float(row["start_s"]) <= 1.005
        assert row["file"] in attempts[int(row["attempt"])]["files"]
        assert row["speaker"] == attempts[int(row["attempt"])]["speaker"]
    ofs = [row for row in pieces if row["speaker"] == "fstheo"]
    assert all(row["file"].startswith("fstheo/all.flac#") for row in ofs)
    whole_s = soundfile.info(digits / "fstheo" / "all.flac").duration
    last_s = max(float(row["end_s"]) for row in ofs)  # in time of the whole file
    assert 4 < last_s <= whole_s + 0.005
    for name in ("confusion.png", "segments.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG")

    again = re.search(r"```sh\ncepstra (.*)\n```", (out / "report.md").read_text())[1]
    assert Commands().run(*shlex.split(again), "--processes", 1, *asked).exit_code == 0
    assert json.loads((out / "figures.json").read_text())["systems"] == figures


def test_who_enrols_with_one_recording_is_enrolled_by_the_classic_rule_too(digits, tmp_path):
    """It needs a reference beside what it is fitted on."""
    ann, bob = SPEAKERS[:2]
    enrolment = {name: (f"{name}/00.flac",) for name in (ann, bob)}
    trials = [Trial(m, s, m == s, (f"{s}/01.flac",)) for m in enrolment for s in enrolment]
    write_enrolment(tmp_path / "enrol.csv", enrolment)
    write_trials(tmp_path / "trials.csv", trials)
    lists = ("--enrol", tmp_path / "enrol.csv", "--trials", tmp_path / "trials.csv")
    common = ("--processes", 1, "--system", "classic-meyda-16k-1")
    for command in ("evaluate", "classify"):
        done = Commands().run(command, digits, *lists, "--out", tmp_path / command, *common)
        assert done.exit_code == 0, done.output
