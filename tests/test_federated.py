"""Sums of sites that keep their voices make the mixture that all voices in one place make."""

import gc
import re
import time
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from cepstra.cli import federate
from cepstra.gmm.mixture_training import expectation, maximisation
from cepstra.gmm.ubm import DiagonalMixture
from cepstra.training.federated import flower
from cepstra.training.federated.privacy import epsilon
from cepstra.training.federated.rounds import (
    NoSiteError,
    Standard,
    ask_for_sums,
    fit,
    public_start,
)
from cepstra.training.federated.site import Protection, Site
from cepstra.verification.shipped import load_background

N_SITES, N_ROUNDS, N_COMPONENTS = 10, 4, 8


@pytest.fixture(scope="module")
def shipped() -> DiagonalMixture:
    return load_background().cmn


@pytest.fixture(scope="module")
def start(shipped) -> DiagonalMixture:
    return public_start(shipped, N_COMPONENTS, seed=1)


@pytest.fixture(scope="module")
def voices(start) -> list[list[np.ndarray]]:
    """Three voices at each site, each about a place of its own."""
    rng = np.random.default_rng(2)
    n_dims = start.means.shape[1]
    return [
        [rng.standard_normal((50, n_dims)) + rng.standard_normal(n_dims) for _ in range(3)]
        for _ in range(N_SITES)
    ]


def pooled(per_round: list[list[np.ndarray]], start: DiagonalMixture) -> DiagonalMixture:
    """The mixture of vectors in one array, which may be others in each round."""
    mixture = start
    for present in per_round:
        mixture = maximisation(expectation(np.concatenate(present), mixture))
    return mixture


def assert_same(found: DiagonalMixture, wanted: DiagonalMixture) -> None:
    for name in ("weights", "means", "variances"):
        np.testing.assert_allclose(getattr(found, name), getattr(wanted, name), rtol=0, atol=1e-8)


class LeavingSite(Site):
    """Answers twice and then no more."""

    n_asked = 0

    def sums(self, mixture):
        self.n_asked += 1
        if self.n_asked > 2:
            raise ConnectionError("site 4 has left")
        return super().sums(mixture)


def sites(voices: list[list[np.ndarray]]) -> list[Site]:
    return [(LeavingSite if number == 4 else Site)(each) for number, each in enumerate(voices)]


def present_in(voices: list[list[np.ndarray]], number: int) -> list[np.ndarray]:
    """All voices of a round, from 0; site 4 leaves after two."""
    there = [each for site, each in enumerate(voices) if site != 4 or number < 2]
    return [voice for each in there for voice in each]


def test_sums_of_ten_sites_are_those_of_all_voices_together_also_when_one_leaves(voices, start):
    asked = sites(voices)

    def ask(mixture):
        answers = []
        for site in asked:
            try:
                answers.append(site.sums(mixture))
            except ConnectionError:
                continue
        return answers

    mixture, rounds = fit(ask, start, N_ROUNDS)
    assert_same(mixture, pooled([present_in(voices, n) for n in range(N_ROUNDS)], start))
    assert [each.n_sites for each in rounds] == [10, 10, 9, 9]
    assert rounds[0].mean_log_likelihood < rounds[1].mean_log_likelihood


def test_the_same_goes_over_flower(voices, start, caplog):
    asked = sites(voices)
    app = flower.client_app(lambda context: asked[context.node_config["partition-id"] - 1])
    ask = ask_for_sums(flower.asked_over(flower.ThreadGrid(app, N_SITES)))
    mixture, rounds = fit(ask, start, N_ROUNDS)
    failed = "site 5 did not answer: ConnectionError('site 4 has left')"
    assert [each.getMessage() for each in caplog.records] == [failed] * 2
    assert [each.n_sites for each in rounds] == [10, 10, 9, 9]
    assert_same(mixture, pooled([present_in(voices, n) for n in range(N_ROUNDS)], start))


def test_sites_in_threads_answer_while_memory_is_cleared(caplog):
    """Then another thread may come in the middle of reading an array."""
    app = flower.client_app(lambda context: SimpleNamespace(answer=lambda arrays: arrays))
    ask = flower.asked_over(flower.ThreadGrid(app, N_SITES))
    usual, others = gc.get_threshold(), list(gc.callbacks)
    gc.callbacks.append(lambda phase, info: time.sleep(2e-4))
    gc.set_threshold(20)
    try:
        answers = [ask({"means": np.zeros((3, 2)), "weights": np.ones(3)}) for _ in range(20)]
    finally:
        gc.set_threshold(*usual)
        gc.callbacks[:] = others
    assert [len(each) for each in answers] == [N_SITES] * 20, caplog.messages


def test_nobody_there_is_said(start):
    with pytest.raises(NoSiteError, match="round 1"):
        fit(lambda mixture: [], start, 2)


def test_one_voice_changes_protected_sums_by_the_clip_at_most(voices, start):
    def flat(site: Site) -> np.ndarray:
        sums = site.sums(start)
        assert np.isnan(sums.log_likelihood)
        return np.concatenate([sums.zeroth, sums.first.ravel(), sums.second.ravel()])

    loud = [*voices[0], 1e3 * voices[1][0]]
    clipped = Protection(clip=5.0, noise=0.0)
    change = flat(Site(loud, clipped)) - flat(Site(loud[:-1], clipped))
    assert np.linalg.norm(change) == pytest.approx(5.0)
    noisy = flat(Site(loud, Protection(5.0, noise=2.0), seed=3)) - flat(Site(loud, clipped))
    assert noisy.std() == pytest.approx(10.0, rel=0.1) and abs(noisy.mean()) < 1.5


def test_a_mixture_of_noise_is_still_a_mixture(voices, start):
    protected = [Site(each, Protection(5.0, 3.0), seed) for seed, each in enumerate(voices)]
    mixture, _ = fit(lambda now: [each.sums(now) for each in protected], start, 3, 50.0)
    assert np.isfinite(mixture.means).all() and mixture.weights.sum() == pytest.approx(1.0)


def test_the_privacy_loss_is_that_of_the_source():
    """Rho of noise 2 is 1/8 a round; with 8 rounds rho is 1, and epsilon 1 + 2 sqrt(ln 1e5)."""
    assert epsilon(2.0, 8, 1e-5) == pytest.approx(1 + 2 * np.sqrt(np.log(1e5)))
    assert epsilon(0.0, 1, 1e-5) == np.inf
    with pytest.raises(ValueError, match="delta"):
        epsilon(1.0, 1, 0.0)


def test_the_start_is_the_same_everywhere_and_standardised(shipped):
    first, again = (public_start(shipped, 64, seed=5) for _ in range(2))
    assert np.array_equal(first.means, again.means)
    standard = Standard.of(shipped)
    back = standard.undone(DiagonalMixture(np.ones(1), np.zeros((1, 1)), np.ones((1, 1))))
    np.testing.assert_allclose(back.means[0], standard.centre)
    np.testing.assert_allclose(back.variances[0], standard.scale**2)


@pytest.fixture
def folder(shared_dir, tmp_path):
    """Two recordings of each of twelve people."""
    readers = sorted((shared_dir / "corpora" / "an4" / "background").iterdir())[:12]
    for reader in readers:
        (tmp_path / reader.name).mkdir()
        for path in sorted(reader.iterdir())[:2]:
            (tmp_path / reader.name / path.name).symlink_to(path.resolve())
    return tmp_path


def test_the_command_simulates_sites_of_a_folder(folder, tmp_path):
    out, broken = (
        tmp_path / "made" / "mixture.safetensors",
        sorted(folder.iterdir())[0] / "broken.wav",
    )
    broken.write_bytes(b"RIFF")
    (folder / "notes.txt").write_text("who read what")
    small = [str(folder), "--sites", "3", "--rounds", "3", "--components", "4"]
    done = CliRunner().invoke(federate.command, [*small, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "notes.txt: passed over, it is in no folder of a speaker" in done.stderr
    assert done.stderr.count(f"left out: {broken}: ") == done.stderr.count(str(broken)) == 1
    assert "steps: 15 of 15" in done.stderr  # three rounds of all sites, of each, of one place
    told = dict(re.findall(r"^ *([a-z, ]+?) +(-[\d.]+)$", done.output, re.M))
    assert told["all sites, their sums"] == told["all voices in one place"]
    assert float(told["all sites, their sums"]) > float(told["one site alone, worst"])
    difference = float(re.search(r"one place: (\S+)", done.output)[1])
    assert difference < 1e-8 and out.is_file()
    protected = ["--leave", "2", "--clip", "50", "--noise", "1"]
    done = CliRunner().invoke(federate.command, [*small, *protected])
    assert "sites in each round: 3 2 2" in done.output
    assert "epsilon 9.8 at delta 1e-05" in done.output
    late = CliRunner().invoke(federate.command, [*small, "--leave", "99"])
    assert late.exit_code == 2 and "no site would leave" in late.output
    wrong = CliRunner().invoke(federate.command, [*small, "--noise", "1"])
    assert wrong.exit_code == 2 and "--clip" in wrong.output
