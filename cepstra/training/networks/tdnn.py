"""The shipped network: a TDNN on the frames, taught by a large network that hears the sound."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from cepstra.gmm.streams import N_CEPSTRA
from cepstra.training.networks.distillation import centred, distil
from cepstra.training.networks.families import Request
from cepstra.training.networks.onnx_export import EXAMPLE_FRAMES, exported
from cepstra.training.networks.taught_voices import taught_voices, training_groups, write_network
from cepstra.training.networks.tdnn_layers import N_POOLED

N_STEPS = 2000


def train(request: Request) -> Mapping[str, float]:
    """Distil the teacher; write FAMILY-frames.onnx, FAMILY-point.onnx and FAMILY.safetensors.

    Raises:
        FileNotFoundError: a corpus or the teacher is missing.
    """
    torch.set_num_threads(request.n_threads)
    groups = training_groups(request)
    voices, vectors = taught_voices(groups, request)
    n_steps = request.n_steps or N_STEPS
    advance = request.stage("fit", n_steps)
    network = distil(voices, centred(vectors), n_steps, request.seed, lambda *_: advance(1))
    frames = exported(network.frames, torch.zeros(1, EXAMPLE_FRAMES, 2 * N_CEPSTRA))
    point = exported(network.point, torch.ones(1, 3, N_POOLED))
    models = frames.SerializeToString(), point.SerializeToString()
    write_network(models, (voices.centre, voices.scale), request, groups)
    n_parameters = sum(p.numel() for p in network.parameters())
    return {"parameters": n_parameters, "voices": len(vectors), "steps": n_steps}
