"""Figures that stand in two documents, or follow from the shipped models, are the same in both."""

import re

from surroundings import ROOT

from cepstra.config import Config
from cepstra.verification.registry import load_verifiers
from cepstra.verification.shipped import FRONT_END

SYSTEMS = {
    "Cepstra": "fusion",
    "its mixtures alone": "gmm-ubm",
    "CAM++, from sound, 28 MB": "campplus-sound",
    "the classic rule, same frames": "classic-meyda-16k-1",
}


def rows(name: str, heading: str = "# ") -> list[list[str]]:
    """The cells of a document's tables, from a heading on."""
    text = (ROOT / name).read_text(encoding="utf-8").partition(heading)[2]
    found = re.findall(r"(?m)^\| (.*) \|$", text)
    return [[cell.strip("* ") for cell in row.split(" | ")] for row in found]


def rounds_to(exact: str, told: str) -> bool:
    """Tell whether a figure is another one with fewer digits, or as many."""
    digits = len(told.partition(".")[2])
    return abs(float(exact) - float(told)) <= 0.5 * 10**-digits + 1e-9


def test_the_error_rates_in_the_readme_are_those_of_the_page_about_them():
    told = {row[0]: [cell.rstrip("%") for cell in row[1:]] for row in rows("README.md")}
    exact = {row[0]: row[1:] for row in rows("docs/accuracy.md")}
    for name, system in SYSTEMS.items():
        found = exact[f"speech_commands_dev, `{system}`"]
        assert all(map(rounds_to, found, told[name])) and len(told[name]) == 4, name


def test_the_rates_in_other_conditions_are_those_of_the_page_about_them():
    exact = [
        [row[1].partition(" ")[0], row[4], row[5], row[6], row[7]]
        for row in rows("docs/accuracy.md", "minDCF")
        if row[0] == "`fusion`" and len(row) == 8
    ]
    told = rows("docs/other-conditions.md", "## The default system on every set")[1:12]
    now = [[cell.partition(" ")[0].strip("*") for cell in row[1:]] for row in told]
    order = [*range(8, 11), *range(8)]  # accuracy.md begins with Speech Commands
    assert len(now) == len(exact) == 11
    for row, number in zip(now, order, strict=True):
        assert all(map(rounds_to, exact[number], row)), (row, exact[number])


def test_the_parameters_are_as_large_as_the_readme_says():
    parts = [*(ROOT / "models").glob("*.onnx"), *(ROOT / "models").glob("*.safetensors")]
    size_mb = sum(path.stat().st_size for path in parts) / 1e6
    told = re.search(r"all parameters together have (\S+) MB", (ROOT / "README.md").read_text())
    assert told and rounds_to(str(size_mb), told[1])


def test_the_method_tells_the_thresholds_of_the_shipped_calibration():
    told = re.search(
        r"Among\s+(\S+) speakers (\S+) is needed, among (\S+) it is (\S+):",
        (ROOT / "docs/method.md").read_text(),
    )
    system = load_verifiers(Config()).by_frontend[FRONT_END]
    for n_speakers, threshold in (told[1], told[2]), (told[3], told[4]):
        exact = system.open_set_threshold(int(n_speakers.replace(",", "")))
        assert rounds_to(str(exact), threshold), (n_speakers, exact)
