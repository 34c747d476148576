"""What is written for platforms starts for real, and names nothing that the service does not know.

No Docker engine and no Heroku are here: the image's context and commands are tried without them.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from configparser import RawConfigParser
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from server_driver import free_port
from surroundings import ROOT

from cepstra.cli.make_secrets import FRESH
from cepstra.config import Config

SETTINGS = {name.upper() for name in Config.__dataclass_fields__}
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")


def generated() -> dict[str, str]:
    """Return what Heroku's `generator: secret` makes: 64 hexadecimal digits."""
    return {name: os.urandom(32).hex() for name in FRESH}


def environment(**settings: str) -> dict[str, str]:
    """Return a platform's environment with our programs on its path."""
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": programs, "HOME": os.environ.get("HOME", "/"), **settings}


def assert_answers(process: subprocess.Popen, port: int) -> None:
    for _ in range(600):
        assert process.poll() is None, f"ended with status {process.returncode}"
        try:
            url = f"http://127.0.0.1:{port}/health/ready"
            assert urllib.request.urlopen(url, timeout=30).status == 200
            return
        except OSError:
            try:
                process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError("no answer")


def stop(process: subprocess.Popen) -> int:
    os.killpg(process.pid, signal.SIGTERM)
    return process.wait(timeout=60)


@pytest.mark.every_database
def test_the_procfiles_commands_start_as_on_heroku(empty_database):
    url = empty_database.url.replace("postgresql://", "postgres://")
    port = free_port()
    settings = generated() | {"DATABASE_URL": url, "DYNO": "web.1", "PORT": str(port)}
    given = environment(**settings)
    assert list(PROCFILE) == ["release", "web"]
    released = subprocess.run(PROCFILE["release"], shell=True, cwd=ROOT, env=given, timeout=120)
    assert released.returncode == 0
    assert empty_database.execute("SELECT count(*) FROM alembic_version") == [(1,)]
    web = subprocess.Popen(PROCFILE["web"], shell=True, cwd=ROOT, env=given, process_group=0)
    try:
        assert_answers(web, port)
        access = urllib.request.urlopen(f"http://127.0.0.1:{port}/session", timeout=30)
        assert json.load(access)["auth"] == "on"
    finally:
        stop(web)


def test_a_release_stops_where_a_key_is_missing(tmp_path):
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/c.db", "DYNO": "release.1"}
    released = subprocess.run(
        PROCFILE["release"], shell=True, cwd=ROOT, env=environment(**settings), capture_output=True
    )
    assert released.returncode != 0
    assert b"DATA_KEYS" in released.stderr and b"Traceback" not in released.stderr


def test_app_json_names_settings_and_builds_the_page_before_the_service():
    app = json.loads((ROOT / "app.json").read_text())
    assert set(app["env"]) <= SETTINGS
    assert [pack["url"] for pack in app["buildpacks"]] == ["heroku/nodejs", "heroku/python"]
    assert any(addon.startswith("heroku-postgresql") for addon in app["addons"])
    given = {name: entry.get("value") for name, entry in app["env"].items() if "value" in entry}
    Config.from_environment({**given, **generated(), "DYNO": "web.1"}).check()


def test_compose_names_settings_and_asks_for_every_secret():
    service, database = COMPOSE["services"]["cepstra"], COMPOSE["services"]["database"]
    assert set(service["environment"]) <= SETTINGS
    assert set(FRESH) <= set(service["environment"])
    asked = set(re.findall(r"\$\{(\w+):\?", json.dumps(service["environment"])))
    assert asked == set(FRESH) | {"POSTGRES_PASSWORD"}
    assert "healthcheck" in database
    assert service["depends_on"]["database"]["condition"] == "service_healthy"
    values = {name: str(value) for name, value in service["environment"].items()}
    url = values["DATABASE_URL"]
    values["DATABASE_URL"] = re.sub(r"\$\{[^}]*\}", "secret", url)
    assert values["DATABASE_URL"] == "postgresql://cepstra:secret@database/cepstra"
    Config.from_environment({**values, **generated(), "HOST": "0.0.0.0"}).check()


def instructions(word: str) -> list[str]:
    return re.findall(rf"(?m)^ *{word} +(.*)$", DOCKERFILE)


def test_what_others_made_is_named_by_digest():
    of_others = [each["image"] for each in COMPOSE["services"].values() if "build" not in each]
    stages = [line.split() for line in instructions("FROM")]
    of_here = {name for _, *named in stages for name in named[1:]}
    images = [*of_others, *(stage[0] for stage in stages if stage[0] not in of_here)]
    assert len(images) == 3
    assert [each for each in images if not re.search(r"@sha256:[0-9a-f]{64}$", each)] == []


def in_image(context: Path) -> list[str]:
    """Return the files that `.dockerignore` lets into the image, of those that git knows."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=context, capture_output=True, text=True, check=True)
    return [name for name in files.stdout.splitlines() if not is_ignored(name, rules)]


def is_ignored(name: str, rules: list[str]) -> bool:
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!").removeprefix("**/")
        parts = [name, *map(str, Path(name).parents)]
        if any(fnmatch(part, pattern) or fnmatch(Path(part).name, pattern) for part in parts):
            ignored = not rule.startswith("!")
    return ignored


def test_what_goes_into_the_image_is_all_that_the_service_needs(tmp_path):
    app, data = tmp_path / "app", tmp_path / "data"
    for name in in_image(ROOT):
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, app / name, follow_symlinks=False)
    assert not list(app.rglob("test_*")) and not (app / "docs").exists()
    port = free_port()
    settings = dict(word.split("=", 1) for text in instructions("ENV") for word in text.split())
    assert set(settings) - {"PATH"} - SETTINGS == {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    del settings["PATH"]
    settings |= {"PORT": str(port), "DATABASE_URL": f"sqlite:///{data}/c.db", **generated()}
    command = json.loads(instructions("CMD")[-1])
    process = subprocess.Popen(command, cwd=app, env=environment(**settings), process_group=0)
    try:
        assert_answers(process, port)
        check = json.loads(re.search(r"HEALTHCHECK.*CMD (\[.*\])", DOCKERFILE)[1])
        done = subprocess.run(check, env=environment(PORT=str(port)), capture_output=True)
        assert done.returncode == 0, done.stderr
        assert_doctor_finds_nothing_and_writes_nothing(app, settings)
    finally:
        stop(process)
    assert subprocess.run(check, env=environment(PORT=str(port)), capture_output=True).returncode


def assert_doctor_finds_nothing_and_writes_nothing(app: Path, settings: dict[str, str]) -> None:
    """Run it as in the image: its file system is read-only, and neither git nor make is there."""
    shutil.copytree(ROOT / "static" / "vendor", app / "static" / "vendor")
    before = {path: path.lstat().st_mtime_ns for path in app.rglob("*")}
    program = [sys.executable, "-P", "-m", "cepstra", "doctor", "--json"]
    alone = {**settings, "PATH": "/nowhere", "PYTHONPATH": str(app), "HOME": "/nowhere"}
    done = subprocess.run(program, cwd=app, env=alone, capture_output=True, text=True)
    findings = json.loads(done.stdout)["findings"]
    assert [each for each in findings if each["state"] == "wrong"] == [], findings
    assert {"models", "database", "service"} <= {each["check"] for each in findings}
    assert not any("make " in each["mend"] or "git " in each["mend"] for each in findings)
    assert {path: path.lstat().st_mtime_ns for path in app.rglob("*")} == before


def test_the_image_runs_without_root_npm_and_pip():
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"(?m)^USER cepstra$", last) and "HEALTHCHECK" in last
    assert "npm" not in last and "pip" not in last
    copied = [word for text in instructions("COPY") for word in text.split()[:-1]]
    for name in copied:
        if not name.startswith(("--from", "/")) and name != ".":
            assert (ROOT / name).exists(), name


def unit() -> RawConfigParser:
    parser = RawConfigParser(strict=False, delimiters="=")
    parser.optionxform = str
    parser.read(ROOT / "deploy" / "cepstra.service")
    return parser


def test_the_units_command_starts_and_tells_systemd(tmp_path):
    """ExecStart runs in the checkout with a socket that hears READY=1, as systemd gives it."""
    text = (ROOT / "deploy" / "cepstra.service").read_text()
    service = unit()["Service"]
    assert service["WorkingDirectory"] == "/opt/cepstra"
    command = service["ExecStart"].replace("/opt/cepstra/.venv", str(Path(sys.prefix)))
    given = dict(re.findall(r"(?m)\b([A-Z_]+)=(\S+)", "\n".join(environments(text))))
    assert set(given) - SETTINGS == {"PYTHONDONTWRITEBYTECODE"}
    port = free_port()
    given |= {"DATABASE_URL": f"sqlite:///{tmp_path}/c.db", "PORT": str(port)}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(60)
        given["NOTIFY_SOCKET"] = str(tmp_path / "notify")
        process = subprocess.Popen(
            command.split(), cwd=ROOT, env=environment(**given), process_group=0
        )
        try:
            assert b"READY=1" in ear.recv(4096)
            assert_answers(process, port)
        finally:
            assert stop(process) == 0


def environments(text: str) -> list[str]:
    return re.findall(r"(?m)^Environment=(.*)$", text)


def test_the_unit_is_one_that_systemd_understands(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("NO SYSTEMD: systemd-analyze is missing, so the unit was not verified")
    text = (ROOT / "deploy" / "cepstra.service").read_text()
    copy = tmp_path / "cepstra.service"
    copy.write_text(text.replace("/opt/cepstra/.venv", sys.prefix))
    done = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True)
    complaints = [line for line in done.stderr.splitlines() if "cepstra.service" in line]
    assert (done.returncode, complaints) == (0, [])


def test_proxies_let_the_largest_body_through_and_take_replies_whole():
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    most_mib = int(re.search(r"client_max_body_size (\d+)m;", nginx)[1])
    assert most_mib * 2**20 >= Config().max_body_bytes
    assert "proxy_buffering off" not in nginx
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    assert "max_size" not in caddy  # the service tells what is too large, Caddy a 502
    assert "\n\t\tbuffer_responses\n" in caddy
