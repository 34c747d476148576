"""Sites that fine-tune a network and tell what changed: averages, protection, and the command."""

import re
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
from client_commands import Commands

from cepstra.neural.model_folder import load_model
from cepstra.neural.utterance import VECTOR_DIMS
from cepstra.training.federated.site import Protection

N_VOICES = 4


@pytest.fixture(scope="module")
def network(torch):
    from cepstra.training.federated import network

    torch.manual_seed(1)
    return network


@pytest.fixture(scope="module")
def weights(network) -> dict[str, np.ndarray]:
    made = network.FAMILY.network()
    moments = {name: moment.numpy() for name, moment in made.named_buffers()}
    return {**network.weights_of(made), **moments, "rate": np.array(1e-3)}


def change(network, weights, protection: Protection | None, seed: int = 1) -> dict[str, np.ndarray]:
    """What a site of four voices, always the same few vectors, tells of two steps."""
    rng = np.random.default_rng(1)
    voices = np.arange(32) % N_VOICES
    vectors = rng.standard_normal((32, VECTOR_DIMS)).astype(np.float32)
    site = network.NetworkSite(repeat((vectors, voices)), vectors[:N_VOICES], 2, protection, seed)
    return site.answer(weights)


def norm(told: dict[str, np.ndarray]) -> float:
    return float(np.sqrt(sum((each.astype(np.float64) ** 2).sum() for each in told.values())))


def test_weights_become_the_mean_of_what_sites_make_of_them(network):
    start = {"a": np.zeros(2), "running_var": np.ones(2)}
    changes = [{"a": np.array(told)} for told in ([1.0, 2.0], [1.0, 2.0], [4.0, 2.0])]
    rates = []

    def ask(arrays):
        rates.append(float(arrays["rate"]))
        return changes[: 4 - len(rates)]  # one site fewer each round

    found, n_sites = network.averaged(ask, start, 2)
    np.testing.assert_allclose(found["a"], [2 + 1, 2 + 2])
    assert (found["running_var"] == 1).all() and n_sites == [3, 2]
    assert rates[0] > rates[1] > 0
    with pytest.raises(network.NoSiteError, match="round 1"):
        network.averaged(lambda arrays: [], start, 2)


def test_a_site_changes_the_network_by_the_clip_at_most(network, weights, torch):
    torch.manual_seed(2)
    free = norm(change(network, weights, None))
    assert norm(change(network, weights, Protection(free / 4, 0.0))) == pytest.approx(
        free / 4, rel=1e-3
    )
    noisy = change(network, weights, Protection(free / 4, 2.0))
    told = np.concatenate([each.ravel() for each in noisy.values()])
    assert told.std() == pytest.approx(free / 2, rel=0.02)


@pytest.fixture(scope="module")
def start(network, torch, tmp_path_factory) -> Path:
    """A network that has learnt nothing yet."""
    from cepstra.training.networks.classification import UnitOutput
    from cepstra.training.networks.family_training import described, example_of
    from cepstra.training.networks.onnx_export import exported, with_description

    family = network.FAMILY
    description = described(family, (np.zeros(VECTOR_DIMS), np.full(VECTOR_DIMS, 10.0)), 1)
    made = family.network().train()
    made(torch.randn(64, VECTOR_DIMS))  # moments of their own, or the file keeps one array for all
    for weight in made.parameters():
        torch.nn.init.normal_(weight, 1.0 if weight.dim() == 1 else 0.0, 0.1)
    model = exported(UnitOutput(made), example_of(description))
    folder = tmp_path_factory.mktemp("start")
    (folder / "network.onnx").write_bytes(with_description(model, description))
    return folder


def test_the_command_compares_averaging_with_one_site_and_one_place(shared_dir, start, tmp_path):
    background = sorted((shared_dir / "corpora" / "speech_commands" / "background").iterdir())
    for speaker in [s for s in background if len(list(s.iterdir())) == 4][:22]:
        (tmp_path / "people" / speaker.name).parent.mkdir(exist_ok=True)
        (tmp_path / "people" / speaker.name).symlink_to(speaker)
    small = ("--sites", 3, "--rounds", 3, "--steps", 2, "--devices", 0, "--processes", 1)
    asked = ("federate-network", tmp_path / "people", "--start", start, *small)
    done = Commands().run(*asked, "--leave", 3, "--out", tmp_path / "ours", "--clip", 1)
    assert done.exit_code == 0, done.output
    assert "12 speakers at 3 sites, 10 held out; sites in each round: 3 3 2" in done.stdout
    told = dict(re.findall(r"^ *([a-z, ]+?) +([\d.]+)$", done.stdout, re.M))
    assert float(told["one site alone, best"]) <= float(told["one site alone, worst"])
    assert {"before", "all sites, averaged", "all voices in one place"} <= set(told)
    assert "epsilon inf" in done.stdout  # a clip without noise promises nothing
    made, before = load_model(tmp_path / "ours").embedder, load_model(start).embedder
    vector = np.ones(VECTOR_DIMS)
    assert not np.allclose(made.embed_vector(vector), before.embed_vector(vector))
    wrong = Commands().run(*asked, "--noise", 1)
    assert wrong.exit_code == 2 and "--clip" in wrong.stderr
    taken = Commands().run(*asked, "--out", tmp_path / "tdnn")
    assert taken.exit_code == 2 and "that no shipped system has, got tdnn" in taken.stderr
    few = Commands().run(*asked, "--sites", 7)
    assert few.exit_code == 2 and "expected 14 speakers or more for 7 sites, got 12" in few.stderr
