"""A speaker's name is any text, shown as given; no two names become one."""

import os
import shutil
import unicodedata
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from audio_files import write_audio
from caller_driver import HTTP, PASSWORD
from client_commands import Commands

from cepstra.api import create_app
from cepstra.cli import _alike_names, _folders
from cepstra.client import Client
from cepstra.config import Config
from cepstra.frontend.audio import read_audio
from cepstra.store.likeness import likeness
from cepstra.verification.names import is_name, is_plain_to_see, normal_name

NAMES = [
    "Zoë",
    "Zoe",
    "李雷_1",
    "王芳_1",
    "Łukasz",
    "ukasz",
    "Jürgen Müller",
    "O'Neil & Söhne 100%",
    "🎤",
    "[b]",
]
FRAMES = [[float(n), 1.0, -float(n % 3)] for n in range(30)]


def local_client(tmp_path: Path) -> Client:
    config = Config(database_url=f"sqlite:///{tmp_path}/names.db")
    return Client("http://127.0.0.1", transport=httpx.WSGITransport(create_app(config)))


@pytest.mark.parametrize("where", ["server", "local"])
def test_every_name_is_a_speaker_of_its_own(where, live_server, tmp_path):
    client = Client(live_server.url) if where == "server" else local_client(tmp_path)
    with client:
        for name in NAMES:
            client.train(name, {"mfcc": FRAMES, "take": "one"})
        assert {speaker["alias"] for speaker in client.speakers()} == set(NAMES)
        for name in NAMES:
            assert client.status(name)["alias"] == name
            assert client.export(name)["takes"]
        assert client.delete("Zoë")
        assert client.status("Zoe")["mfcc_train_store_length"] == len(FRAMES)


def test_two_spellings_of_one_name_are_one_speaker(live_server):
    apart = unicodedata.normalize("NFD", "Zoë")
    assert apart != "Zoë"
    HTTP.put(f"{live_server.url}/train", params={"speaker": apart}, json={"mfcc": FRAMES})
    speakers = HTTP.get(f"{live_server.url}/speakers").json()["speakers"]
    assert [speaker["alias"] for speaker in speakers] == ["Zoë"]


@pytest.mark.parametrize("text", ["", " ", "a\n", "a\tb", "\x7f", "a/b", "x" * 65, "..", "\ufffd"])
def test_what_is_no_name(text):
    assert not is_name(normal_name(text))


def test_no_name_at_all_is_nobodys_not_that_of_what_follows(live_server):
    with httpx.Client(base_url=live_server.url, follow_redirects=True) as client:
        client.post("/speakers", json={"alias": "lock"}).raise_for_status()
        assert client.delete("/speakers//lock").status_code == 404
        assert client.get("/speakers/lock").status_code == 200


def test_bytes_that_are_no_text_name_nobody(live_server):
    for path in ("/speakers/Zo%EB/train", "/speakers/Zo%E9/train"):
        assert HTTP.put(f"{live_server.url}{path}", json={"mfcc": FRAMES}).status_code == 400


def test_a_slash_is_refused_alike_wherever_a_name_stands(live_server, tmp_path):
    url, frames = live_server.url, {"mfcc": FRAMES}
    with httpx.Client(base_url=url, timeout=60) as http:
        refused = [
            http.put("/train?speaker=a/b", json=frames),
            http.put("/train?speaker=a%2Fb", json=frames),
            http.put("/speakers/a%2Fb/train", json=frames),
            http.put("/speakers/a%2ftrain", json=frames),  # would be the call for the speaker a
            http.put("/%73peakers/a%2ftrain", json=frames),  # and so would these
            http.put("/speakers%2fa/train", json=frames),
            http.get("/speakers/a%2Fb"),
            http.delete("/speakers/a%2Fb/takes/one"),
            http.post("/speakers", json={"alias": "a/b"}),
        ]
        for reply in refused:
            (field,) = reply.json()["errors"]
            assert (reply.status_code, field in ("speaker", "alias")) == (400, True), reply.text
            assert "no '/'" in reply.text
        assert http.get("/speakers").json()["speakers"] == []
        assert "no speaker's name holds '/'" in http.get("/speakers/a/b/c").text
    store = Commands(DATABASE_URL=f"sqlite:///{tmp_path}/cepstra.db")
    for command in (["speakers", "show", "a/b"], ["speakers", "rename", "a", "b/c"]):
        done = store.run(*command)
        assert done.exit_code in (2, 5) and "'/'" in done.stderr, done.stderr


@pytest.mark.parametrize(
    "text",
    [
        *("an\u200bn", "\u202eann", "\u3164", "an\u200dn", "ann\ufeff", "a\u00adnn", "\u200d"),
        *("ann\ufe00", "ann\ufe0f", "ann\U000e0100", "ann\u180b", "ann\u2065", "李\u200d"),
        *("an\u00a0n", "an\u2009n", "an  n", "\u0645\u200c", "\U0001f469\u200d"),
    ],
)
def test_a_name_of_an_account_hides_nothing(guarded_server, text):
    account = {"name": text, "password": PASSWORD}
    reply = HTTP.post(f"{guarded_server.url}/user", json=account)
    assert (reply.status_code, "shows all" in reply.json()["errors"]["name"][0]) == (400, True)


def test_names_of_any_script_are_plain_to_see():
    joined = ["\u0645\u06cc\u200c\u062e", "\u0915\u094d\u200d\u0937", "\U0001f469\u200d\U0001f680"]
    pictures = ["\u2764\ufe0f\u200d\U0001f525", "\U0001f469\U0001f3fd\u200d\U0001f680 Ann"]
    assert all(map(is_plain_to_see, [*NAMES, *joined, *pictures]))


def test_names_alike():
    assert likeness("Zoë") == likeness("ZOE") == likeness(unicodedata.normalize("NFD", "zoë"))
    assert likeness("李雷") != likeness("王芳")
    for unseen in ("\u200b", "\u00ad", "\ufe0f", "\U000e0100", "\u3164", "\u2060"):
        assert likeness(f"an{unseen}n") == likeness("Ann"), unseen
    assert likeness("an\u00a0n") == likeness("an  n") == likeness("an\u1680n") != likeness("ann")


def test_the_service_finds_names_alike(live_server):
    for name in ("Zoë", "zo\u200be", "Zoltan"):
        HTTP.put(f"{live_server.url}/train", params={"speaker": name}, json={"mfcc": FRAMES})
    reply = HTTP.get(f"{live_server.url}/speakers", params={"like": "ZOE\u00ad"}).json()
    assert [speaker["alias"] for speaker in reply["speakers"]] == ["Zoë", "zo\u200be"]
    refused = HTTP.get(f"{live_server.url}/speakers", params={"like": "a/b"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["like"])


@pytest.fixture
def store(tmp_path) -> Commands:
    return Commands(DATABASE_URL=f"sqlite:///{tmp_path}/cepstra.db")


@pytest.fixture
def tree(tmp_path, shared_dir) -> Path:
    """A folder of folders, among them one whose name is none, and things that are no sound."""
    takes = sorted((shared_dir / "corpora" / "fsdd" / "fstheo").glob("*.flac"))
    for name, take in zip(["Zoe", "Zoë", "x" * 65, "李雷"], takes[::11], strict=False):
        folder = tmp_path / "tree" / name
        folder.mkdir(parents=True)
        write_audio(folder / "take.3gp", read_audio(take, 8_000), 8_000, "libopencore_amrnb")
    (tmp_path / "tree" / "Zoe" / "notes.txt").write_text("who said what")
    (tmp_path / "tree" / "Zoe" / ".DS_Store").write_text("")
    (tmp_path / "tree" / "loose.wav").write_text("")
    return tmp_path / "tree"


def test_one_bad_name_stops_nobody_and_what_is_passed_over_is_told(store, tree):
    done = store.run("enrol", "--from", tree)
    assert done.exit_code == 4
    for told in ("notes.txt: passed over", "loose.wav: passed over", "x" * 65 + ": passed over"):
        assert told in done.stderr
    assert "DS_Store" not in done.stderr
    assert "Zoë is like Zoe; they are kept as two people" in done.stderr
    listed = {speaker["alias"] for speaker in store.json("speakers", "list")}
    assert listed == {"Zoe", "Zoë", "李雷"}


def make_deeper_than_paths(folder: Path, levels: int = 20) -> None:
    """Make folders in one another whose path has more than the 4096 bytes that Linux takes."""
    inside = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(250 * "d", dir_fd=inside)
        outer, inside = inside, os.open(250 * "d", os.O_RDONLY, dir_fd=inside)
        os.close(outer)
    os.close(inside)


def test_links_are_followed_once_and_dead_ends_told(store, tree):
    zoe = tree / "Zoe"
    (tree / "ann").mkdir()
    (tree / "ann" / "session").symlink_to(tree / "李雷", target_is_directory=True)
    (tree / "twin").symlink_to(zoe, target_is_directory=True)
    (zoe / "circle").symlink_to(tree / "Zoe", target_is_directory=True)
    (zoe / "gone.wav").symlink_to(tree / "nowhere.wav")
    make_deeper_than_paths(zoe)
    done = store.run("enrol", "--from", tree)
    told_of = ("twin: passed over, it is the same", "circle: passed over", "gone.wav: passed")
    told_of += "d: passed over, its path is too long", "is the same recording as one of ann"
    for told in told_of:
        assert told in done.stderr
    listed = {speaker["alias"] for speaker in store.json("speakers", "list")}
    assert listed == {"Zoe", "Zoë", "ann"}


def test_a_folder_that_may_not_be_read_is_told_as_one(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    monkeypatch.setattr(_folders, "_is_open", lambda folder: False)  # root may read everything
    told = [f"{tmp_path / 'closed'}: passed over, it may not be read"]
    assert _folders.speakers_in(tmp_path).passed_over == told


def test_names_alike_are_asked_about_where_somebody_can_answer(store, tree, monkeypatch):
    terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(_alike_names, "sys", terminal)
    monkeypatch.setattr(
        _alike_names.click, "confirm", lambda text, err: "Zoë is like Zoe" not in text
    )
    assert "another spelling is enrolled" in store.run("enrol", "--from", tree).stderr
    listed = {speaker["alias"] for speaker in store.json("speakers", "list")}
    assert listed == {"Zoe", "李雷"}


def test_names_alike_are_told_of_where_one_is_given_later(store, tree, tmp_path):
    take = tree / "Zoe" / "take.3gp"
    for name, file in (("Zoe", take), ("ann", take), ("bob", take)):
        store.json("enrol", name, file)
    told = "are kept as two people"
    assert f"ZOË is like Zoe; they {told}" in store.run("speakers", "rename", "ann", "ZOË").stderr
    assert told not in store.run("speakers", "rename", "bob", "Bob").stderr
    store.json("speakers", "export", "Bob", "--out", tmp_path / "bob.json")
    done = store.run("speakers", "import", tmp_path / "bob.json", "--name", "bóB")
    assert f"bóB is like Bob; they {told}" in done.stderr


def test_one_recording_under_two_names_is_told_of(store, tree):
    shutil.copy(tree / "Zoe" / "take.3gp", tree / "李雷" / "other.3gp")
    done = store.run("enrol", "--from", tree, "--yes")
    assert done.exit_code == 4
    assert "other.3gp: is the same recording as one of Zoe; whose is it?" in done.stderr
    assert len(store.json("speakers", "show", "李雷")["training_log"]) == 1


def test_a_noise_that_is_taken_for_speech_fails_alone(store, tree, shared_dir):
    noise = shared_dir / "corpora/speech_commands/dev/gc439c84f4/0_gc439c84f4_0.flac"
    (noisy,) = store.json("enrol", "noisy", noise, tree / "Zoe" / "take.3gp", status=4)
    assert noisy["failed"] == {str(noise): f"{noise}: nobody speaks in it"}
    assert noisy["files"] == 1


def test_parts_of_a_corpus_are_no_speakers(store, tree, tmp_path):
    for part in ("train", "test"):
        shutil.copytree(tree / "Zoe", tmp_path / "data" / part / "Zoe")
    done = store.run("enrol", "--from", tmp_path / "data")
    assert done.exit_code == 2
    assert "test and train are parts of a corpus" in done.stderr
    assert store.run("enrol", "--from", tmp_path / "data" / "train").exit_code in (0, 4)


def test_a_list_of_recordings_and_a_report_that_goes_on(store, tree, tmp_path):
    rows = [
        "path,name,channel,device",
        "tree/Zoe/take.3gp,Zoë Müller,,phone",
        "missing.wav,bob,left,",
    ]
    (tmp_path / "list.csv").write_text("\n".join([*rows, "tree/Zoe/take.3gp,ann,up,"]) + "\n")
    report = tmp_path / "reports" / "report.csv"
    done = store.run("enrol", "--csv", tmp_path / "list.csv", "--report", report)
    assert done.exit_code == 4
    assert "line 4: channel: expected left, right or mix, got 'up'" in done.stderr
    assert store.json("speakers", "show", "Zoë Müller")["devices"][0]["device"] == "phone"
    lines = report.read_text().splitlines()
    assert [line.split(",")[2] for line in lines] == ["outcome", "enrolled", "failed"]
    again = store.run("enrol", "--csv", tmp_path / "list.csv", "--report", report)
    assert "bob: " in again.stderr and "Zoë Müller: " not in again.stderr
    assert len(report.read_text().splitlines()) == 4


@pytest.mark.parametrize(
    "content",
    [
        "Path;Name;Device\ntree\\Zoe\\take.3gp;Zoë;\n",
        "path\tname\ntree/Zoe/take.3gp\tZoë\n",
        "path,name,device\ntree/Zoe/take.3gp,Zoë\n\n,,\n",
        '\ufeffpath,name\r\n"tree/Zoe/take.3gp",Zoë\r\n',
        "sep=;\r\npath;name\r\ntree/Zoe/take.3gp;Zoë\r\n",
        "\r\n\r\nname;path;\r\nZoë;tree/Zoe/take.3gp;\r\n",
    ],
    ids=[
        *("semicolons of Windows", "tabs", "cells missing", "quotes and a mark", "sep= in front"),
        "lines missing",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_list_as_spreadsheets_write_it(store, tree, tmp_path, content, encoding):
    text = content.removeprefix("\ufeff") if encoding == "utf-16" else content
    (tmp_path / "list.csv").write_bytes(text.encode(encoding))
    done = store.run("enrol", "--csv", tmp_path / "list.csv")
    assert done.exit_code == 0, done.stderr
    assert [speaker["alias"] for speaker in store.json("speakers", "list")] == ["Zoë"]


def test_a_list_that_is_wrong_says_where_and_stops_no_other_line(store, tree, tmp_path):
    listed = tmp_path / "list.csv"
    lines = "path,name,device", "tree/Zoe/take.3gp,bob,my phone", ",carl,\n", "tree/Zoe/take.3gp,,"
    torn = "tree/Zoe/take.3gp,Smith,,Ann"
    listed.write_text("\n".join([*lines, "tree/Zoe/take.3gp,Zoë,", torn]))
    done = store.run("enrol", "--csv", listed)
    assert done.exit_code == 4
    for told in ("line 2: device: expected", "line 3: path: expected", "line 5: expected a name"):
        assert told in done.stderr
    assert "line 7: expected a cell for each column, got 'Ann' beyond them" in done.stderr
    assert [speaker["alias"] for speaker in store.json("speakers", "list")] == ["Zoë"]
    listed.write_bytes("path,name\ntree/Zoe/take.3gp,Zoë\n".encode("cp1252"))
    done = store.run("enrol", "--csv", listed)
    assert done.exit_code == 2
    assert "expected UTF-8, got other text in line 2" in done.stderr
    listed.write_text('path,name\ntree/Zoe/take.3gp,Zoë\n"tree/Zoe/take.3gp,Zoë\n')
    done = store.run("enrol", "--csv", listed)
    assert done.exit_code == 2
    assert "line 3: expected cells whose quotes are closed" in done.stderr
    listed.write_text("path,name,Name\ntree/Zoe/take.3gp,Zoë,Zoe\n")
    assert "each column once, got name twice" in store.run("enrol", "--csv", listed).stderr
    done = store.run("enrol", "--from", tree, "--report", "/proc/report.csv")
    assert done.exit_code == 2
    assert "/proc/report.csv" in done.stderr and "Traceback" not in done.stderr
