"""Python's message and the page's, of the same features."""

from __future__ import annotations

import json

import numpy as np

from cepstra.evaluation.recordings import FeatureCache
from cepstra.frontend import Features, extract, page_definition, to_message
from cepstra.frontend.audio import read_audio
from cepstra.frontend.definition import PAGE_DEFINITION
from cepstra.frontend.margins import with_margins


def test_both_languages_round_alike(run_node):
    rng = np.random.default_rng(7)
    mfcc = rng.normal(scale=100, size=(500, 20))
    mfcc[:100] = np.round(mfcc[:100])  # whole and half steps, on which rules differ
    mfcc[100:200] = np.round(2 * mfcc[100:200]) / 2
    features = Features(mfcc, np.ones(500), np.zeros(500))
    frames = json.dumps([{"mfcc": each} for each in mfcc.tolist()])
    page = json.loads(run_node("message_reference.mjs", frames, PAGE_DEFINITION))
    assert to_message(features, digit=7) == page


def test_an_evaluation_rounds_as_messages_do_unless_it_is_told_otherwise(espeak_wav):
    path = espeak_wav("seven", "en", 50)
    heard = extract(with_margins(read_audio(path), page_definition()))

    def evaluated(step: float | None) -> np.ndarray:
        takes = FeatureCache(None, step).takes({"7_ann_0": path}, page_definition())
        return takes["7_ann_0"].features.mfcc

    assert evaluated(None).tolist() == to_message(heard)["mfcc"]
    assert np.array_equal(evaluated(0), heard.mfcc)
    assert np.all(evaluated(5) % 5 == 0)
