"""Python's message and the page's, of the same features."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cepstra.evaluation.recordings import FeatureCache
from cepstra.frontend import Features, extract, page_definition, to_message
from cepstra.frontend.audio import read_audio
from cepstra.frontend.definition import PAGE_DEFINITION

REFERENCE = Path(__file__).resolve().parent / "js" / "message_reference.mjs"


def page_message(features: Features) -> dict[str, object]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("NO NODE: the page's rounding was not compared")
    frames = [{"mfcc": mfcc} for mfcc in features.mfcc.tolist()]
    command = [node, str(REFERENCE), str(PAGE_DEFINITION)]
    done = subprocess.run(command, input=json.dumps(frames), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    message: dict[str, object] = json.loads(done.stdout)
    return message


def test_both_languages_round_alike():
    rng = np.random.default_rng(7)
    mfcc = rng.normal(scale=100, size=(500, 20))
    mfcc[:100] = np.round(mfcc[:100])  # whole and half steps, on which rules differ
    mfcc[100:200] = np.round(2 * mfcc[100:200]) / 2
    features = Features(mfcc, np.ones(500), np.zeros(500))
    assert to_message(features, digit=7) == page_message(features)


def test_an_evaluation_rounds_as_messages_do_unless_it_is_told_otherwise(espeak_wav):
    path = espeak_wav("seven", "en", 50)
    heard = extract(read_audio(path)).mfcc

    def evaluated(step: float | None) -> np.ndarray:
        takes = FeatureCache(None, step).takes({"7_ann_0": path}, page_definition())
        return takes["7_ann_0"].features.mfcc

    assert evaluated(None).tolist() == to_message(extract(read_audio(path)))["mfcc"]
    assert np.array_equal(evaluated(0), heard)
    assert np.all(evaluated(5) % 5 == 0)
