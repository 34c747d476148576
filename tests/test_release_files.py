"""What a release and its workflows name is what there is."""

import hashlib
import json
import re
import tarfile
import tomllib
from pathlib import Path

import pytest
import yaml
from surroundings import ROOT

import cepstra
from scripts.describe_models import describe_models
from scripts.set_version import BEFORE, set_version, versions

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = re.findall(r"(?m)^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text())


def test_everything_has_one_version_that_one_command_writes(tmp_path):
    assert set(versions().values()) == {frozenset({cepstra.__version__})}
    for name in BEFORE:
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text((ROOT / name).read_text())
    set_version("12.34.56", tmp_path)
    assert set(versions(tmp_path).values()) == {frozenset({"12.34.56"})}
    client = tomllib.loads((tmp_path / "cepstra/client/pyproject.toml").read_text())["project"]
    chart = yaml.safe_load((tmp_path / "deploy/helm/cepstra/Chart.yaml").read_text())
    citation = yaml.safe_load((tmp_path / "CITATION.cff").read_text())
    lock = json.loads((tmp_path / "package-lock.json").read_text())
    for read in (client, chart, citation, lock, lock["packages"][""]):
        assert read["version"] == "12.34.56"
    assert chart["appVersion"] == "12.34.56"
    with pytest.raises(SystemExit, match="got v1"):
        set_version("v1", tmp_path)


def test_the_newest_section_of_the_changelog_is_of_this_version_or_of_the_next():
    newest, *older = re.findall(r"(?m)^## (\S+)", (ROOT / "CHANGELOG.md").read_text())
    assert cepstra.__version__ == (older[0] if newest == "Unreleased" else newest)
    assert sorted(older, key=lambda each: [*map(int, each.split("."))], reverse=True) == older


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_what_there_is_and_pins_what_is_not_ours(path):
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    steps = [step for job in jobs for step in job["steps"]]
    for action in (step["uses"] for step in steps if "uses" in step):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
    called = re.findall(r"\bmake ([a-z-]+)", " ".join(step.get("run", "") for step in steps))
    assert called and set(called) <= set(TARGETS)


def test_a_release_is_unpacked_by_the_python_of_debian_12(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from scripts.make_release import _unpacked

    monkeypatch.setattr(tarfile.TarFile, "extractall", lambda self, path: None)  # has no filter
    (tmp_path / "run").write_text("echo")
    (tmp_path / "run").chmod(0o755)
    with tarfile.open(tmp_path / "made-1.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "run", "made-1/run")
    unpacked = _unpacked(tmp_path / "made-1.tar.gz", tmp_path / "folder")
    assert (unpacked / "run").stat().st_mode & 0o777 == 0o755


def test_dependabot_watches_every_list_of_npm_packages():
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    (npm,) = (each for each in updates if each["package-ecosystem"] == "npm")
    found = [path for depth in ("", "*/", "*/*/") for path in ROOT.glob(f"{depth}package.json")]
    own = {path.parent.relative_to(ROOT) for path in found if "node_modules" not in path.parts}
    assert {Path(each[1:]) for each in npm["directories"]} == own


def test_nothing_is_said_to_be_published_that_is_not():
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        told = re.findall(r"npm install cepstra\b|pip install ['\"]?cepstra\b", path.read_text())
        assert told == [], path
    for path in (ROOT / "cepstra").rglob("*.py"):  # cepstra[cli] completes what is installed
        assert re.findall(r"pip install (?:--\S+ )*cepstra\b", path.read_text()) == [], path


def test_the_list_of_what_is_in_a_release_names_every_model_its_licence_and_its_bytes():
    models = {each["name"]: each for each in describe_models(ROOT / "models", "1.2.3")}
    listed = [file for each in models.values() for file in each["components"]]
    digests = {Path(file["name"]).name: file["hashes"][0]["content"] for file in listed}
    kept = [path for end in ("onnx", "safetensors") for path in (ROOT / "models").glob(f"*.{end}")]
    assert len(listed) == len(kept)
    assert digests == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in kept}
    licences = {name: each["licenses"][0]["license"]["id"] for name, each in models.items()}
    apache = {name for name, licence in licences.items() if licence == "Apache-2.0"}
    assert apache == {p.name.partition(".")[0] for p in (ROOT / "models").glob("*.LICENSE.txt")}
    (ancestor,) = models["campplus"]["pedigree"]["ancestors"]
    assert "3D-Speaker" in ancestor["copyright"]
    assert {each["version"] for each in models.values()} == {"1.2.3"}
