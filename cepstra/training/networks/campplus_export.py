"""From the taught CAM++ to the bytes of its two files."""

from __future__ import annotations

from collections.abc import Sequence

import onnx
import torch
from onnx import helper
from torch import Tensor, nn

from cepstra.frontend import page_definition
from cepstra.gmm.streams import N_CEPSTRA
from cepstra.training.networks.campplus import N_POOLED, CampplusNetwork
from cepstra.training.networks.campplus_layers import folded
from cepstra.training.networks.onnx_export import EXAMPLE_FRAMES, as_onnx
from cepstra.training.networks.weight_quantisation import round_weights, with_int8_weights

HALVED = ("head.", "entrance.")  # 8 bits there cost as much as in all that follows


@torch.no_grad()
def network_files(network: CampplusNetwork, examples: Sequence[Tensor]) -> tuple[bytes, bytes]:
    """The ONNX files of frames (1, T, 40) -> (1, 3, 512) and sums (N, 3, 512) -> (N, 192).

    Args:
        network: taught.
        examples: inputs (N, T, 40) of real speech; their mean activations correct the rounding.
    """
    frames, point = folded(network.frames), folded(network.point)
    round_weights(frames, examples, HALVED)
    round_weights(point, [frames(example) for example in examples])
    shapes = (1, EXAMPLE_FRAMES, 2 * N_CEPSTRA), (1, 3, N_POOLED)
    return (
        _file(frames, torch.zeros(shapes[0]), "frames"),
        _file(point, torch.ones(shapes[1]), "point"),
    )


def _file(network: nn.Module, example: Tensor, part: str) -> bytes:
    model: onnx.ModelProto = as_onnx(network, example, folds_constants=False)
    model = with_int8_weights(model, HALVED)
    properties = {
        "network": f"campplus-{part}",
        "frontend": page_definition().id,
        "source": "CAM++ of 3D-Speaker, Apache-2.0, pruned and taught to hear cepstra",
        "weights": "int8 with a float32 scale for each output channel",
    }
    helper.set_model_props(model, properties)
    content: bytes = model.SerializeToString()
    return content
