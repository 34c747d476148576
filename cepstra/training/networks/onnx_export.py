"""From a fitted network to the bytes of a file that the service reads, and back to its weights."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from cepstra.neural.embedder import METADATA_KEY, Description

OPSET = 17
EXAMPLE_FRAMES = 50
SMALLEST_HALVED = 256  # numbers; below that, halving saves nothing


def exported(network: nn.Module, example: torch.Tensor) -> onnx.ModelProto:
    """`as_onnx` with large weights in 16 bits."""
    return with_half_weights(as_onnx(network, example))


def as_onnx(
    network: nn.Module, example: torch.Tensor, folds_constants: bool = True
) -> onnx.ModelProto:
    """A network of one input and one output; the second axis of frames may have any length.

    Args:
        network: to be exported.
        example: an input.
        folds_constants: else weights are kept as the network has them, and what is made of them
            is left to the runtime, which does it when it opens the file.
    """
    buffer = io.BytesIO()
    axes = {"input": {1: "frames"}} if example.dim() == 3 else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's age; the new one wants onnxscript
        torch.onnx.export(
            network.eval(), (example,), buffer, dynamo=False, opset_version=OPSET,
            input_names=["input"], output_names=["embedding"], dynamic_axes=axes,
            do_constant_folding=folds_constants,
        )  # fmt: skip
    return onnx.load_from_string(buffer.getvalue())


def with_half_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its large weights kept in 16 bits; they are widened when it is loaded."""
    arrays = ((tensor, numpy_helper.to_array(tensor)) for tensor in model.graph.initializer)
    large = (t for t, x in arrays if x.dtype == np.float32 and x.size >= SMALLEST_HALVED)
    return with_nodes_before(model, [in_16_bits(tensor) for tensor in large])


def in_16_bits(tensor: onnx.TensorProto) -> onnx.NodeProto:
    """Keep a tensor in 16 bits under another name; the node that widens it under its own."""
    values, name = numpy_helper.to_array(tensor), tensor.name
    tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
    return helper.make_node("Cast", [tensor.name], [name], to=TensorProto.FLOAT)


def weights_in(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the weights of a file by their names in the network that `UnitOutput` held.

    Layers that the exporter writes anew, recurrent ones among them, lose their names.
    """
    tensors = onnx.load_from_string(content).graph.initializer
    named = {t.name.removesuffix(".half"): numpy_helper.to_array(t) for t in tensors}
    return {
        name.removeprefix("network."): values.astype(np.float32)
        for name, values in named.items()
        if name.startswith("network.")
    }


def with_nodes_before(model: onnx.ModelProto, nodes: Sequence[onnx.NodeProto]) -> onnx.ModelProto:
    """The model, changed in place, with further nodes before its own."""
    own = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *own])
    onnx.checker.check_model(model)
    return model


def with_description(model: onnx.ModelProto, description: Description) -> bytes:
    """The file's bytes."""
    helper.set_model_props(model, {METADATA_KEY: description.to_json()})
    content: bytes = model.SerializeToString()
    return content
