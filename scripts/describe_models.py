"""The trained parameters in models/ as CycloneDX has it, for the list of what a service is made of.

A card, models/NAME.md, is a component; the files that its heading names are parts of it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

MODEL = "machine-learning-model"
CAMPPLUS = {
    "type": MODEL,
    "name": "speech_campplus_sv_zh_en_16k-common_advanced",
    "licenses": [{"license": {"id": "Apache-2.0"}}],
    "copyright": "Copyright 3D-Speaker, all rights reserved",
    "externalReferences": [{"type": "vcs", "url": "https://github.com/modelscope/3D-Speaker"}],
}
LICENCES, ANCESTORS = {"campplus": "Apache-2.0"}, {"campplus": CAMPPLUS}  # all others are ours


def describe_models(models: Path, version: str) -> list[dict[str, Any]]:
    """Return a component a card.

    Raises:
        FileNotFoundError: a card names a file that is not there.
    """
    return [_component(card, version) for card in sorted(models.glob("*.md"))]


def _component(card: Path, version: str) -> dict[str, Any]:
    name = card.stem
    heading = card.read_text(encoding="utf-8").partition("\n")[0]
    files = [card.with_name(each) for each in heading.partition(": ")[2].split(", ")]
    component: dict[str, Any] = {
        "type": MODEL,
        "bom-ref": f"models/{name}",
        "name": name,
        "version": version,
        "licenses": [{"license": {"id": LICENCES.get(name, "MIT")}}],
        "externalReferences": [{"type": "model-card", "url": f"cepstra/models/{card.name}"}],
        "components": [_file(path) for path in files],
    }
    if ancestor := ANCESTORS.get(name):
        component["pedigree"] = {"ancestors": [ancestor]}
    return component


def _file(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "type": "file",
        "bom-ref": f"models/{path.name}",
        "name": f"cepstra/models/{path.name}",
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }
