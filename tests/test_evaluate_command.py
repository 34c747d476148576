"""`cepstra evaluate` as a user runs it, on digits of synthetic voices."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import Result
from client_commands import Commands

WORDS = ("zero", "one", "two", "three", "four", "five")
DIGITS = range(4)
ALONE = ("evaluate", "--processes", 1)  # test_jobs_engines has the same figures from clusters
VOICES = {"ann": ("en+f2", 70), "bob": ("en+m3", 20), "cid": ("en+m7", 45)}


run_cli = Commands().run


def write_rows(path: Path, header: str, rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def spoken(espeak_wav, tmp_path_factory) -> Path:
    """Digits of three synthetic voices, four takes each: AUDIO/SPEAKER/DIGIT_SPEAKER_TAKE.wav."""
    folder = tmp_path_factory.mktemp("spoken")
    rng = np.random.default_rng(0)
    for speaker, (voice, pitch) in VOICES.items():
        (folder / speaker).mkdir()
        for digit, word in enumerate(WORDS[: len(DIGITS)]):
            for take in range(4):
                samples, rate_hz = soundfile.read(espeak_wav(word, voice, pitch + 2 * take))
                noisy = samples + rng.normal(0, 1e-3, len(samples))
                soundfile.write(folder / speaker / f"{digit}_{speaker}_{take}.wav", noisy, rate_hz)
    return folder


@pytest.fixture(scope="module")
def lists(tmp_path_factory) -> tuple[Path, Path]:
    """Takes 0 and 1 of every digit enrol, takes 2 and 3 are attempts of three digits."""
    enrol = [(s, " ".join(f"{s}/{d}_{s}_{t}" for d in DIGITS for t in (0, 1))) for s in VOICES]
    trials = [
        (m, s, int(m == s), " ".join(f"{s}/{(d + i) % len(DIGITS)}_{s}_{t}" for i in range(3)))
        for m in VOICES
        for s in VOICES
        for d in DIGITS
        for t in (2, 3)
    ]
    folder = tmp_path_factory.mktemp("lists")
    return (
        write_rows(folder / "enrol.csv", "speaker,files", enrol),
        write_rows(folder / "trials.csv", "model,speaker,target,files", trials),
    )


@pytest.fixture(scope="module")
def evaluated(spoken, lists, tmp_path_factory) -> tuple[str, dict, Path]:
    """What an evaluation of two systems prints, its figures, and the folder of its report."""
    out = tmp_path_factory.mktemp("evaluated") / "deep" / "report"
    done = run_cli(
        *ALONE, spoken, "--enrol", lists[0], "--trials", lists[1],
        "--system", "classic", "--system", "classic-meyda-16k-1", "--out", out,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    return done.stdout, figures(out), out


def figures(out: Path) -> dict:
    return json.loads((out / "figures.json").read_text())["systems"]


def test_figures_plots_and_table(evaluated):
    printed, systems, pictures = evaluated
    assert list(systems) == ["classic", "classic-meyda-16k-1"]
    for found in systems.values():
        promised = {"eer", "min_dcf", "frr_at_far1", "far", "frr", "cllr", "n_trials"}
        assert promised | {"min_cllr", "eer_ci"} <= found.keys()
        assert found["n_trials"] == 72
        assert found["cllr"] is None  # a share of frames is no likelihood ratio
        for rate in ("eer", "far", "frr"):
            assert found[f"{rate}_ci"][0] <= found[rate] <= found[f"{rate}_ci"][1]
        n_others = found["n_trials"] - found["n_targets"]
        assert found["far_ci"][1] >= 100 * 3.84 / (n_others + 3.85)  # Wilson, without an error
        assert found["frr_ci"][1] > found["frr_ci"][0]
        assert all(0 <= found[rate] <= 100 for rate in ("eer", "frr_at_far1", "far", "frr"))
    # Three voices that differ this much must be told apart.
    assert systems["classic-meyda-16k-1"]["eer"] < 10
    assert f"{systems['classic-meyda-16k-1']['eer']:.1f} (" in printed
    for name in ("det.png", "scores-classic.png", "scores-classic-meyda-16k-1.png"):
        assert (pictures / name).read_bytes().startswith(b"\x89PNG")


def test_another_device_is_heard_only_in_the_attempts(evaluated, spoken, lists, tmp_path):
    muffled, out = tmp_path / "muffled", tmp_path / "out"
    for path in spoken.rglob("*_[23].wav"):  # the attempts
        samples, rate_hz = soundfile.read(path)
        target = (muffled / path.relative_to(spoken)).with_suffix(".flac")
        target.parent.mkdir(parents=True, exist_ok=True)
        dull = np.convolve(samples, np.ones(24) / 24, mode="same")
        soundfile.write(target, dull, rate_hz)
    done = run_cli(
        *ALONE, spoken, "--enrol", lists[0], "--trials", lists[1],
        "--test-audio", muffled, "--system", "classic-meyda-16k-1", "--out", out,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert figures(out)["classic-meyda-16k-1"]["frr"] > evaluated[1]["classic-meyda-16k-1"]["frr"]


def test_missing_and_broken_recordings_are_named(spoken, lists, tmp_path):
    def evaluate(audio: Path) -> Result:
        return run_cli(
            *ALONE, audio, "--enrol", lists[0], "--trials", lists[1],
            "--system", "classic-meyda-16k-1", "--out", tmp_path / "out",
        )  # fmt: skip

    copy = tmp_path / "copy"
    shutil.copytree(spoken, copy)
    broken = copy / "bob" / "3_bob_2.wav"
    broken.write_bytes(b"no sound in here")
    done = evaluate(copy)
    assert done.exit_code == 4
    assert "3_bob_2.wav: is no WAV" in done.stderr
    broken.unlink()
    done = evaluate(copy)
    assert done.exit_code == 2
    assert "1 of " in done.stderr
    assert "bob/3_bob_2" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_wrong_lists_and_options_end_with_status_2(lists, tmp_path):
    base = [*ALONE, tmp_path, "--trials", lists[1], "--out", tmp_path / "out"]
    empty = tmp_path / "empty.csv"
    empty.write_text("speaker,files\n")
    for enrol, extra, complaint in (
        (tmp_path / "nowhere.csv", (), "nowhere.csv"),
        (empty, (), "the list is empty"),
        (lists[0], ("--system", "oracle"), "oracle"),
    ):
        done = run_cli(*base, "--enrol", enrol, *extra)
        assert done.exit_code == 2
        assert complaint in done.stderr
