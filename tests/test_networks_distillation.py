"""A network learns where its teacher puts voices; needs PyTorch, which the service does not."""

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="NO TORCH: make setup-training; the training of networks was not tested"
)


@pytest.fixture(scope="module")
def voices():
    from cepstra.training.networks.batches import Voices

    rng = np.random.default_rng(0)
    rows, groups, start = [], [], 0
    for _ in range(12):
        own = rng.normal(0.0, 1.0, 20)
        versions = []
        for _ in range(2):
            takes = []
            for _ in range(2):
                rows.append(own + 0.5 * rng.standard_normal((60, 20)))
                takes.append((start, 60))
                start += 60
            versions.append(np.array(takes))
        groups.append(versions)
    return Voices(np.concatenate(rows).astype(np.float16), np.zeros(20), np.ones(20), groups)


def test_attempts_land_on_their_voices_vectors(voices, monkeypatch):
    from itertools import islice

    from cepstra.training.networks import batches as drawn
    from cepstra.training.networks.distillation import centred, distil

    monkeypatch.setattr(drawn, "BATCH_FRAMES", 24 * 130)
    targets = centred(np.random.default_rng(1).standard_normal((12, 16)))
    losses: list[float] = []
    network = distil(voices, targets, 70, 1, lambda step, loss: losses.append(loss))
    assert np.mean(losses[-5:]) < 0.7 * losses[0]
    frames, chosen = next(islice(drawn.batches(voices, 7), 1))
    with torch.inference_mode():
        points = network(torch.from_numpy(frames)).numpy()
    nearest = (points @ targets.T).argmax(axis=1)
    assert np.mean(nearest == chosen) > 0.8


def test_both_halves_say_the_same_through_onnx(voices):
    from cepstra.neural.additive_embedder import AdditiveEmbedder
    from cepstra.neural.frames import network_input
    from cepstra.training.networks.onnx_export import exported
    from cepstra.training.networks.tdnn_layers import N_POOLED, EmbeddingNetwork

    torch.manual_seed(0)
    network = EmbeddingNetwork(16).eval()
    frames = exported(network.frames, torch.zeros(1, 50, 40)).SerializeToString()
    point = exported(network.point, torch.ones(1, 3, N_POOLED)).SerializeToString()
    arrays = {"centre": np.zeros(20), "scale": np.ones(20), "cohort": np.zeros((1, 16))}
    embedder = AdditiveEmbedder(frames, point, arrays)
    speech = np.random.default_rng(2).standard_normal((133, 20))
    seen = torch.from_numpy(network_input(speech, np.zeros(20), np.ones(20))[None])
    with torch.inference_mode():
        expected = network(seen)[0].numpy()
    assert embedder.embedding(embedder.sums(speech)) @ expected > 0.999
