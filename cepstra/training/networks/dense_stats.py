"""Family `dense-stats`: a dense network on one vector an utterance, for comparison."""

from __future__ import annotations

from torch import Tensor, nn

from cepstra.neural.utterance import VECTOR_DIMS
from cepstra.training.networks.classification import MarginSoftmax
from cepstra.training.networks.family_training import Family

N_DIMS = 64
N_HIDDEN = 256


class DenseStats(nn.Module):
    """About 98,000 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *_layer(VECTOR_DIMS, N_HIDDEN), *_layer(N_HIDDEN, N_HIDDEN), nn.Linear(N_HIDDEN, N_DIMS)
        )

    def forward(self, vectors: Tensor) -> Tensor:
        """Vectors (N, 56) to embeddings (N, 64)."""
        embeddings: Tensor = self.layers(vectors)
        return embeddings


def _layer(n_in: int, n_out: int) -> list[nn.Module]:
    return [nn.Linear(n_in, n_out), nn.BatchNorm1d(n_out), nn.ReLU()]


FAMILY = Family(
    name="dense-stats",
    network=DenseStats,
    head=lambda n_voices: MarginSoftmax(N_DIMS, n_voices),
    sees="vector",
    n_steps=6000,
)
