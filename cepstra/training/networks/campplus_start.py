"""Where the teaching of CAM++ starts: at its own weights, then with fewer layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cepstra.evaluation.sound_system import MEL_BANDS
from cepstra.frontend import page_definition
from cepstra.frontend.cosine_transform import inverse_dct_matrix
from cepstra.gmm.streams import N_CEPSTRA
from cepstra.training.networks.campplus import (
    WHOLE,
    CampplusNetwork,
    DenseBlock,
    MaskedLayer,
    ResidualBlock,
)
from cepstra.training.networks.campplus_layers import Affine, AffineAfter, AffineBefore

LOWEST_HZ = 20.0  # of the teacher's bands
CONTEXTS = 2.0  # mean over all frames and over 100: of a short attempt they are the same


def whole_network(teacher: Any, centre: NDArray[np.float32]) -> CampplusNetwork:
    """The teacher, frame by frame the same, behind a linear map of cepstra to its bands.

    Args:
        teacher: CAM++, as `teacher_network` gives it.
        centre: (192,) what all voices share, subtracted from the points.
    """
    network = CampplusNetwork([range(n) for n in WHOLE])
    frames = network.frames
    frames.bands.weight.data = torch.from_numpy(bands_of_cepstra())
    frames.bands.bias.data.zero_()
    _after(frames.head.entrance, teacher.head.conv1, teacher.head.bn1)
    for own, given in zip(
        frames.head.blocks, (*teacher.head.layer1, *teacher.head.layer2), strict=True
    ):
        _residual(own, given)
    _after(frames.head.exit, teacher.head.conv2, teacher.head.bn2)
    vector = teacher.xvector
    _after(frames.entrance, vector.tdnn.linear, vector.tdnn.nonlinear.batchnorm)
    for i, block in enumerate(frames.blocks, start=1):
        *layers, transit = block
        for layer, given in zip(layers, getattr(vector, f"block{i}"), strict=True):
            _masked(layer, given)
        given = getattr(vector, f"transit{i}")
        _affine(transit.affine, given.nonlinear.batchnorm)
        last = isinstance(transit.linear, AffineAfter)
        convolution = transit.linear.linear if last else transit.linear
        convolution.weight.data = given.linear.weight.data.clone()
        convolution.bias.data.zero_()
    _affine(frames.blocks[-1][-1].linear.affine, vector.out_nonlinear.batchnorm)
    projection = network.point.projection
    _after(projection, vector.dense.linear, vector.dense.nonlinear[0])
    projection.linear.weight.data = projection.linear.weight.data[:, :, 0]
    projection.affine.shift.data -= torch.from_numpy(centre)
    return network


def bands_of_cepstra() -> NDArray[np.float32]:
    """(80, 20) log energies of the teacher's bands from cepstra, between our bands by line."""
    definition = page_definition()
    highest_hz = definition.sample_rate_hz / 2
    ours = _centres_mel(definition.mel_bands, 0.0, highest_hz)
    theirs = _centres_mel(MEL_BANDS, LOWEST_HZ, highest_hz)
    inverse = inverse_dct_matrix(N_CEPSTRA, definition.mel_bands)
    return np.stack([np.interp(theirs, ours, row) for row in inverse], axis=1).astype(np.float32)


def without(network: CampplusNetwork, dropped: set[tuple[int, int]]) -> CampplusNetwork:
    """The network without layers, named by block and place; their outputs count as zeros."""
    places = network.frames.kept
    kept = [[p for p in own if (b, p) not in dropped] for b, own in enumerate(places)]
    result = CampplusNetwork(kept)
    for name, part in result.frames.named_children():
        if name != "blocks":
            part.load_state_dict(getattr(network.frames, name).state_dict())
    result.point.load_state_dict(network.point.state_dict())
    pairs = zip(network.frames.blocks, result.frames.blocks, strict=True)
    for (own, reduced), before, left in zip(pairs, places, kept, strict=True):
        _cut_block(own, reduced, [place in left for place in before])
    return result


def _centres_mel(n_bands: int, low_hz: float, high_hz: float) -> NDArray[np.float64]:
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (low_hz, high_hz))
    return np.linspace(low, high, n_bands + 2)[1:-1]


def _affine(affine: Affine, norm: Any) -> None:
    deviation = (norm.running_var + norm.eps).sqrt()
    scale = 1 / deviation if norm.weight is None else norm.weight / deviation
    affine.scale.data = scale.detach().clone()
    affine.shift.data = (-norm.running_mean * scale).detach().clone()
    if norm.bias is not None:
        affine.shift.data += norm.bias.data


def _after(own: AffineAfter, linear: Any, norm: Any) -> None:
    own.linear.weight.data = linear.weight.data.clone()
    _affine(own.affine, norm)


def _residual(own: ResidualBlock, given: Any) -> None:
    _after(own.first, given.conv1, given.bn1)
    _after(own.second, given.conv2, given.bn2)
    if isinstance(own.shortcut, AffineAfter):
        _after(own.shortcut, *given.shortcut)


def _masked(own: MaskedLayer, given: Any) -> None:
    _affine(own.bottleneck.affine, given.nonlinear1.batchnorm)
    _after(own.bottleneck.linear, given.linear1, given.nonlinear2.batchnorm)
    mask = given.cam_layer
    own.local.weight.data = mask.linear_local.weight.data.clone()
    own.squeeze.weight.data = CONTEXTS * mask.linear1.weight.data[:, :, 0]
    own.squeeze.bias.data = mask.linear1.bias.data.clone()
    own.excite.weight.data = mask.linear2.weight.data[:, :, 0].clone()
    own.excite.bias.data = mask.linear2.bias.data.clone()


def _cut_block(own: DenseBlock, reduced: DenseBlock, stays: list[bool]) -> None:
    *layers, transit = own
    *left, exit_ = reduced
    n_before = transit.affine.scale.numel() - sum(m.local.out_channels for m in layers)
    alive = torch.ones(n_before, dtype=torch.bool)
    remaining = iter(left)
    for layer, kept in zip(layers, stays, strict=True):
        if kept:
            target = next(remaining)
            for name in ("local", "squeeze", "excite"):
                getattr(target, name).load_state_dict(getattr(layer, name).state_dict())
            _cut(layer.bottleneck, target.bottleneck, alive)
        alive = torch.cat([alive, torch.full((layer.local.out_channels,), kept)])
    _cut(transit, exit_, alive)


def _cut(own: AffineBefore, reduced: AffineBefore, alive: Tensor) -> None:
    """Copy what the living inputs weigh; what the dead ones give, a constant, goes to the bias."""
    reduced.affine.scale.data = own.affine.scale.data[alive]
    reduced.affine.shift.data = own.affine.shift.data[alive]
    after = isinstance(own.linear, AffineAfter)
    source, target = (m.linear.linear if after else m.linear for m in (own, reduced))
    target.weight.data = source.weight.data[:, alive]
    constant = source.weight.data[:, ~alive, 0] @ own.affine.shift.data[~alive].relu()
    if after:
        reduced.linear.affine.load_state_dict(own.linear.affine.state_dict())
    if isinstance(source.bias, nn.Parameter):
        target.bias.data = source.bias.data + constant
    else:
        reduced.linear.affine.shift.data += own.linear.affine.scale.data * constant
