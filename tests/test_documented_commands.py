"""Every command and example of the documentation runs, or is listed here with the reason."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
import pytest
from apart import apart
from audio_files import CODECS, write_audio
from caller_driver import HTTP, make_key
from client_commands import Commands
from surroundings import ROOT

import cepstra.client
from cepstra.cli._commands import main
from cepstra.frontend.audio import read_audio

FILES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "cepstra" / "client" / "README.md",
    ROOT / "static" / "js" / "README.md",
    *sorted((ROOT / "examples").rglob("*.md")),
]
RUN_WHOLE = {
    "docs/tutorial.md": "tests/test_tutorial.py runs it in a fresh clone",
    "examples/login/README.md": "tests/browser/test_login_example.py runs the login",
    "CONTRIBUTING.md": "these are the tests themselves",
}
NOT_RUN = {  # how a command begins -> why it is not run here; every one has to be in the docs
    "make ": "sets up or runs this very suite",
    "pip install ": "tests/test_package.py builds and installs the wheel",
    "heroku ": "another company's machine; tests/test_deployment.py runs the Procfile",
    "git ": "changes another machine",
    "apt-get ": "changes the system",
    "docker ": "no Docker engine; tests/test_deployment.py runs what is in the image",
    'echo "POSTGRES_PASSWORD': "of the image's settings",
    "createdb ": "tests/test_copy_store.py has a PostgreSQL of its own",
    "export D": "settings of another machine",
    "VOICEPRINT_INDEX=": "needs pgvector; tests/test_vector_index.py",
    "cd /opt/cepstra": "of a machine with systemd; tests/test_deployment.py starts the unit",
    "{ echo AUTH=on": "writes to /etc",
    "cp deploy/": "writes to /etc",
    "( set -a": "reads /etc",
    ".venv/bin/": "of another machine, or three of them",
    "npx ": "fetches a program of 100 MB",
    "openapi-python-client ": "tests/test_openapi_clients.py",
    "python -m benchmarks": "measures for minutes",
    "cepstra copy-store": "tests/test_copy_store.py",
    "cepstra train-": "trains for hours",
    "cepstra train ": "trains for minutes; tests/test_train_folder.py",
    "cepstra verify ann today.wav --system": "likewise; tests/test_train_folder.py",
    "MODEL_FOLDERS=": "needs a network that was trained; tests/test_train_folder.py",
    "mkdir -m 700 ~/oidc": "writes to the home folder; tests/browser/test_oidc.py",
    "openssl ": "tests/browser/test_oidc.py makes the same PEM",
    "set -a; . ~/oidc/env": "reads the home folder; tests/browser/test_oidc.py",
    "export WEBHOOK_": "settings; tests/test_webhooks.py",
    "{ cepstra make-secrets; echo DATABASE": "of a cluster",
    "kubectl ": "no cluster here; tests/test_operators.py renders the chart",
    "helm ": "no cluster here; tests/test_operators.py renders the chart",
    "cepstra timeline": "needs a meeting of two; tests/test_timeline.py makes one",
    "cepstra federate": "reads 84 people; tests/test_federated.py and its like run a few",
    "cepstra classify": "trains for minutes; tests/test_classify_folder.py",
    "python -m oidc": "tests/browser/test_oidc.py",
    "gunicorn ": "tests/browser/test_oidc.py",
    "cepstra calibrate": "needs dozens enrolled; tests/test_calibrate.py",
    "cepstra evaluate": "measures for minutes; tests/test_evaluate_command.py runs small ones",
    "cepstra verify ann --mic": "no microphone here; tests/test_tutorial.py has one",
    "cepstra enrol ann --video-url": "no network here; tests/test_features_command.py has a server",
}
OTHER_EXAMPLES = {  # blocks in other languages -> what runs them, or why nothing does
    "README.md js": "tests/browser/test_kit.py, whose page is written likewise",
    "docs/kit.md js": "tests/browser/test_kit.py; tests/js/kit-guide.test.js checks its names",
    "docs/kit.md html": "tests/browser/test_kit.py",
    "static/js/README.md js": "tests/js/package.test.js",
    "static/js/README.md html": "tests/browser/test_kit.py",
    "docs/relying-party.md python": "tests/test_assertions.py",
    "docs/library.md python": "tests/test_library.py",
    "docs/how-to/oidc.md python": "tests/browser/test_oidc.py",
    "docs/how-to/webhooks.md python": "tests/test_webhooks.py",
    "docs/how-to/webhooks.md json": "what is sent, shown",
    "docs/operations.md yaml": "tests/test_monitoring.py",
    "docs/operations.md json": "a log line, shown",
    "docs/wire.md json": "tests/test_embedding_mode.py",
    "CONTRIBUTING.md python": "the change that a reader makes",
}
NAMED = re.compile(r"(?:bin/|^|\] |=\w+ |-m |; )cepstra ([a-z][\w-]*)([^|;&]*)")
RUN_EXAMPLES = {"docs/command-line.md python", "cepstra/client/README.md python"}


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def blocks(file: Path, language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", file.read_text("utf-8"), re.M | re.S)
    return list(found)


def commands_of(file: Path) -> Iterator[str]:
    for block in blocks(file, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            if command := re.sub(r"\s+#.*$", "", line).strip():
                yield command


COMMANDS = [
    (name_of(file), command)
    for file in FILES
    if name_of(file) not in RUN_WHOLE
    for command in commands_of(file)
]


def why_not_run(command: str) -> str | None:
    return next((why for begin, why in NOT_RUN.items() if command.startswith(begin)), None)


def test_every_command_and_example_is_run_or_listed_and_nothing_else_is_listed():
    unknown = [
        (file, command)
        for file, command in COMMANDS
        if why_not_run(command) is None and not command.startswith(("cepstra ", "curl "))
    ]
    assert unknown == []
    written = [command for _, command in COMMANDS]
    stale = [begin for begin in NOT_RUN if not any(c.startswith(begin) for c in written)]
    assert stale == []
    shown = {
        f"{name_of(file)} {language}"
        for file in FILES
        for language in ("python", "js", "json", "html", "yaml")
        if blocks(file, language)
    }
    assert shown == {*OTHER_EXAMPLES, *RUN_EXAMPLES}


def test_what_is_not_run_names_commands_and_options_that_exist():
    checked = []
    for file, command in COMMANDS:
        found = NAMED.search(command)
        if why_not_run(command) is None or found is None:
            continue
        context = click.Context(main)
        named = main.get_command(context, found[1])
        assert named is not None, (file, command)
        if isinstance(named, click.Group):
            named = named.get_command(context, found[2].split()[0])
        known = {option for parameter in [*named.params, *main.params] for option in parameter.opts}
        given = set(re.findall(r"--[a-z][\w-]*", found[2]))
        assert given <= known, (file, command)
        needed = [p.opts for p in named.params if isinstance(p, click.Option) and p.required]
        assert all(given & {*options} for options in needed), (file, command)
        checked.append(found[1])
    assert {"make-secrets", "migrate", "copy-store", "train-background", "api-key"} <= {*checked}


@pytest.fixture(scope="module")
def folder(shared_dir, tmp_path_factory) -> Path:
    """A folder with the files that the examples name: two recordings of ann, bob's, and others'."""
    folder = tmp_path_factory.mktemp("examples")
    takes = {
        name: sorted((shared_dir / "corpora" / "fsdd" / voice).glob("*.flac"))
        for name, voice in (("ann", "fstheo"), ("bob", "fsjackson"))
    }
    pause = np.zeros(4_000)

    def record(name: str, whose: str, first: int) -> None:
        chosen = takes[whose][first::6][:20]
        spoken = np.concatenate([p for take in chosen for p in (pause, read_audio(take))])
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        write_audio(folder / name, spoken, 16_000, CODECS[name.rpartition(".")[2]])

    for number, name in enumerate(
        ["monday.m4a", "tuesday.wav", "today.wav", "today.mp3", "who.mp4", "memo.m4a"]
    ):
        record(name, "ann", number)
    record("meeting.wav", "bob", 0)
    for name, number in (("ann_1.mp4", 0), ("ann_2.mp4", 2), ("bob_1.mp4", 1)):
        record(f"videos/{name}", name[:3], number)
    for digit, take in enumerate(takes["bob"][:40:4]):
        (folder / "voices" / "bob").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(take, folder / "voices" / "bob" / f"{digit}_{take.name}")
    (folder / "people.csv").write_text("path,name,channel,device\ntuesday.wav,cho,left,phone\n")
    for message in ROOT.glob("mfcc_*.json"):
        shutil.copy(message, folder)
    shutil.copy(ROOT / "mfcc_test.json", folder / "message.json")
    return folder


@pytest.fixture
def commands(folder, module_server, monkeypatch) -> Commands:
    """Run commands in that folder with a service of ours, and on a database of its own."""
    monkeypatch.chdir(folder)
    database = f"sqlite:///{folder}/cepstra.db"
    return Commands(CEPSTRA_URL=module_server.url, DATABASE_URL=database)


@pytest.fixture
def addresses(guarded_server, module_server) -> dict[str, str]:
    """What stands in an example -> what it is here."""
    return {
        "https://voice.example": guarded_server.url,
        "http://127.0.0.1:5000": module_server.url,
        "$KEY": make_key(guarded_server),
        "revoke 3": "revoke 2",  # two were made until then
    }


def test_every_other_command_runs_in_the_order_of_the_docs(commands, addresses, folder):
    for file, command in COMMANDS:
        if why_not_run(command) is not None:
            continue
        here = command
        for written, real in addresses.items():
            here = here.replace(written, real)
        if "voice.example" in command and "verify ann" in command:
            token = addresses["$KEY"]
            service = ("--url", addresses["https://voice.example"], "--token", token)
            assert commands.run(*service, "enrol", "ann", "monday.m4a").exit_code == 0
        program, *words = shlex.split(here)
        if program == "curl":
            done = subprocess.run(["curl", "-sS", *words], capture_output=True, text=True)
            reply = json.loads(done.stdout)
            assert done.returncode == 0 and "code" not in reply, (file, command, reply)
        else:
            ran = commands.run(*words)
            expected = (0, 1, 3) if words[0] in ("identify", "recognise", "doctor") else (0,)
            assert ran.exit_code in expected, (file, command, ran.output, ran.stderr)


@pytest.mark.parametrize("example", sorted(RUN_EXAMPLES))
def test_examples_in_python_run(example, folder, module_server, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/cepstra.db")
    monkeypatch.setitem(sys.modules, "cepstra_client", cepstra.client)
    HTTP.delete(f"{module_server.url}/delete?speaker=ann")  # hers was another voice
    block = "\n".join(blocks(ROOT / example.split()[0], "python"))
    apart(lambda: exec(block.replace("http://127.0.0.1:5000", module_server.url), {}))
    assert capsys.readouterr().out.strip()
