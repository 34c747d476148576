"""The commands as a shell sees them: from any folder, their help, names of files, pipes."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from client_commands import Commands, run_python
from server_driver import free_port
from surroundings import ROOT

from cepstra.cli._commands import main
from cepstra.client import Client, Retry
from cepstra.store.keyring import make_key as make_data_key


@pytest.fixture
def take(shared_dir) -> Path:
    return shared_dir / "corpora" / "fsdd" / "fstheo" / "1_fstheo_0.flac"


def test_the_launcher_runs_anywhere(tmp_path):
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    done = subprocess.run(
        [sys.executable, "-m", "cepstra", "--json", "speakers", "list"],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_ctrl_c_is_quiet_while_the_command_is_loaded_too(tmp_path):
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt")
    done = run_python("-m", "cepstra", "--help", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_serve_answers_on_the_port(tmp_path):
    port = free_port()
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    command = [sys.executable, "-m", "cepstra", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert f"http://127.0.0.1:{port}" in server.stdout.readline()
        patient = Retry(attempts=30, first_pause_s=0.1)
        with Client(f"http://127.0.0.1:{port}", retry=patient) as client:
            assert client.is_healthy()
        assert Commands(CEPSTRA_URL=f"http://127.0.0.1:{port}").json("speakers", "list") == []
    finally:
        server.terminate()
        server.wait(timeout=60)


def test_a_mistyped_command_is_guessed_and_help_has_sections():
    done = Commands().run("enroll")
    assert (done.exit_code, "Did you mean enrol?" in done.stderr) == (2, True)
    help_text = Commands().run("--help").stdout
    listed = re.findall(r"^  ([a-z][a-z-]+)  ", help_text, re.MULTILINE)
    assert sorted(listed) == main.list_commands(None)
    in_order = "Voices:", "A service:", "  invite ", "A database:", "Training and measuring:"
    places = [help_text.index(each) for each in in_order]
    assert places == sorted(places)


def test_every_command_is_documented():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    text = "\n".join(page.read_text() for page in pages)
    commands = main.list_commands(None)
    assert [
        name
        for name in commands
        if not re.search(rf"`{name}\b|cepstra {name}\b|cli {name}\b", text)
    ] == []


def test_a_file_whose_name_is_no_text(take, tmp_path):
    path = tmp_path / os.fsdecode(b"$a$ \xff\n.flac")
    path.write_bytes(take.read_bytes())
    local = Commands(DATABASE_URL=f"sqlite:///{tmp_path}/c.db")
    rttm, picture, report = (tmp_path / name for name in ("t.rttm", "t.png", "r.csv"))
    for _ in range(2):  # the second time it is known
        assert local.run("enrol", "ann", path, "--report", report).exit_code == 0
    assert report.read_bytes().count(b"\xff") == 1
    drawn = local.run("features", path, "--out", tmp_path / "m.json", "--plot", picture)
    assert drawn.exit_code == 0, drawn.output
    done = local.run("timeline", path, "--rttm", rttm, "--picture", picture)
    assert (done.exit_code, len(rttm.read_text().splitlines())) == (0, 1), done.output


def test_a_pipe_and_standard_input(take, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as writer:
        writer.submit(pipe.write_bytes, take.read_bytes())
        done = Commands().run("features", pipe)
    assert json.loads(done.stdout)["mfcc"], done.output
    local = Commands(DATABASE_URL=f"sqlite:///{tmp_path}/c.db")
    done = local.run("compare", "-", take, answer=take.read_bytes())
    assert "standard input" not in done.stderr and done.exit_code in (0, 3), done.output
    assert "is no file; hand it over" in local.run("compare", "/dev/null", take).stderr
    done = local.run("recognise", "-", "--name", "ann", "--json", answer=take.read_bytes())
    [told] = json.loads(done.stdout)["results"]
    assert (told["file"], told["name"]) == ("standard input", "ann"), done.output
    for wrong in (["-"], [take, "--name", "ann"]):
        done = local.run("recognise", *wrong, answer=b"")
        assert (done.exit_code, "expected --name NAME with -" in done.stderr) == (2, True)


@pytest.mark.parametrize("arguments", [["--help"], ["speakers", "list"], ["features", "TAKE"]])
def test_output_that_nobody_reads_is_no_verdict(take, tmp_path, arguments):
    given = [str(take) if each == "TAKE" else each for each in arguments]
    reader, writer = os.pipe()
    os.close(reader)
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/c.db"}
    command = [sys.executable, "-m", "cepstra", *given]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=environment)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_address_in_place_of_a_file_is_told_where_it_goes(tmp_path):
    commands = Commands(DATABASE_URL=f"sqlite:///{tmp_path}/x.db")
    for arguments in (("verify", "ann"), ("enrol", "ann"), ("identify",)):
        done = commands.run(*arguments, "https://voice.example/ann.wav")
        assert (done.exit_code, "--video-url takes addresses" in done.stderr) == (2, True)


def test_a_store_that_cannot_be_opened(tmp_path):
    tmp_path.chmod(0o755)
    done = Commands(DATABASE_URL=f"sqlite:///{tmp_path}").run("speakers", "list")
    assert (done.exit_code, "cannot be opened" in done.stderr) == (5, True), done.output
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    nowhere = f"postgresql://127.0.0.1:{free_port()}/x"
    done = Commands(DATABASE_URL=nowhere, DATA_KEYS=make_data_key()).run("migrate")
    assert (done.exit_code, "cannot be opened" in done.stderr) == (5, True), done.output


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "expected sqlite:///FILE"),
        ("a b", "expected sqlite:///FILE"),
        ("mysql://there/x", "expected sqlite:///FILE"),
        (f"sqlite:///{__file__}/below/x.db", "can be made: Not a directory"),
    ],
)
@pytest.mark.parametrize("command", ["speakers list", "rotate-data-key", "migrate"])
def test_a_setting_that_names_no_database(command, url, told):
    done = Commands(DATABASE_URL=url, DATA_KEYS=make_data_key()).run(*command.split())
    assert done.exit_code == 2
    assert "DATABASE_URL: " in done.stderr and told in done.stderr
