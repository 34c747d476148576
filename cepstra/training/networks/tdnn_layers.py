"""The shipped network, as PyTorch sees it while it is trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from cepstra.gmm.streams import N_CEPSTRA

N_CHANNELS = 256
N_POOLED = 512
N_ATTENTION = 64
DILATIONS = (1, 2, 3)
SMALLEST_VARIANCE = 1e-5
BLOCK_DROPOUT, POINT_DROPOUT = 0.15, 0.3


class TdnnBlock(nn.Module):
    """A dilated convolution over time beside a shortcut."""

    def __init__(self, n_channels: int, dilation: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(n_channels, n_channels, 3, padding=dilation, dilation=dilation)
        self.normalisation = nn.BatchNorm1d(n_channels)
        self.dropout = nn.Dropout1d(BLOCK_DROPOUT)

    def forward(self, frames: Tensor) -> Tensor:
        """(N, C, T) -> (N, C, T)."""
        changed = self.normalisation(functional.relu(self.convolution(frames)))
        result: Tensor = frames + self.dropout(changed)
        return result


class FrameNetwork(nn.Module):
    """From frames to sums over time that can be added up over takes.

    Every weight of the attention depends on its surroundings of half a second alone, so the sums
    of two takes are the sums of both together: enrolment adds them up and keeps no embedding.
    """

    def __init__(self) -> None:
        super().__init__()
        self.entrance = nn.Sequential(
            nn.Conv1d(2 * N_CEPSTRA, N_CHANNELS, 5, padding=2),
            nn.ReLU(),
            nn.BatchNorm1d(N_CHANNELS),
            nn.Conv1d(N_CHANNELS, N_CHANNELS, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.BatchNorm1d(N_CHANNELS),
        )
        self.blocks = nn.Sequential(*(TdnnBlock(N_CHANNELS, step) for step in DILATIONS))
        self.expansion = nn.Sequential(nn.Conv1d(N_CHANNELS, N_POOLED, 1), nn.ReLU())
        self.attention = nn.Sequential(
            nn.Conv1d(N_POOLED, N_ATTENTION, 1), nn.Tanh(), nn.Conv1d(N_ATTENTION, N_POOLED, 1)
        )

    def forward(self, frames: Tensor) -> Tensor:
        """Frames (N, T, 40), plain and mean-removed cepstra, to sums (N, 3, P).

        The sums are of the attention's weights, of weighted activations and of their squares.
        """
        hidden = self.expansion(self.blocks(self.entrance(frames.transpose(1, 2))))
        weights = torch.sigmoid(self.attention(hidden))
        weighted = weights * hidden
        return torch.stack(
            [weights.sum(dim=2), weighted.sum(dim=2), (weighted * hidden).sum(dim=2)], dim=1
        )


class PointNetwork(nn.Module):
    """From sums over time to a point of the teacher's space."""

    def __init__(self, n_dims: int) -> None:
        super().__init__()
        self.normalisation = nn.BatchNorm1d(2 * N_POOLED)
        self.dropout = nn.Dropout(POINT_DROPOUT)
        self.projection = nn.Linear(2 * N_POOLED, n_dims)

    def forward(self, sums: Tensor) -> Tensor:
        """Sums (N, 3, P) to unit vectors (N, D)."""
        total = sums[:, 0] + 1e-6
        mean = sums[:, 1] / total
        variance = sums[:, 2] / total - mean**2
        deviation = torch.sqrt(torch.clamp(variance, min=SMALLEST_VARIANCE))
        statistics = self.normalisation(torch.cat([mean, deviation], dim=1))
        point = self.projection(self.dropout(statistics))
        return functional.normalize(point, dim=1)


class EmbeddingNetwork(nn.Module):
    """Both halves, as they are trained."""

    def __init__(self, n_dims: int) -> None:
        super().__init__()
        self.frames = FrameNetwork()
        self.point = PointNetwork(n_dims)

    def forward(self, frames: Tensor) -> Tensor:
        """Frames (N, T, 40) to unit vectors (N, D)."""
        points: Tensor = self.point(self.frames(frames))
        return points
