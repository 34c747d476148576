"""A setting that cannot be used ends the start with one line, and says which and why."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from client_commands import Commands, run_python
from server_driver import free_port
from surroundings import ROOT

from cepstra.cli.make_secrets import FRESH
from cepstra.client import Client, Retry
from cepstra.config import Config
from cepstra.server import start_up
from cepstra.store import open_store
from cepstra.store.keyring import KeyringError

REFUSED = {
    "HOST": " ",
    "PORT": "65536",
    "WEB_CONCURRENCY": "0",
    "DATABASE_URL": "mysql://me:secret@there/x",
    "DATABASE_POOL_SIZE": "0",
    "VOICEPRINT_INDEX": "faiss",
    "RETENTION_DAYS": "-1",
    "AUDIT_RETENTION_DAYS": "-1",
    "AUDIT_LOG": "/nowhere/audit.jsonl",
    "TARGET_FALSE_ACCEPT_RATE": "1",
    "MIN_SPEECH_S": "nan",
    "MODEL_FOLDERS": "/nowhere/ours",
    "MAX_BODY_BYTES": "0",
    "AUTH": "perhaps",
    "REGISTRATION": "perhaps",
    "REQUIRE_CONSENT": "yes",
    "TRUSTED_PROXIES": "-1",
    "CHALLENGE_DIGITS": "7",
    "CHALLENGE_MIN_DIGITS": "2",
    "CHALLENGES_PER_HOUR": "0",
    "PROMPT_WORDS": "moon,river",
    "DIGIT_TAKES": "0",
    "REPLAY_TAKES": "0",
    "REPLAY_DAYS": "0",
    "RATE_LIMIT_ADDRESS": "often",
    "RATE_LIMIT_TOKEN": "often",
    "RATE_LIMIT_SPEAKER": "often",
    "RATE_LIMIT_SEARCH": "often",
    "RATE_LIMIT_WORK": "often",
    "RATE_LIMIT_SIGN_IN": "often",
    "RATE_LIMIT_STORAGE": "file:///x",
    "LOCKOUT_AFTER": "0",
    "LOCKOUT_S": "soon",
    "CORS_ORIGINS": "*",
    "ASSERTION_ISSUER": "",
    "ASSERTION_AUDIENCE": "",
    "ASSERTION_S": "0",
    "SESSION_S": "0",
    "PASSWORD_FRESH_S": "0",
    "REQUEST_TIMEOUT_S": "0",
    "CONNECTIONS_PER_ADDRESS": "-1",
    "LOG_FORMAT": "xml",
    "LOG_LEVEL": "loud",
    "METRICS_TOKEN": "short",
    "WEBHOOK_URL": "http://me:secret@there/x",
    "WEBHOOK_SECRET": "short",
    "DATA_KEYS": "short",
    "SIGNING_KEYS": "short",
}
ANY_TEXT = {"DYNO"}
UNTOUCHED = {name: text for name, text in os.environ.items() if name not in ("HOST", "AUTH")}


def start(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**UNTOUCHED, "PORT": "0", **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_every_setting_is_checked():
    assert {name.upper() for name in Config.__dataclass_fields__} == set(REFUSED) | ANY_TEXT


@pytest.mark.parametrize("name", REFUSED)
def test_one_line_names_the_setting_what_was_expected_and_got(monkeypatch, capsys, name):
    monkeypatch.setenv(name, REFUSED[name])
    with pytest.raises(SystemExit) as ended, start_up.ending_in_one_line():
        start_up.read_settings()
    line = capsys.readouterr().err
    assert (ended.value.code, line.count("\n")) == (2, 1)
    assert line.startswith("Cepstra does not start. ") and "secret" not in line
    assert name in line and "expected" in line and "got" in line


@pytest.mark.parametrize("name", ["PORT", "WEB_CONCURRENCY", "DATA_KEYS"])
def test_gunicorn_says_nothing_else(tmp_path, name):
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/c.db", name: REFUSED[name]}
    done = start("-m", "gunicorn", "api:app", **settings)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert f"{name}" in done.stderr and not list(tmp_path.glob("*.db"))


@pytest.mark.parametrize("command", [("api.py",), ("-m", "cepstra", "api-key", "list")])
def test_the_laptops_server_and_the_commands_say_it_likewise(command):
    done = start(*command, PORT="many")
    assert done.returncode == 2
    assert "PORT: expected a whole number, got 'many'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named_at_once(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start("api.py", DATABASE_URL=f"sqlite:///{tmp_path}/c.db", PORT=str(port))
    text = f"PORT: another program listens on 127.0.0.1:{port}; end it, or set another"
    assert text in done.stderr
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("is_there", [False, True], ids=["a folder", "a database"])
def test_a_place_that_cannot_be_written_to_is_named(tmp_path, is_there):
    if os.geteuid() == 0:
        pytest.skip("ROOT: may write anywhere, so a read-only place was not tested")
    url = f"sqlite:///{tmp_path}/c.db"
    if is_there:
        open_store(url).close()
    tmp_path.chmod(0o555)
    done = start("-m", "gunicorn", "api:app", DATABASE_URL=url)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert str(tmp_path) in done.stderr


def of_a_newer_version(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()


UNFIT = {
    "newer": (of_a_newer_version, 2, "got 9999, of a newer version; start that version"),
    "diary": (lambda path: path.write_text("Dear diary, " * 500), 5, "file is not a database"),
}


@pytest.mark.parametrize(("make", "status", "why"), UNFIT.values(), ids=UNFIT)
def test_a_database_that_cannot_be_used_is_told_in_one_line(tmp_path, capsys, make, status, why):
    make(tmp_path / "c.db")
    url = f"sqlite:///{tmp_path}/c.db"
    with pytest.raises(SystemExit) as ended, start_up.ending_in_one_line():
        start_up.prepare_database(Config(database_url=url))
    line = capsys.readouterr().err
    assert (ended.value.code, line.count("\n"), why in line) == (status, 1, True), line
    for command in ("migrate", "vacuum", "speakers list"):
        done = Commands(DATABASE_URL=url).run(*command.split())
        assert (done.exit_code, why in done.stderr) == (status, True), (command, done.stderr)


def test_the_command_line_without_its_packages_says_how_to_get_them(tmp_path):
    shutil.copytree(ROOT / "cepstra", tmp_path / "cepstra", symlinks=True)
    command = [sys.executable, "-S", "-m", "cepstra", "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    expected = f"Cepstra is not set up in {tmp_path} yet: cd there and run `make setup-cli`."
    assert done.stderr == f"{expected}\n"


def test_an_address_of_another_machine_is_named(tmp_path):
    settings = {"HOST": "192.0.2.1", "AUTH": "on", **{name: make() for name, make in FRESH.items()}}
    done = start("api.py", DATABASE_URL=f"sqlite:///{tmp_path}/c.db", **settings)
    assert "HOST, PORT: 192.0.2.1:0 cannot be listened on" in done.stderr
    assert done.returncode == 2


def test_the_file_that_holds_a_missing_key_is_named(tmp_path):
    url = f"sqlite:///{tmp_path}/c.db"
    open_store(url).close()
    done = start("-m", "gunicorn", "api:app", DATABASE_URL=url, DATA_KEYS=FRESH["DATA_KEYS"]())
    assert f"{tmp_path}/c.key has it: put it behind the current one" in done.stderr
    assert done.returncode == 2


def test_a_key_file_that_does_not_hold_the_missing_key_is_not_named(tmp_path):
    url = f"sqlite:///{tmp_path}/c.db"
    open_store(url, FRESH["DATA_KEYS"]()).close()
    with pytest.raises(KeyringError, match="set it as where the data were sealed") as refused:
        open_store(url)  # makes a key file, whose key is none of the data's
    assert "c.key" not in str(refused.value)


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_address_is_put_in_brackets(host):
    assert Config(host=host, port=80).address == "[::1]:80"


def test_ipv6_is_listened_on(tmp_path):
    port, settings = str(free_port()), {"DATABASE_URL": f"sqlite:///{tmp_path}/c.db"}
    environment = {**os.environ, **settings, "HOST": "::1", "PORT": port}
    server = subprocess.Popen(
        [sys.executable, "api.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert f"http://[::1]:{port} " in server.stdout.readline()
        patient = Retry(attempts=30, first_pause_s=0.1)
        with Client(f"http://[::1]:{port}", retry=patient) as client:
            assert client.is_healthy()
            assert list(client.speakers()) == []
    finally:
        server.terminate()
        server.wait(timeout=60)


def test_a_database_that_does_not_answer_is_another_exit_status(tmp_path):
    (tmp_path / "c.db").mkdir()
    done = start("-m", "gunicorn", "api:app", DATABASE_URL=f"sqlite:///{tmp_path}/c.db")
    assert done.returncode == 5
    assert "Cepstra does not start. DATABASE_URL: it cannot be opened" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_few_calls_need_is_not_loaded():
    rare = ("alembic", "scipy.cluster", "scipy.special", "sklearn")
    program = f"import sys, cepstra.api; print([name for name in {rare} if name in sys.modules])"
    assert run_python("-c", program).stdout == "[]\n"
