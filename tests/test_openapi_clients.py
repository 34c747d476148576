"""Clients that others' generators make of the OpenAPI document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from caller_driver import HTTP, make_key
from surroundings import ROOT

PROGRAMS = ROOT / "scripts" / "openapi-types" / "node_modules" / ".bin"
TSC = ROOT / "node_modules" / ".bin" / "tsc"

USE_PYTHON = """
import json
import sys

from cepstra_generated.api.enrolment import put_train
from cepstra_generated.api.verification import put_score
from cepstra_generated.client import AuthenticatedClient
from cepstra_generated.models import Answered, ChallengedAttempt, Error, NewTake, Score, Training


def message(name: str) -> dict[str, object]:
    with open(f"mfcc_{name}.json", encoding="utf-8") as file:
        told: dict[str, object] = json.load(file)
    return told


client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
trained = put_train.sync(client=client, body=NewTake.from_dict(message("train")), speaker="gen")
assert isinstance(trained, Training)
frames: int = trained.mfcc_train_store_length
for name in ("test", "other_speaker"):
    attempt = ChallengedAttempt.from_dict(message(name))
    reply: Score | Answered | Error | None = put_score.sync(
        client=client, body=attempt, speaker="gen"
    )
    assert isinstance(reply, Score)
    llr: float | None = reply.llr
    print(frames, reply.decision.value, llr is not None)
nobody = put_score.sync(client=client, body=attempt, speaker="nobody")
assert isinstance(nobody, Error)
print(nobody.code)
"""

USE_TYPESCRIPT = """
import type { components, paths } from "./service.d.ts";

type Replies = paths["/score"]["put"]["responses"][200]["content"]["application/json"];
export function told(reply: Replies): string {
  return "remaining" in reply ? `${reply.remaining} to go` : reply.decision.toUpperCase();
}
export const isSure = ({ llr, threshold }: components["schemas"]["Score"]) =>
  llr !== null && threshold !== null && llr >= threshold;
// @ts-expect-error null where it is withheld
export const bits = ({ llr }: components["schemas"]["Score"]) => llr / Math.LN2;
"""


@pytest.fixture(scope="module")
def document(guarded_server, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_bytes(HTTP.get(f"{guarded_server.url}/doc").raise_for_status().content)
    return path


def run(*command: object, cwd: Path = ROOT, **environment: str) -> str:
    """Return all that a command printed, in the order that it did."""
    done = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_every_call_has_a_tag_that_is_explained_and_a_name_that_a_function_can_have(document):
    told = json.loads(document.read_text())
    operations = [each for path in told["paths"].values() for each in path.values()]
    tags = {tag["name"] for tag in told["tags"] if tag["description"]}
    assert {tag for each in operations for tag in each["tags"]} == tags
    assert all(len(each["tags"]) == 1 for each in operations)
    names = [each["operationId"] for each in operations]
    assert all(name.isidentifier() for name in names) and len(set(names)) == len(names)


def test_a_generated_python_client_type_checks_and_enrols_and_scores(
    document, guarded_server, tmp_path
):
    package = tmp_path / "cepstra_generated"
    beside_python = str(Path(sys.executable).parent)  # it formats with ruff
    generate = ("generate", "--path", document, "--output-path", package, "--meta", "none")
    printed = run(
        sys.executable, "-m", "openapi_python_client", *generate, "--fail-on-warning",
        PATH=f"{beside_python}{os.pathsep}{os.environ['PATH']}",
    )  # fmt: skip
    assert printed.strip() == f"Generating {package}"
    program = tmp_path / "use.py"
    program.write_text(USE_PYTHON)
    run(
        sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--config-file=",
        "use.py", cwd=tmp_path,
    )  # fmt: skip
    printed = run(sys.executable, program, guarded_server.url, make_key(guarded_server))
    n_frames = str(len(json.loads((ROOT / "mfcc_train.json").read_text())["mfcc"]))
    scored = [n_frames, "accept", "True", n_frames, "reject", "True"]
    assert printed.split() == [*scored, "409"]


def test_generated_typescript_type_checks(document, tmp_path):
    run(PROGRAMS / "openapi-typescript", document, "--output", tmp_path / "service.d.ts")
    (tmp_path / "use.ts").write_text(USE_TYPESCRIPT)
    options = ("--noEmit", "--strict", "--target", "es2023", "--module", "esnext")
    run(TSC, *options, "--moduleResolution", "bundler", "--types", "", "use.ts", cwd=tmp_path)
