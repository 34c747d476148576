"""What a release and its workflows name is what there is."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

import cepstra

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = re.findall(r"(?m)^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text())


def test_everything_has_one_version():
    client = tomllib.loads((ROOT / "cepstra" / "client" / "pyproject.toml").read_text())
    found = {
        "client": client["project"]["version"],
        "chart": yaml.safe_load((ROOT / "deploy/helm/cepstra/Chart.yaml").read_text())[
            "appVersion"
        ],
        "citation": yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"],
        **{
            name: json.loads((ROOT / name).read_text())["version"]
            for name in ("package.json", "static/js/package.json")
        },
    }
    assert set(found.values()) == {cepstra.__version__}, found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_what_there_is_and_pins_what_is_not_ours(path):
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    steps = [step for job in jobs for step in job["steps"]]
    for action in (step["uses"] for step in steps if "uses" in step):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
    called = re.findall(r"\bmake ([a-z-]+)", " ".join(step.get("run", "") for step in steps))
    assert called and set(called) <= set(TARGETS)


def test_nothing_is_said_to_be_published_that_is_not():
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        told = re.findall(r"npm install cepstra\b|pip install ['\"]?cepstra\b", path.read_text())
        assert told == [], path
