"""The network in the browser's language computes what the service's does, from the same files."""

from __future__ import annotations

import json

import numpy as np
import pytest
from caller_driver import HTTP
from example_messages import OTHER, TEST, TRAIN

from cepstra.frontend import extract, to_message
from cepstra.frontend.audio import read_audio
from cepstra.gmm.speech_features import analyse
from cepstra.verification.shipped import BROWSER_FILES, MODELS, load_network

CLOSE = 1e-4


def assert_alike(messages: list[np.ndarray], run_node) -> list[int]:
    network = load_network()
    lengths = [len(message) for message in messages]
    reply = json.loads(
        run_node("embedding_reference.mjs", np.concatenate(messages), MODELS, *lengths)
    )
    np.testing.assert_array_equal(reply["cohort"], network.cohort)
    for message, told in zip(messages, reply["told"], strict=True):
        speech = analyse([message]).spoken
        sums = network.sums(speech)
        assert told["frames"] == len(speech)
        np.testing.assert_allclose(
            np.reshape(told["sums"], sums.shape), sums, rtol=CLOSE, atol=CLOSE
        )
        np.testing.assert_allclose(told["embedding"], network.embedding(sums), atol=CLOSE)
    return [told["frames"] for told in reply["told"]]


def test_messages_of_digits_and_hardly_any_sound(run_node):
    whole = [np.array(message["mfcc"]) for message in (TRAIN, TEST, OTHER)]
    short = [whole[0][:1], whole[0][:9], whole[1][40:45]]
    steady = [np.repeat(whole[0][:1], 30, axis=0)]
    frames = assert_alike([*whole, *short, *steady], run_node)
    assert min(frames[:3]) > 50 and frames[3] == frames[-1] == 0


def test_read_speech(shared_dir, run_node):
    corpora = shared_dir / "corpora"
    paths = sorted((corpora / "librispeech" / "background").rglob("*.flac"))[:2]
    paths += sorted((corpora / "speechocean" / "background").rglob("*.flac"))[:2]
    messages = [np.array(to_message(extract(read_audio(path)))["mfcc"]) for path in paths]
    assert min(assert_alike(messages, run_node)) > 100


def test_the_files_of_the_network_are_for_everybody_and_kept_by_browsers(guarded_server):
    for path in BROWSER_FILES:
        reply = HTTP.get(f"{guarded_server.url}/models/{path.name}")
        assert reply.content == path.read_bytes()
        assert reply.headers["Cache-Control"] == "no-cache"
        again = {"If-None-Match": reply.headers["ETag"]}
        assert HTTP.get(reply.url, headers=again).status_code == 304


@pytest.mark.parametrize("name", ["background.safetensors", "tdnn.md", "..%2fapi.py", ""])
def test_no_other_file_is(guarded_server, name):
    assert HTTP.get(f"{guarded_server.url}/models/{name}").status_code == 404
