"""Family `crnn-attention`: 5x5 convolutions, an LSTM and attention over time."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from cepstra.gmm.streams import N_CEPSTRA
from cepstra.training.networks.classification import MarginSoftmax
from cepstra.training.networks.family_training import Family

N_DIMS = 64
N_HIDDEN = 64
N_ATTENTION = 32
CHANNELS = (16, 32, 48)
POOLING = ((4, 2), (2, 2), (1, 2))  # frames, cepstra
N_VIEWS = 2


class CrnnAttention(nn.Module):
    """About 105,000 parameters.

    The two views of a frame, plain and mean-removed, are two channels of one picture.
    """

    def __init__(self) -> None:
        super().__init__()
        widths = (N_VIEWS, *CHANNELS)
        self.blocks = nn.Sequential(
            *(_block(*pair, pool) for pair, pool in zip(pairwise(widths), POOLING, strict=True))
        )
        n_rows = N_CEPSTRA // 2 // 2 // 2
        self.lstm = nn.LSTM(CHANNELS[-1] * n_rows, N_HIDDEN, batch_first=True)
        self.attention = nn.Sequential(
            nn.Linear(N_HIDDEN, N_ATTENTION), nn.Tanh(), nn.Linear(N_ATTENTION, 1)
        )
        self.projection = nn.Linear(2 * N_HIDDEN, N_DIMS)
        self.normalisation = nn.BatchNorm1d(N_DIMS, affine=False)

    def forward(self, frames: Tensor) -> Tensor:
        """Frames (N, T, 40), T >= 8, to embeddings (N, 64)."""
        picture = frames.unflatten(2, (N_VIEWS, N_CEPSTRA)).transpose(1, 2)
        seen = self.blocks(picture).transpose(1, 2).flatten(2)
        hidden = self.lstm(seen)[0]
        weights = torch.softmax(self.attention(hidden), dim=1)
        mean = (weights * hidden).sum(dim=1)
        variance = (weights * hidden**2).sum(dim=1) - mean**2
        deviation = torch.sqrt(torch.clamp(variance, min=1e-5))
        joined = torch.cat([mean, deviation], dim=1)
        embedding: Tensor = self.normalisation(self.projection(joined))
        return embedding


def _block(n_in: int, n_out: int, pooling: tuple[int, int]) -> nn.Module:
    convolution = nn.Conv2d(n_in, n_out, 5, padding=2)
    return nn.Sequential(
        convolution, nn.BatchNorm2d(n_out), nn.ReLU(), nn.MaxPool2d(pooling, pooling)
    )


FAMILY = Family(
    name="crnn-attention",
    network=CrnnAttention,
    head=lambda n_voices: MarginSoftmax(N_DIMS, n_voices),
    sees="frames",
    n_steps=2500,
)
