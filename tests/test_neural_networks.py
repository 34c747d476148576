"""The shipped networks, run as the service runs them, on messages of real speech."""

import json
from pathlib import Path

import numpy as np
import pytest
from surroundings import ROOT

from cepstra.evaluation.systems import EMBEDDING_FAMILIES
from cepstra.neural.embedder import Embedder
from cepstra.neural.gallery_verifier import GalleryVerifier
from cepstra.neural.utterance import Utterance

DIMS = {"crnn-attention": 64, "cnn-lstm": 96, "dense-stats": 64}
LARGEST_BYTES = 900_000


def spoken(name: str, start: int, n_frames: int = 120) -> Utterance:
    message = json.loads((ROOT / name).read_text())
    frames = slice(start, start + n_frames)
    return Utterance(np.array(message["mfcc"][frames]), np.array(message["zcr"][frames], float))


def content(family: str) -> bytes:
    return (ROOT / "models" / f"{family}.onnx").read_bytes()


@pytest.fixture(params=EMBEDDING_FAMILIES)
def embedder(request) -> Embedder:
    return Embedder(content(request.param))


def test_embeddings_are_unit_vectors_and_the_same_every_time(embedder):
    take = spoken("mfcc_train.json", 0)
    first, again = embedder.embed([take]), embedder.embed([take])
    assert first.shape == (DIMS[embedder.description.family],)
    assert np.linalg.norm(first) == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(first, again)
    other = Embedder(content(embedder.description.family)).embed([take])
    np.testing.assert_array_equal(first, other)


def test_any_length_is_embedded_but_silence_is_not(embedder):
    for n_frames in (40, 121, 700):
        found = embedder.embed([spoken("mfcc_train.json", 0, n_frames)])
        assert np.isfinite(found).all()
    assert embedder.embed([Utterance(np.zeros((100, 20)))]) is None
    assert embedder.embed([]) is None


def test_the_same_voice_scores_higher_than_another(embedder):
    verifier = GalleryVerifier(embedder)
    takes = [spoken("mfcc_train.json", start) for start in range(0, 600, 120)]
    gallery = verifier.gallery(takes)
    assert gallery.shape == (5, DIMS[embedder.description.family])
    own = verifier.llr(gallery, [spoken("mfcc_test.json", s) for s in (0, 120)])
    other = verifier.llr(gallery, [spoken("mfcc_other_speaker.json", s) for s in (0, 120)])
    assert own > other
    assert verifier.llr(gallery, []) is None
    with pytest.raises(ValueError, match="speech"):
        verifier.gallery([Utterance(np.zeros((100, 20)))])


def test_a_lower_rate_of_false_accepts_asks_for_a_higher_ratio(embedder):
    verifier = GalleryVerifier(embedder)
    assert verifier.threshold(0.001) > verifier.threshold(0.01) > verifier.threshold(0.1)


def test_all_three_are_small():
    assert sum(len(content(family)) for family in EMBEDDING_FAMILIES) <= LARGEST_BYTES


def test_each_has_a_card():
    for family in EMBEDDING_FAMILIES:
        card = (ROOT / "models" / f"{family}.md").read_text()
        assert f"train-embedding {family}" in card
        assert "CC BY 4.0" in card


def test_a_file_without_description_is_refused():
    import onnxruntime.datasets

    with pytest.raises(ValueError, match="metadata"):
        Embedder(Path(onnxruntime.datasets.get_example("sigmoid.onnx")).read_bytes())
