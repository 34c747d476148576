"""docs/reference.md: as the code is now, and complete; what is undescribed is named."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from surroundings import ROOT

from cepstra.api import ROUTES, create_app
from cepstra.cli import reference
from cepstra.cli._commands import main
from cepstra.cli._reference_commands import UndocumentedError, command_lines
from cepstra.cli._reference_service import endpoint_lines, schema_lines, setting_lines
from cepstra.config import Config
from cepstra.resources.openapi import describe

TYPES = ROOT / "scripts" / "openapi-types"
DOCS = ROOT / "docs"
PAGE = (DOCS / "reference.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    return describe(create_app(Config(database_url=f"sqlite:///{folder}/c.db", audit_log="none")))


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """The folder in which `make reference` has its page and the schemas of replies."""
    folder = tmp_path_factory.mktemp("written")
    options = ["--out", str(folder / "reference.md"), "--replies", str(folder / "replies.json")]
    assert CliRunner().invoke(reference.command, options).exit_code == 0
    return folder


def copied(document):
    return json.loads(json.dumps(document))


def test_the_page_is_what_the_code_says_now(written):
    made = (written / "reference.md").read_text(encoding="utf-8")
    assert made == PAGE, "stale: run `make reference`"


def test_the_pages_types_are_made_of_the_schemas_of_today(written):
    made = written / "made.d.ts"
    subprocess.run([TYPES / "make-types", written / "replies.json", made], check=True)
    kept = ROOT / "static" / "js" / "service.d.ts"
    assert made.read_text() == kept.read_text(), "stale: run `make reference`"


def test_every_command_setting_call_and_field_is_on_it(document):
    context = click.Context(main)
    for name in main.list_commands(context):
        assert re.search(rf"^### {name}\b", PAGE, re.MULTILINE)
    for setting in fields(Config):
        assert f"\n| `{setting.name.upper()}` | " in PAGE
    for resource, paths in ROUTES:
        for path in paths:
            for method in resource.methods:
                if path != "/doc":
                    call = f"{method} {path.replace('<', '{').replace('>', '}')}"
                    assert f"### {call}\n" in PAGE or f"- also `{call}`" in PAGE
    for schema in document["components"]["schemas"].values():
        for name in schema["properties"]:
            assert f"\n| `{name}` | " in PAGE


def test_every_link_in_the_docs_leads_somewhere():
    for path in DOCS.rglob("*.md"):
        for target, anchor in re.findall(
            r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)", path.read_text()
        ):
            file = (path.parent / target).resolve() if target else path
            assert file.exists(), f"{path}: {target}"
            if anchor and file.suffix == ".md":
                assert anchor[1:] in anchors(file), f"{path}: {target}{anchor}"


def test_every_page_of_the_docs_is_in_the_index():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")} - {"README.md"}
    assert {page for page in pages if f"]({page})" not in index} == set()


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_a_command_without_a_description_is_named():
    group = click.Group("main", {"mute": click.Command("mute")})
    with pytest.raises(UndocumentedError, match="command mute"):
        list(command_lines(group))


def test_an_option_without_a_description_is_named():
    command = click.Command("loud", params=[click.Option(["--volume"])], help="Play.")
    with pytest.raises(UndocumentedError, match="command loud, option --volume"):
        list(command_lines(click.Group("main", {"loud": command})))


def test_a_setting_without_a_meaning_is_named():
    @dataclass
    class Settings:
        port: int = field(default=1, metadata={})

    with pytest.raises(UndocumentedError, match="setting PORT"):
        list(setting_lines(Settings))


def test_a_call_without_a_summary_is_named(document):
    changed = copied(document)
    changed["paths"]["/score"]["put"]["summary"] = ""
    with pytest.raises(UndocumentedError, match="PUT /score"):
        list(endpoint_lines(changed))


def test_a_field_without_a_description_is_named(document):
    changed = copied(document)
    del changed["components"]["schemas"]["Score"]["properties"]["llr"]["description"]
    with pytest.raises(UndocumentedError, match="field llr of Score"):
        list(schema_lines(changed))


def test_the_program_is_called_as_the_page_says():
    program = Path(sys.executable).with_name("cepstra")
    done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
    assert "doctor" in done.stdout
