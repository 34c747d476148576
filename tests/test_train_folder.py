"""`cepstra train FOLDER`: a network of one's own, from recordings to a decision over HTTP."""

import csv
import json
import shutil
from itertools import count
from pathlib import Path

import httpx
import numpy as np
import pytest
from client_commands import Commands
from test_embedding_mode import embedded

from cepstra.cli import train as train_command
from cepstra.evaluation.planned_trials import Spoken
from cepstra.frontend import extract, rounded
from cepstra.frontend.audio import read_audio
from cepstra.neural.model_folder import ModelFolderError, load_model
from cepstra.neural.utterance import Utterance
from cepstra.training.networks.own_voices import TooFewError, own_voices, stopping_takes
from cepstra.training.networks.spoken_takes import OWN_SPEED, Takes
from cepstra.verification.own_network import load_own_networks

FAMILY = "cnn-lstm"
COURSE = ("--family", FAMILY, "--devices", 0, "--round-steps", 2, "--processes", 1)
ROUNDS = ("--rounds", 3)


def spoken(n_speakers: int, n_recordings: int) -> list[Spoken]:
    return [Spoken(f"{s}/{r}", str(s), "") for s in range(n_speakers) for r in range(n_recordings)]


def test_a_fifth_of_the_speakers_and_ten_at_least_are_held_out():
    for n_speakers, n_held_out in ((20, 10), (49, 10), (100, 20)):
        voices = own_voices(Path("x"), spoken(n_speakers, 40), 1)
        assert len(voices.held_out) == n_held_out
        assert len(voices.recordings) == n_speakers * 30  # a minute of pieces of two seconds
    single = [*spoken(20, 1), *(Spoken("a/b", str(n), "") for n in range(5, 15))]
    assert own_voices(Path("x"), single, 1).held_out == {str(n) for n in range(5, 15)}
    with pytest.raises(TooFewError, match="expected 20 speakers or more, got 19 with recordings"):
        own_voices(Path("x"), spoken(19, 4), 1)


def test_the_last_session_or_a_quarter_of_one_tells_when_to_stop():
    """Speaker a has two sessions, b four recordings of one, c one of four pieces, d is held out."""
    places = np.array([*((r, 0) for r in range(9)), *((9, p) for p in range(4)), (10, 0)])
    speakers = np.array([*"aaaaabbbb", *"cccc", "d"])
    nothing, once = np.zeros((14, 0)), np.zeros(14, dtype=np.int8)
    takes = Takes(
        nothing,
        nothing,
        nothing,
        speakers,
        speakers,
        once + OWN_SPEED,
        once,
        speakers == "d",
        places,
    )
    chosen = stopping_takes(takes, [*"1112233333", "3"], 1)
    assert chosen.tolist()[:5] == [False, False, False, True, True]
    assert [int(chosen[speakers == name].sum()) for name in "bcd"] == [1, 1, 0]
    assert (stopping_takes(takes, [*"1112233333", "3"], 2) != chosen).any()


@pytest.fixture(scope="module")
def people(shared_dir, tmp_path_factory) -> Path:
    """Twenty-one speakers of four digits each, one of them of two days; and what is no sound."""
    root = tmp_path_factory.mktemp("people")
    background = sorted((shared_dir / "corpora" / "speech_commands" / "background").iterdir())
    full = [speaker for speaker in background if len(list(speaker.iterdir())) == 4]
    for speaker in full[:21]:
        shutil.copytree(speaker, root / speaker.name)
    two_days = root / full[0].name
    for number, path in enumerate(sorted(two_days.iterdir())):
        day = two_days / ("monday" if number < 2 else "tuesday")
        day.mkdir(exist_ok=True)
        path.rename(day / path.name)
    (root / full[1].name / "broken.wav").write_bytes(b"no sound in here")
    return root


def train(people: Path, out: Path, *options: object, status: int = 0) -> str:
    done = Commands().run("train", people, "--to", out, *COURSE, *options)
    assert done.exit_code == status, done.output
    return done.output


@pytest.fixture(scope="module")
def unfinished(people, torch, tmp_path_factory) -> Path:
    """A training that Ctrl-C ended in its third round."""
    out = tmp_path_factory.mktemp("models") / "interrupted"
    shown = train_command.bar

    def bar(progress, name, total):
        advance, steps = shown(progress, name, total), count(1)

        def interrupted(n: int) -> None:
            advance(n)
            if name == "fit" and next(steps) == 5:
                raise KeyboardInterrupt

        return interrupted

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_command, "bar", bar)
        train(people, out, *ROUNDS, status=130)
    assert (out / "unfinished" / "checkpoint.safetensors").is_file()
    return out


@pytest.fixture(scope="module")
def model(people, unfinished) -> Path:
    """A model folder, from the features that the interrupted training left."""
    out = unfinished.parent / "ours"
    shutil.copytree(unfinished, out)
    (out / "unfinished" / "checkpoint.safetensors").unlink()
    told = train(people, out, *ROUNDS, "--resume")
    assert "broken.wav" in told and f"cepstra evaluate {out / 'held-out.csv'} --model {out}" in told
    return out


def test_a_training_goes_on_to_the_same_bits(people, unfinished, model):
    before = sorted(path.name for path in unfinished.iterdir())
    told = train(people, unfinished, *ROUNDS, status=2)
    assert "--resume goes on with it" in told
    told = train(people, unfinished, *ROUNDS, "--resume", "--seed", 2, status=2)
    assert "--resume: expected seed 1 as before, got 2" in told
    assert sorted(path.name for path in unfinished.iterdir()) == before
    resumed = unfinished.parent / "resumed"
    shutil.copytree(unfinished, resumed)
    train(people, resumed, *ROUNDS, "--resume")
    assert (resumed / "network.onnx").read_bytes() == (model / "network.onnx").read_bytes()
    assert sorted(path.name for path in resumed.iterdir()) == [
        "card.md", "held-out.csv", "network.onnx",
    ]  # fmt: skip
    assert "expected a folder without a network" in train(people, resumed, *ROUNDS, status=2)
    told = train(people, unfinished.parent / "modèle", *ROUNDS, status=2)
    assert "--to: " in told and "expected a folder named with letters A to Z" in told
    assert not (unfinished.parent / "modèle").exists()


def test_what_is_damaged_is_named_and_left_as_it_is(people, unfinished, tmp_path):
    out = tmp_path / "ours"
    shutil.copytree(unfinished, out)
    left = sorted((out / "unfinished").iterdir())
    assert len(left) == 4
    for path in left:
        whole = path.read_bytes()
        for damaged in (b"", b"no arrays", whole[: len(whole) // 2]):
            path.write_bytes(damaged)
            told = train(people, out, *ROUNDS, "--resume", status=2)
            assert f"{path}: expected a file as it was written, got a damaged one (" in told
            assert "remove " in told
        path.write_bytes(whole)
    assert sorted((out / "unfinished").iterdir()) == left
    (out / "unfinished" / "asked.json").unlink()
    told = train(people, out, *ROUNDS, "--resume", "--seed", 2, status=2)
    assert f"got no such file; to begin anew, remove {out / 'unfinished'}" in told


def test_too_few_speakers_leave_nothing_to_go_on_with(people, torch, tmp_path):
    (tmp_path / "few" / "ann").mkdir(parents=True)
    shutil.copy(next(people.rglob("*.flac")), tmp_path / "few" / "ann")
    (tmp_path / "few" / "bob.wav").touch()
    told = train(tmp_path / "few", tmp_path / "none", status=2)
    assert "bob.wav: passed over, it is in no folder of a speaker" in told
    assert "expected 20 speakers or more, got 1 with recordings" in told
    assert not (tmp_path / "none").exists()


def test_a_name_that_could_not_be_measured_is_refused_before_the_training(people, tmp_path):
    shipped, spaced = (train(people, tmp_path / name, status=2) for name in ("cnn-lstm", "ou rs"))
    assert "--to: expected a folder of a name that no shipped system has, got cnn-lstm" in shipped
    assert "--to: " in spaced and "got 'ou rs'" in spaced
    assert not list(tmp_path.iterdir())


def test_the_card_names_nobody_and_says_what_it_is_made_of(people, model):
    card = (model / "card.md").read_text()
    assert "# Model card: ours" in card and f"--family {FAMILY}" in card
    assert "11 speakers" in card and "10 more\nspeakers" in card
    assert not any(speaker.name in card for speaker in people.iterdir())
    with (model / "held-out.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len({row["name"] for row in rows}) == 10 and len(rows) >= 40


def test_it_is_measured_beside_a_shipped_system(model, tmp_path):
    held_out, asked = model / "held-out.csv", ("--processes", 1, "--attempt-s", 0.7, "--own", 3)
    chosen = ("--model", model, "--system", "cnn-lstm")
    done = Commands().run("evaluate", held_out, "--out", tmp_path / "e", *chosen, *asked)
    assert done.exit_code == 0, done.output
    figures = json.loads((tmp_path / "e" / "figures.json").read_text())["systems"]
    assert list(figures) == ["cnn-lstm", "ours"]
    assert figures["ours"]["cllr"] != figures["cnn-lstm"]["cllr"]
    assert f"--system cnn-lstm --model {model}" in (tmp_path / "e" / "report.md").read_text()
    done = Commands().run("classify", held_out, "--out", tmp_path / "c", *chosen, *asked)
    assert done.exit_code == 0, done.output
    assert "| ours |" in done.stdout
    wrong = Commands().run("evaluate", held_out, "--model", tmp_path, "--out", tmp_path / "n")
    assert wrong.exit_code == 2 and "expected network.onnx of `cepstra train`" in wrong.stderr


def test_what_is_no_network_is_told_in_one_line(tmp_path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "network.onnx").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelFolderError, match="^MODEL_FOLDERS: .* expected a network") as told:
        load_own_networks(str(tmp_path / "ours"), 0.01, 0.6)
    assert "\n" not in str(told.value)


def heard(path: Path) -> dict:
    features = rounded(extract(read_audio(path)))
    return {"mfcc": features.mfcc.tolist(), "frontend": "meyda-16k-1"}


def test_a_service_decides_by_it_where_an_attempt_asks(people, model, server_factory):
    rate, least_s = 0.05, 0.1
    settings = {"TARGET_FALSE_ACCEPT_RATE": str(rate), "MIN_SPEECH_S": str(least_s)}
    server = server_factory(MODEL_FOLDERS=f"{model}, ", **settings)
    with (model / "held-out.csv").open() as file:
        paths = [Path(row["path"]) for row in csv.DictReader(file)]
    takes, attempts = [heard(path) for path in paths[:3]], [heard(paths[3]), heard(paths[4])]
    network = load_model(model)
    gallery = network.gallery([utterance(take) for take in takes])
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for take in takes:
            client.put("/train", json=take).raise_for_status()
        for attempt in attempts:  # the speaker's own, and another's
            found = client.put("/score?system=ours", json=attempt).raise_for_status().json()
            assert found["llr"] == pytest.approx(network.llr(gallery, [utterance(attempt)]))
            assert found["threshold"] == pytest.approx(network.threshold(rate))
            is_accepted = found["llr"] >= found["threshold"]
            assert found["decision"] == ("accept" if is_accepted else "reject")
        shipped = client.put("/score", json=attempts[0]).raise_for_status().json()
        assert shipped["threshold"] != found["threshold"]
        assert shipped["average"] == pytest.approx(
            client.put("/score?system=ours", json=attempts[0]).json()["average"]
        )
        refused = client.put("/score?system=theirs", json=attempts[0])
        assert refused.status_code == 400
        assert refused.json()["errors"]["system"] == ["expected a network of this service (ours)"]
        challenged = {**attempts[0], "challenge": "x" * 22, "digit": 1}
        refused = client.put("/score?system=ours", json=challenged)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["system"])
        refused = client.put("/score?system=ours", json=embedded(attempts[0]))
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["embedding"])
        client.put("/train", json=embedded(takes[0])).raise_for_status()  # not known to ours
        again = client.put("/score?system=ours", json=attempts[1]).raise_for_status().json()
        assert again["llr"] == pytest.approx(found["llr"])
    verify = ("--json", "verify", "default", paths[3], "--system", "ours")
    told = json.loads(Commands(CEPSTRA_URL=server.url).run(*verify).stdout)
    assert told["threshold"] == pytest.approx(network.threshold(rate))
    noted = server.database.execute("SELECT reason FROM audit_log WHERE action = 'score'")
    assert sum("decided by ours" in str(row) for row in noted) == 5


def utterance(take: dict) -> Utterance:
    return Utterance(np.array(take["mfcc"]))
