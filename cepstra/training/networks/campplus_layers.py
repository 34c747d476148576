"""Frozen batch normalisations beside linear layers, and how both become one when exported."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

SMALLEST_SCALE = 1e-4  # below, a channel's threshold would be beyond what 32 bits tell apart


class Affine(nn.Module):
    """A scale and a shift of each channel, the second axis."""

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(n_channels))
        self.shift = nn.Parameter(torch.zeros(n_channels))

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, ...) -> (N, C, ...)."""
        shape = (-1, *(1,) * (values.dim() - 2))
        scale, shift = (x.to(values.dtype).reshape(shape) for x in (self.scale, self.shift))
        return torch.addcmul(shift, values, scale)


class AffineAfter(nn.Module):
    """A linear layer, then an affine map."""

    def __init__(self, linear: nn.Module, n_channels: int) -> None:
        super().__init__()
        self.linear = linear
        self.affine = Affine(n_channels)

    def forward(self, values: Tensor) -> Tensor:
        """As the linear layer: (N, I, ...) -> (N, C, ...)."""
        return self.affine(self.linear(values))

    def folded(self) -> nn.Module:
        """One linear layer with a bias that gives the same."""
        linear = copy.deepcopy(self.linear)
        scale, shift = self.affine.scale.detach(), self.affine.shift.detach()
        weight = linear.weight.detach()
        bias = shift if linear.bias is None else scale * linear.bias.detach() + shift
        linear.weight = nn.Parameter(weight * scale.reshape(-1, *(1,) * (weight.dim() - 1)))
        linear.bias = nn.Parameter(bias.clone())
        return linear


class AffineBefore(nn.Module):
    """An affine map, a rectifier, then a linear layer over channels."""

    def __init__(self, n_channels: int, linear: nn.Module) -> None:
        super().__init__()
        self.affine = Affine(n_channels)
        self.linear = linear

    def forward(self, values: Tensor) -> Tensor:
        """(N, I, T) -> (N, C, T)."""
        return self.linear(functional.relu(self.affine(values)))

    def folded(self) -> nn.Module:
        """A threshold and one convolution that give the same.

        relu(s x + b) = s max(x, -b / s) + b where s > 0: one pass over the values, not three.
        """
        linear = self.linear.folded() if isinstance(self.linear, AffineAfter) else self.linear
        scale, shift = self.affine.scale.detach(), self.affine.shift.detach()
        if (scale < SMALLEST_SCALE).any():
            return nn.Sequential(self.affine, nn.ReLU(), copy.deepcopy(linear))
        bias = linear.weight.detach()[:, :, 0] @ shift
        if linear.bias is not None:
            bias = bias + linear.bias.detach()
        return nn.Sequential(Floor(-shift / scale), ScaledConvolution(linear.weight, scale, bias))


class Floor(nn.Module):
    """The least value of each channel."""

    def __init__(self, least: Tensor) -> None:
        super().__init__()
        self.register_buffer("least", least[:, None].clone())

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, T) -> (N, C, T)."""
        return torch.maximum(values, self.least)


class ScaledConvolution(nn.Module):
    """A convolution of one tap whose inputs' scales are kept beside its weights.

    The runtime multiplies both once. Apart, the weights are of one size, and round well.
    """

    def __init__(self, weight: Tensor, input_scale: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())
        self.bias = nn.Parameter(bias.clone())
        self.register_buffer("input_scale", input_scale[:, None].clone())

    def forward(self, values: Tensor) -> Tensor:
        """(N, I, T) -> (N, O, T)."""
        return functional.conv1d(values, self.weight * self.input_scale, self.bias)


def folded(network: nn.Module) -> nn.Module:
    """A copy of a network without affine maps, for its export."""
    result = copy.deepcopy(network)
    _fold(result)
    return result.eval()


def _fold(network: nn.Module) -> None:
    for name, child in network.named_children():
        if isinstance(child, AffineAfter | AffineBefore):
            setattr(network, name, child.folded())
        else:
            _fold(child)
