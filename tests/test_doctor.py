"""`doctor`: each kind of broken set-up is really broken here, and has to be told with its mend."""

import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from caller_driver import make_key
from click.testing import CliRunner
from client_commands import Commands
from server_driver import free_port
from surroundings import ROOT

from cepstra.cli.doctor import command
from cepstra.cli.make_secrets import FRESH
from cepstra.store import migrate, open_store

NEEDED = ("api.py", "cepstra", "gmm", "models", "resources", "static")
NEEDED += (".python-version", "package.json")
CLEAN = ("HOST", "PORT", "AUTH", "DYNO", "DATA_KEYS", "SIGNING_KEYS", "CEPSTRA_URL")


class Report:
    """The findings, and the exit status that goes with them."""

    def __init__(self, text: str, status: int) -> None:
        self.findings = json.loads(text)["findings"]
        self.status = status

    def about(self, check: str) -> dict[str, str]:
        """The worst finding of a check."""
        order = ("ok", "note", "wrong")
        found = [each for each in self.findings if each["check"] == check]
        return max(found, key=lambda each: order.index(each["state"]))

    def assert_wrong(self, check: str, cause: str, mend: str) -> None:
        finding = self.about(check)
        assert finding["state"] == "wrong", finding
        assert cause in finding["found"]
        assert mend in finding["mend"]
        assert self.status == 1


@pytest.fixture
def doctor(tmp_path, monkeypatch):
    """Run the command on this installation, with settings and options of a test's own."""
    for name in CLEAN:
        monkeypatch.delenv(name, raising=False)

    def run(*options: str, **settings: str) -> Report:
        environment = {
            "DATABASE_URL": f"sqlite:///{tmp_path}/cepstra.db",
            "PORT": str(free_port()),
            **settings,
        }
        done = CliRunner().invoke(command, [*options, "--json"], env=environment)
        return Report(done.stdout, done.exit_code)

    return run


@pytest.fixture
def tree(tmp_path):
    """A copy of what the command needs of this folder, to be broken."""
    folder = tmp_path / "tree"
    for name in (*NEEDED, *(path.name for path in ROOT.glob("*.txt"))):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, symlinks=True)  # bytecode too
        else:
            folder.mkdir(exist_ok=True)
            shutil.copy(source, folder / name)
    for path in ROOT.glob("mfcc_*.json"):
        shutil.copy(path, folder)
    return folder


def examine(tree: Path, **settings: str) -> Report:
    """Run the command of a copied folder."""
    environment = {**os.environ, "PORT": str(free_port()), **settings}
    for name in CLEAN:
        if name not in settings and name != "PORT":
            environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", "cepstra", "doctor", "--json"],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return Report(done.stdout, done.returncode)


def test_a_sound_installation_has_nothing_wrong(doctor, module_server):
    report = doctor("--url", module_server.url)
    wrong = [each for each in report.findings if each["state"] != "ok"]
    assert (wrong, report.status) == ([], 0)


def test_people_read_lines_with_what_to_do(monkeypatch):
    monkeypatch.setenv("PORT", "many")
    done = CliRunner().invoke(command)
    assert done.exit_code == 1
    assert "wrong settings: PORT: expected a whole number, got 'many'\n      mend: " in done.stdout


def test_a_python_that_is_too_old(tree):
    (tree / ".python-version").write_text("3.99\n")
    examine(tree).assert_wrong("Python", "3.99 or newer is needed", "PYTHON=/path/to/python3.99")


def test_a_package_that_is_missing(tree):
    with (tree / "requirements.txt").open("a") as file:
        file.write("cepstra-has-no-such-package==1.2.3\n")
    report = examine(tree)
    cause = "cepstra-has-no-such-package 1.2.3 is not installed"
    report.assert_wrong("packages", cause, "-m pip install -r requirements.txt")


def test_a_package_of_another_version(tree, tmp_path):
    other = tmp_path / "elsewhere" / "alembic-1.0.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: alembic\nVersion: 1.0.0\n")
    report = examine(tree, PYTHONPATH=str(other.parent))
    report.assert_wrong("packages", "alembic is 1.0.0, tested with", "pip install")


def test_a_package_that_cannot_be_imported_hides_no_other_finding(tree, tmp_path):
    (tree / "alembic.py").write_text("raise ImportError('broken', name='alembic')")
    open_store(f"sqlite:///{tmp_path}/c.db").close()
    report = examine(tree, DATABASE_URL=f"sqlite:///{tmp_path}/c.db")
    assert "alembic" in report.about("database")["found"]
    assert report.about("page")["state"] == "ok"
    assert report.about("service")["state"] == "note"


def test_the_pages_libraries_are_missing(tree, tmp_path):
    shutil.rmtree(tree / "static" / "vendor")
    cause = "static/vendor/meyda.min.js"
    if shutil.which("npm"):
        examine(tree).assert_wrong("page", cause, "npm ci")
    report = examine(tree, PATH=str(tmp_path))
    report.assert_wrong("page", cause, "make setup")
    assert "npm is not installed either" in report.about("page")["found"]


@pytest.mark.parametrize("name", ["background.safetensors", "tdnn-frames.onnx"])
def test_a_model_is_missing_or_cut_short(name, tree):
    path = tree / "models" / name
    os.truncate(path, path.stat().st_size // 2)
    examine(tree).assert_wrong("models", "is damaged", "git checkout -- models")
    path.unlink()
    examine(tree).assert_wrong("models", f"{name} is missing", "git checkout -- models")


def test_a_model_whose_numbers_were_changed(tree):
    path = tree / "models" / "tdnn.safetensors"
    whole = bytearray(path.read_bytes())
    middle = slice(len(whole) // 4, 3 * len(whole) // 4)
    whole[middle] = whole[middle][::-1]
    path.write_bytes(whole)
    examine(tree).assert_wrong("models", "damaged", "git checkout -- models")


@pytest.mark.parametrize(
    ("settings", "cause", "mend"),
    [
        ({"PORT": "many"}, "PORT: expected a whole number, got 'many'", "docs/reference.md"),
        ({"AUTH": "off", "HOST": "0.0.0.0"}, "AUTH: off is for 127.0.0.1 only", "reference.md"),
        ({"HOST": "0.0.0.0"}, "Not set: DATA_KEYS, SIGNING_KEYS", "make-secrets"),
        ({"SIGNING_KEYS": "short"}, "SIGNING_KEYS: expected 32 bytes", "make-secrets"),
        ({"DATA_KEYS": "short"}, "DATA_KEYS, key 1: expected 32 random bytes", "make-secrets"),
    ],
)
def test_settings_that_are_wrong(settings, cause, mend, doctor):
    doctor(**settings).assert_wrong("settings", cause, mend)


def test_a_database_of_an_older_version(doctor, tmp_path):
    url = f"sqlite:///{tmp_path}/cepstra.db"
    store = open_store(url)
    migrate.downgrade(store, "0007")
    store.close()
    before = (tmp_path / "cepstra.db").read_bytes()
    finding = doctor().about("database")
    assert finding["state"] == "note"
    assert "is old: its layout is 0007" in finding["found"]
    assert "back it up; the next start of the service updates it" in finding["mend"]
    assert (tmp_path / "cepstra.db").read_bytes() == before


def test_a_database_of_a_newer_version(doctor, tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/cepstra.db")
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    doctor().assert_wrong("database", "layout 9999, which this version does not know", "git pull")


def test_a_file_that_is_no_database(doctor, tmp_path):
    (tmp_path / "cepstra.db").write_text("Dear diary, " * 500)
    doctor().assert_wrong("database", "file is not a database", "DATABASE_URL")


def test_a_database_server_that_is_down(doctor):
    url = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/cepstra"
    doctor(DATABASE_URL=url, DATA_KEYS=FRESH["DATA_KEYS"]()).assert_wrong(
        "database", "cannot be read", "DATABASE_URL"
    )


def test_the_key_of_the_database_is_missing(doctor, tmp_path):
    open_store(f"sqlite:///{tmp_path}/cepstra.db").close()
    (tmp_path / "cepstra.key").unlink()
    doctor().assert_wrong("database", "cepstra.key, the key of", "from your backup")
    assert not (tmp_path / "cepstra.key").exists()


def test_the_key_of_the_database_is_another(doctor, tmp_path):
    open_store(f"sqlite:///{tmp_path}/cepstra.db").close()
    report = doctor(DATA_KEYS=FRESH["DATA_KEYS"]())
    report.assert_wrong("database", "which is not at hand", "put the key back")


def test_a_service_that_is_down(doctor):
    url = f"http://127.0.0.1:{free_port()}"
    doctor("--url", url).assert_wrong("service", f"{url} is down", "make run")
    assert doctor().about("service")["state"] == "note"


def test_a_port_that_another_web_server_has(doctor):
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    report = doctor(PORT=str(server.server_address[1]))
    server.shutdown()
    report.assert_wrong("service", "another program has the port", "PORT=5001 make run")


def test_a_port_that_a_program_without_http_has(doctor):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        threading.Thread(target=_answer_rudely, args=(taken,), daemon=True).start()
        report = doctor(PORT=str(taken.getsockname()[1]))
    report.assert_wrong("service", "another program has the port", "PORT=5001 make run")


def _answer_rudely(taken: socket.socket) -> None:
    while True:
        try:
            connection, _ = taken.accept()
        except OSError:
            return
        connection.sendall(b"220 mail.example ESMTP\r\n")
        connection.close()


def test_a_token_that_the_service_does_not_know(doctor, guarded_server):
    url = guarded_server.url
    report = doctor("--url", url, "--token", "cep_wrong")
    report.assert_wrong("token", "does not know it", "api-key create")
    assert doctor("--url", url).about("token")["state"] == "note"
    key = make_key(guarded_server, "verify")
    assert doctor("--url", url, "--token", key).about("token")["state"] == "ok"


@pytest.mark.parametrize("url", ["localhost", "http://", "http://127.0.0.1:abc", "http://[::1"])
def test_what_is_no_address_is_wrong_use(url):
    done = Commands().run("speakers", "list", "--url", url)
    assert (
        done.exit_code,
        f"--url: expected http://HOST or https://HOST, got {url}" in done.stderr,
    ) == (2, True)
    assert f"{url} is no address" in Commands().run("doctor", "--url", url).stdout


@pytest.mark.parametrize("token", ["schlüssel", "a\nb", "a b", "…"])
def test_what_is_no_token_is_wrong_use_and_not_printed(token):
    done = Commands().run("--url", "http://127.0.0.1:9", "--token", token, "speakers", "list")
    assert (done.exit_code, "--token: expected an API key" in done.stderr) == (2, True)
    assert token not in done.stderr
