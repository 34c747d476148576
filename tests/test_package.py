"""The wheel, installed where nothing else is: it serves, enrols and verifies from any folder."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from server_driver import free_port
from surroundings import IN_CI, ROOT
from test_three_ways import recording

import cepstra

README = (ROOT / "README.md").read_text(encoding="utf-8")
MOST_BYTES = 12_000_000
OURS = ("CEPSTRA_", "DATA_KEYS", "SIGNING_KEYS", "DATABASE_URL", "HOST", "AUTH", "PYTHON")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """A wheel of all that git would keep, with the page's libraries, as `make setup` leaves it."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(lambda each: (ROOT / each).exists(), names.stdout.splitlines()):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name, follow_symlinks=False)
    shutil.copytree(ROOT / "static" / "vendor", source / "static" / "vendor")
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", target, source]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True)
    (made,) = target.iterdir()
    return made


@pytest.fixture(scope="module")
def program(wheel, tmp_path_factory) -> Path:
    """The command of an environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv")
    locked = pins((ROOT / "requirements.lock").read_text())
    (folder / "tested.txt").write_text("\n".join(map("==".join, locked.items())))
    install = ["install", "--quiet", "--no-compile", "--constraint", folder / "tested.txt", wheel]
    into = folder / "venv" / "bin" / "python"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", into, *install],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and not IN_CI:
        pytest.skip(f"NO REGISTRY: the wheel was not installed: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    return folder / "venv" / "bin" / "cepstra"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Path:
    """A folder with the README's messages and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for path in ROOT.glob("mfcc_*.json"):
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def served(program, elsewhere) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [program, "serve", "--port", str(port)], cwd=elsewhere, env=environment()
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_it_answers(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)


def environment() -> dict[str, str]:
    """This process's environment without settings of Cepstra and without this checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def pins(text: str) -> dict[str, str]:
    """Name -> version of a lock file's packages."""
    return dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", text))


def wait_until_it_answers(url: str, process: subprocess.Popen) -> None:
    for _ in range(600):
        assert process.poll() is None, "the service ended"
        try:
            httpx.get(f"{url}/health/ready", timeout=60).raise_for_status()
            return
        except httpx.HTTPError:
            try:
                process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError("the service did not answer within a minute")


def run(program: Path, folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(word) for word in (program, *arguments)]
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )


def test_the_wheel_puts_one_name_beside_others_and_holds_page_and_models(wheel):
    assert wheel.stat().st_size < MOST_BYTES
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"cepstra"}
    assert not [name for name in names if "__pycache__" in name]
    for kept in ("models", "static", "gmm", "resources"):
        listed = subprocess.run(
            ["git", "ls-files", kept], cwd=ROOT, capture_output=True, text=True, check=True
        )
        missing = {f"cepstra/{name}" for name in listed.stdout.split()} - set(names)
        assert missing == set(), "left out of the wheel"
    assert "cepstra/static/vendor/meyda.min.js" in names
    assert "cepstra/py.typed" in names


def test_all_that_is_named_is_locked_and_the_service_has_no_decoder():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock, service = (pins((ROOT / f"requirements.{end}").read_text()) for end in ("lock", "txt"))
    extras = project["optional-dependencies"]
    named = [*project["dependencies"], *extras["cli"], *extras["dev"], *extras["build"]]
    names = {re.split(r"[\[<>=~]", each)[0].lower() for each in named} - {"cepstra"}
    assert names - set(lock) == set(), "run `make lock`"
    assert service.items() <= lock.items(), "run `make lock`"
    assert "av" in lock and "av" not in service


def test_the_command_tells_its_version(program, elsewhere):
    done = run(program, elsewhere, "--version")
    assert done.stdout == f"cepstra, version {cepstra.__version__}\n"


def test_doctor_finds_nothing_wrong(program, elsewhere):
    done = run(program, elsewhere, "doctor", "--json")
    found = json.loads(done.stdout)["findings"]
    assert [each for each in found if each["state"] == "wrong"] == []
    assert done.returncode == 0


def test_the_page_and_its_libraries_are_served(served):
    assert "<title>" in httpx.get(f"{served}/").raise_for_status().text
    for name in ("js/main.js", "js/frontend.json", "vendor/meyda.min.js"):
        assert len(httpx.get(f"{served}/static/{name}").raise_for_status().content) > 100


def test_the_readmes_curl_lines_work(served, elsewhere):
    if not shutil.which("curl"):
        pytest.skip("NO CURL: the README's lines were not run")
    lines = re.findall(r"(?m)^curl .*$", README)
    assert len(lines) == 4
    replies = []
    for line in lines:
        command = line.replace("http://127.0.0.1:5000", served).replace("curl", "curl -sS", 1)
        done = subprocess.run(
            command, shell=True, cwd=elsewhere, capture_output=True, text=True, check=True
        )
        replies.append(json.loads(done.stdout))
    assert [reply.get("decision") for reply in replies[2:]] == ["accept", "reject"]


def test_files_are_enrolled_and_verified_without_a_service(program, shared_dir, tmp_path):
    enrol, own, other = (
        recording(shared_dir, voice, takes, tmp_path / f"{name}.flac", 16_000, "flac")
        for name, voice, takes in (
            ("enrol", "fstheo", slice(0, 300, 15)),
            ("own", "fstheo", slice(7, 300, 40)),
            ("other", "fslucas", slice(7, 300, 40)),
        )
    )
    done = run(program, tmp_path, "enrol", "ann", enrol)
    assert done.returncode == 0, done.stderr
    own_status, other_status = (
        run(program, tmp_path, "verify", "ann", path).returncode for path in (own, other)
    )
    assert (own_status, other_status) == (0, 1)  # accepted, rejected


def test_what_needs_more_says_which_extra_brings_it(program, elsewhere):
    done = run(program, elsewhere, "evaluate", "--help")
    assert "pip install 'cepstra[cli]'" in done.stderr
    done = run(program, elsewhere, "bench", "--help")
    assert "it runs in a checkout only" in done.stderr
