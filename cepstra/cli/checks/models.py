"""The shipped parameters: that they load, and still tell two voices apart."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cepstra.cli.checks.finding import Finding, ok, wrong
from cepstra.cli.checks.installation import IS_CHECKOUT, PACKAGE

CHECK_OUT = "git checkout -- models mfcc_train.json mfcc_test.json mfcc_other_speaker.json"
MEND = CHECK_OUT if IS_CHECKOUT else "pip install --force-reinstall FILE, the wheel of the release"


def check_models() -> Iterable[Finding]:
    """The example messages come out as the README says: one voice accepted, the other not."""
    from cepstra.verification import shipped

    try:
        scorer = shipped.load_fusion()
        shipped.load_embedding_scorer()
    except FileNotFoundError as error:
        return [wrong("models", f"{_shown(error.filename)} is missing", MEND)]
    except Exception as error:  # a damaged file fails in as many ways as it has readers
        networks = (*shipped.NETWORK_FILES, *shipped.CAMPPLUS_FILES)
        files = (shipped.BACKGROUND, *networks, shipped.FUSION, shipped.EMBEDDING)
        suspects = ", ".join(map(_shown, files))
        why = " ".join(str(error).split())[:120]
        text = f"one of {suspects} is damaged ({type(error).__name__}: {why})"
        return [wrong("models", text, MEND)]
    same, other = (_llr(scorer, name) for name in ("mfcc_test", "mfcc_other_speaker"))
    threshold = scorer.threshold(0.01)
    if not same >= threshold > other:
        text = f"damaged: the same voice scores {same:.1f}, another {other:.1f}"
        return [wrong("models", f"{text}, the threshold is {threshold:.1f}", MEND)]
    return [ok("models", f"the same voice scores {same:.1f}, another {other:.1f}")]


def _llr(scorer: Any, name: str) -> float:
    from cepstra.gmm.fusion_scorer import SpokenMessage

    model = scorer.model(scorer.statistics(_frames("mfcc_train"), None))
    return float(scorer.score(model, [SpokenMessage(_frames(name), None)]).llr)


def _frames(name: str) -> Any:
    import numpy as np

    return np.array(json.loads((PACKAGE / f"{name}.json").read_text(encoding="utf-8"))["mfcc"])


def _shown(path: str | Path) -> str:
    path = Path(path)
    return str(path.relative_to(PACKAGE)) if path.is_relative_to(PACKAGE) else str(path)
