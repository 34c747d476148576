"""CAM++ behind cepstra: the teacher's own network, pruned, as PyTorch sees it while it is taught.

Source: Wang et al., "CAM++: A Fast and Efficient Network for Speaker Verification Using
Context-Aware Masking", 2023. Batch normalisations are frozen into affine maps: they are trained,
and depend on no batch.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from cepstra.evaluation.sound_system import MEL_BANDS
from cepstra.gmm.streams import N_CEPSTRA
from cepstra.training.networks.campplus_layers import AffineAfter, AffineBefore
from cepstra.training.networks.teacher import N_DIMS

N_MAPS = 32
N_HEARD = N_MAPS * MEL_BANDS // 8  # the head halves the bands three times
N_ENTRANCE = 128
N_BOTTLENECK = 128
N_GROWTH = 32
N_SQUEEZED = 64
N_POOLED = 512
DILATIONS = (1, 2, 2)
WHOLE = (12, 24, 16)  # layers of the blocks of the teacher
SMALLEST_VARIANCE = 1e-8
Stride = tuple[int, int]  # of bands and of time


def _plane(stride: Stride = (1, 1), n_inputs: int = N_MAPS) -> AffineAfter:
    convolution = nn.Conv2d(n_inputs, N_MAPS, 3, stride=stride, padding=1, bias=False)
    return AffineAfter(convolution, N_MAPS)


class ResidualBlock(nn.Module):
    """Two convolutions over bands and time beside a shortcut."""

    def __init__(self, stride: Stride) -> None:
        super().__init__()
        self.first, self.second = _plane(stride), _plane()
        self.shortcut: nn.Module = nn.Identity()
        if stride != (1, 1):
            convolution = nn.Conv2d(N_MAPS, N_MAPS, 1, stride=stride, bias=False)
            self.shortcut = AffineAfter(convolution, N_MAPS)

    def forward(self, planes: Tensor) -> Tensor:
        """(N, 32, F, T) -> (N, 32, F', T')."""
        changed = self.second(functional.relu(self.first(planes)))
        return functional.relu(changed + self.shortcut(planes))


class Head(nn.Module):
    """Convolutions over bands and time, ten bands of 32 maps in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.entrance = _plane(n_inputs=1)
        strides = ((2, 1), (1, 1), (2, 1), (1, 1))
        self.blocks = nn.Sequential(*(ResidualBlock(stride) for stride in strides))
        self.exit = _plane((2, 1))

    def forward(self, bands: Tensor) -> Tensor:
        """Bands (N, 80, T) to maps (N, 320, T)."""
        planes = self.blocks(functional.relu(self.entrance(bands[:, None])))
        return functional.relu(self.exit(planes)).flatten(1, 2)


class MaskedLayer(nn.Module):
    """A narrow convolution over time, each of its outputs weighted by what all frames tell."""

    def __init__(self, n_inputs: int, dilation: int) -> None:
        super().__init__()
        bottleneck = AffineAfter(nn.Conv1d(n_inputs, N_BOTTLENECK, 1, bias=False), N_BOTTLENECK)
        self.bottleneck = AffineBefore(n_inputs, bottleneck)
        self.local = nn.Conv1d(
            N_BOTTLENECK, N_GROWTH, 3, padding=dilation, dilation=dilation, bias=False
        )
        self.squeeze = nn.Linear(N_BOTTLENECK, N_SQUEEZED)
        self.excite = nn.Linear(N_SQUEEZED, N_GROWTH)

    def forward(self, frames: Tensor) -> Tensor:
        """(N, C, T) -> (N, 32, T)."""
        hidden = functional.relu(self.bottleneck(frames))
        squeezed = functional.relu(self.squeeze(hidden.mean(dim=2)))
        return self.local(hidden) * torch.sigmoid(self.excite(squeezed))[:, :, None]


class DenseBlock(nn.ModuleList):
    """Layers that each see all outputs before them; then a convolution that halves the width."""

    def forward(self, frames: Tensor) -> Tensor:
        """(N, C, T) -> (N, C', T)."""
        *layers, transit = self
        for layer in layers:
            frames = torch.cat([frames, layer(frames)], dim=1)
        return transit(frames)


class FrameNetwork(nn.Module):
    """From frames to sums over time that can be added up over takes.

    Args:
        kept: of each block, the places of its layers in the teacher.
    """

    def __init__(self, kept: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.kept = [list(block) for block in kept]
        self.bands = nn.Linear(N_CEPSTRA, MEL_BANDS)
        self.head = Head()
        entrance = nn.Conv1d(N_HEARD, N_ENTRANCE, 5, stride=2, padding=2, bias=False)
        self.entrance = AffineAfter(entrance, N_ENTRANCE)
        self.blocks = nn.Sequential()
        n_channels = N_ENTRANCE
        for places, n_whole, dilation in zip(kept, WHOLE, DILATIONS, strict=True):
            widths = [n_channels + i * N_GROWTH for i in range(len(places) + 1)]
            layers: list[nn.Module] = [MaskedLayer(width, dilation) for width in widths[:-1]]
            n_channels = (n_channels + n_whole * N_GROWTH) // 2
            convolution: nn.Module = nn.Conv1d(widths[-1], n_channels, 1)
            if len(self.blocks) == len(WHOLE) - 1:
                convolution = AffineAfter(convolution, n_channels)
            self.blocks.append(DenseBlock([*layers, AffineBefore(widths[-1], convolution)]))

    def forward(self, frames: Tensor) -> Tensor:
        """Frames (N, T, 40), of which the mean-removed cepstra count, to sums (N, 3, 512).

        The sums are of ones, of activations and of their squares.
        """
        return sums(self.stages(self.bands(frames[:, :, N_CEPSTRA:]))[-1])

    def stages(self, bands: Tensor) -> list[Tensor]:
        """Bands (N, T, 80) to the activations (N, C, T / 2) of entrance and blocks, in order."""
        stages = [functional.relu(self.entrance(self.head(bands.transpose(1, 2))))]
        for block in self.blocks:
            stages.append(block(stages[-1]))
        return [*stages[:-1], functional.relu(stages[-1])]


def sums(activations: Tensor) -> Tensor:
    """(N, 3, C) sums over time of ones, of activations (N, C, T) and of their squares."""
    values = activations.float()
    return torch.stack([v.sum(dim=2) for v in (torch.ones_like(values), values, values**2)], dim=1)


class PointNetwork(nn.Module):
    """From sums over time to a point of the teacher's space."""

    def __init__(self) -> None:
        super().__init__()
        self.projection = AffineAfter(nn.Linear(2 * N_POOLED, N_DIMS, bias=False), N_DIMS)

    def forward(self, sums: Tensor) -> Tensor:
        """Sums (N, 3, 512) to unit vectors (N, 192)."""
        n_frames = sums[:, 0].clamp_min(1.0)
        mean = sums[:, 1] / n_frames
        variance = (sums[:, 2] - n_frames * mean * mean) / (n_frames - 1).clamp_min(1.0)
        deviation = variance.clamp_min(SMALLEST_VARIANCE).sqrt()
        return functional.normalize(self.projection(torch.cat([mean, deviation], dim=1)), dim=1)


class CampplusNetwork(nn.Module):
    """Both halves, as they are taught; the argument is that of `FrameNetwork`."""

    def __init__(self, kept: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.frames = FrameNetwork(kept)
        self.point = PointNetwork()
