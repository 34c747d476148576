"""Weights in eight bits in the file, and in 32 where they are used.

A weight is kept as int8 with one float32 scale for each output channel. ONNX Runtime multiplies
them when it opens the file, so that nothing is left to do at run time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from cepstra.training.networks.onnx_export import in_16_bits, with_nodes_before

FloatArray = NDArray[Any]

STEPS = 127
SMALLEST_ROUNDED = 2048  # numbers; below that, rounding saves nothing
CLIPPED = torch.linspace(0.7, 1.0, 31)  # of the largest weight: what the largest step may stand for


def round_weights(
    network: nn.Module, examples: Iterable[Tensor], halved: Sequence[str] = ()
) -> None:
    """Round the large weights of a network to what int8 and a scale can hold.

    What rounding adds to an output on average over the examples is taken from its bias.

    Args:
        network: changed in place; its layers are called once for each example.
        examples: inputs such as it will see.
        halved: beginnings of the names of layers that keep 16 bits.
    """
    layers = {
        name: layer
        for name, layer in network.named_modules()
        if isinstance(getattr(layer, "weight", None), Tensor) and _is_rounded(name, layer, halved)
    }
    means = _mean_inputs(network, layers, examples)
    for name, layer in layers.items():
        exact = layer.weight.detach()
        layer.weight.data = rounded(exact)
        if layer.bias is not None:
            lost = (exact - layer.weight.detach()) * getattr(layer, "input_scale", 1.0)
            taps = lost.reshape(*lost.shape[:2], -1).sum(dim=2)
            layer.bias.data += taps @ means[name]


def rounded(weight: Tensor) -> Tensor:
    """The nearest weight (O, ...) whose rows are multiples, up to 127, of a scale of their own.

    Of 31 scales a row gets that of the least squared error.
    """
    rows = weight.flatten(1)
    largest = rows.abs().amax(dim=1, keepdim=True).clamp_min(1e-12)
    best, least = rows, torch.full((len(rows), 1), torch.inf)
    for share in CLIPPED:
        scale = share * largest / STEPS
        tried = (rows / scale).round().clamp(-STEPS, STEPS) * scale
        error = (tried - rows).square().sum(dim=1, keepdim=True)
        best = torch.where(error < least, tried, best)
        least = torch.minimum(error, least)
    return best.reshape(weight.shape)


def with_int8_weights(model: onnx.ModelProto, halved: Sequence[str] = ()) -> onnx.ModelProto:
    """The model with its large weights, which `round_weights` has rounded, in 8 bits.

    Args:
        model: changed in place; output channels are the first axis of its weights.
        halved: beginnings of the names of weights that are kept in 16 bits.
    """
    graph = model.graph
    widened, scales = [], []
    for tensor in graph.initializer:
        values, name = numpy_helper.to_array(tensor), tensor.name
        if values.dtype != np.float32 or values.ndim < 2 or values.size < SMALLEST_ROUNDED:
            continue
        if name.startswith(tuple(halved)):
            widened.append(in_16_bits(tensor))
            continue
        steps, scale = _steps(values)
        tensor.CopyFrom(numpy_helper.from_array(steps, f"{name}.int8"))
        scales.append(numpy_helper.from_array(scale, f"{name}.scale"))
        wide = f"{name}.wide"
        widened.append(helper.make_node("Cast", [tensor.name], [wide], to=TensorProto.FLOAT))
        widened.append(helper.make_node("Mul", [wide, scales[-1].name], [name]))
    graph.initializer.extend(scales)
    return with_nodes_before(model, widened)


def _steps(values: FloatArray) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Multiples (O, ...) and scales (O, 1, ...) of rounded weights."""
    scale = np.abs(values).max(axis=tuple(range(1, values.ndim)), keepdims=True) / STEPS
    scale = np.maximum(scale, np.float32(1e-12)).astype(np.float32)
    return np.round(values / scale).astype(np.int8), scale


def _is_rounded(name: str, layer: nn.Module, halved: Sequence[str]) -> bool:
    weight: Tensor = layer.weight
    return (
        weight.dim() > 1
        and weight.numel() >= SMALLEST_ROUNDED
        and not name.startswith(tuple(halved))
    )


@torch.no_grad()
def _mean_inputs(
    network: nn.Module, layers: dict[str, nn.Module], examples: Iterable[Tensor]
) -> dict[str, Tensor]:
    """Mean (I,) of what enters each layer, over examples, time and place."""
    sums: dict[str, Tensor] = {}
    counts: dict[str, int] = {}

    def watch(name: str) -> Any:
        def note(layer: nn.Module, given: tuple[Tensor]) -> None:
            channels = -1 if isinstance(layer, nn.Linear) else 1
            values = given[0].movedim(channels, 0).flatten(1)
            sums[name] = sums.get(name, 0) + values.sum(dim=1)
            counts[name] = counts.get(name, 0) + values.shape[1]

        return note

    handles = [layer.register_forward_pre_hook(watch(name)) for name, layer in layers.items()]
    for example in examples:
        network(example)
    for handle in handles:
        handle.remove()
    return {name: total / counts[name] for name, total in sums.items()}
