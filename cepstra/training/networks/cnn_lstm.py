"""Family `cnn-lstm`: 1-D convolutions and an LSTM under a softmax over the training speakers."""

from __future__ import annotations

from torch import Tensor, nn

from cepstra.training.networks.classification import Softmax
from cepstra.training.networks.family_training import Family

N_INPUTS = 40
N_DIMS = 96
N_HIDDEN = 64


class CnnLstm(nn.Module):
    """About 107,000 parameters; its output is the layer before the softmax."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            *_layer(N_INPUTS, 64, 5), nn.MaxPool1d(2), *_layer(64, 96, 3), nn.MaxPool1d(2),
            *_layer(96, 96, 3),
        )  # fmt: skip
        self.lstm = nn.LSTM(96, N_HIDDEN, batch_first=True)
        self.dense = nn.Linear(N_HIDDEN, N_DIMS)
        self.normalisation = nn.BatchNorm1d(N_DIMS)

    def forward(self, frames: Tensor) -> Tensor:
        """Frames (N, T, 40), T >= 4, to embeddings (N, 96)."""
        seen = self.convolutions(frames.transpose(1, 2)).transpose(1, 2)
        embedding: Tensor = self.normalisation(self.dense(self.lstm(seen)[0].mean(dim=1)))
        return embedding


def _layer(n_in: int, n_out: int, width: int) -> list[nn.Module]:
    convolution = nn.Conv1d(n_in, n_out, width, padding=width // 2)
    return [convolution, nn.BatchNorm1d(n_out), nn.ReLU()]


FAMILY = Family(
    name="cnn-lstm",
    network=CnnLstm,
    head=lambda n_voices: Softmax(N_DIMS, n_voices),
    sees="frames",
    n_steps=3000,
    tests_takes=True,
)
