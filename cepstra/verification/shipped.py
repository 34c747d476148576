"""The parameters in models/ as scorers: the mixtures, the networks, all together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from cepstra.gmm import parameters
from cepstra.gmm.calibration import Calibration
from cepstra.gmm.embedding_scoring import EmbeddingScorer
from cepstra.gmm.fusion_scorer import CAMPPLUS_SCORES, FUSED_SCORES, FusionScorer
from cepstra.gmm.parameters import Background
from cepstra.neural.additive_embedder import AdditiveEmbedder
from cepstra.store.arrays import Arrays, unpack

MODELS = Path(__file__).resolve().parent.parent / "models"
BACKGROUND = MODELS / "background.safetensors"
NETWORK = MODELS / "tdnn.safetensors"
NETWORK_FILES = (MODELS / "tdnn-frames.onnx", MODELS / "tdnn-point.onnx", NETWORK)
CAMPPLUS_FILES = (
    MODELS / "campplus-frames.onnx",
    MODELS / "campplus-point.onnx",
    MODELS / "campplus.safetensors",
)
FUSION = MODELS / "fusion.safetensors"
EMBEDDING = MODELS / "embedding.safetensors"
BROWSER_FILES = (*NETWORK_FILES, EMBEDDING)
FRONT_END = "meyda-16k-1"


@cache
def load_background() -> Background:
    """The mixtures.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it is not what this code expects.
    """
    return parameters.background(_arrays(BACKGROUND))


def load_network() -> AdditiveEmbedder:
    """The small embedding network with its cohort; raises as `load_background` does."""
    return _embedder(NETWORK_FILES)


def load_campplus() -> AdditiveEmbedder:
    """The large embedding network with its cohort; raises as `load_background` does."""
    return _embedder(CAMPPLUS_FILES)


def load_uncalibrated() -> FusionScorer:
    """Mixtures and networks without a calibration; raises as `load_background` does."""
    return _scorer(Calibration.none(len(FUSED_SCORES)))


def load_fusion() -> FusionScorer:
    """Mixtures and networks under their common calibration; raises as `load_background` does."""
    return _scorer(_calibration("calibration"))


def load_campplus_alone() -> FusionScorer:
    """The same with a calibration that listens to the large network only."""
    return _scorer(_calibration("campplus_calibration"))


def load_network_alone() -> FusionScorer:
    """The same with a calibration that listens to the small network only, and no large one."""
    return _without_campplus("network_calibration")


def load_mixtures() -> FusionScorer:
    """The same with a calibration that listens to the mixtures only, and no large network."""
    return _without_campplus("mixtures_calibration")


def load_embedding_scorer() -> EmbeddingScorer:
    """What compares embeddings where there are no frames; raises as `load_background` does."""
    calibration = parameters.calibration(_arrays(EMBEDDING), "calibration")
    return EmbeddingScorer(_arrays(NETWORK)["cohort"].astype(np.float32), calibration, network_id())


@cache
def network_id() -> str:
    """Name the embedding network: embeddings of another one cannot be compared with its own."""
    return f"tdnn-{_digest(NETWORK_FILES)}"


@cache
def version() -> str:
    """Changes with any parameter of `load_fusion`: models made with others cannot be read."""
    return _digest((BACKGROUND, *NETWORK_FILES, *CAMPPLUS_FILES, FUSION))


def _scorer(calibration: Calibration) -> FusionScorer:
    return FusionScorer(load_background(), calibration, load_network(), load_campplus())


def _without_campplus(name: str) -> FusionScorer:
    calibration = _calibration(name).of_first(len(FUSED_SCORES) - len(CAMPPLUS_SCORES))
    return FusionScorer(load_background(), calibration, load_network())


def _embedder(files: Sequence[Path]) -> AdditiveEmbedder:
    frames, point, arrays = files
    return AdditiveEmbedder(frames.read_bytes(), point.read_bytes(), _arrays(arrays))


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _arrays(path: Path) -> Arrays:
    return unpack(path.read_bytes())


def _calibration(name: str) -> Calibration:
    return parameters.calibration(_arrays(FUSION), name)
