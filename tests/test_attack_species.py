"""Attempts in other voices, judged by all defences together, on real words."""

from __future__ import annotations

import numpy as np
import pytest

from cepstra.evaluation import synthetic_voice
from cepstra.evaluation.attack_trials import (
    AMID,
    FOREIGN,
    HONEST,
    IMPOSTOR,
    N_CLIMBED,
    SYNTHETIC,
    Climb,
    Scene,
    Trial,
    climb,
    kinds,
    tried,
)

N_ATTEMPTS = 3
N_HONEST = 12  # 4% of them sound unlike their speaker at 8 kHz
N_QUERIES = 10


@pytest.fixture(scope="module")
def scene(shared_dir):
    return Scene(shared_dir / "corpora" / "fsdd", 3)


def accepted(scene, kind) -> list[bool]:
    return [found.is_accepted for found in tried(Trial(scene, kind, N_ATTEMPTS, 0))]


def test_honest_attempts_are_accepted(scene):
    found = tried(Trial(scene, HONEST, N_HONEST, 0))
    assert sum(one.is_accepted for one in found) >= 0.8 * N_HONEST
    assert not any(one.digits or one.copy or one.replay or one.crowd for one in found)


@pytest.mark.parametrize("kind", [IMPOSTOR, FOREIGN])
def test_other_voices_are_refused(scene, kind):
    assert accepted(scene, kind) == [False] * N_ATTEMPTS


def test_a_synthetic_voice_is_refused(scene):
    if not synthetic_voice.is_installed():
        pytest.skip("not tested: a synthetic voice (pip install --no-deps hibari-tts==0.2.1)")
    assert accepted(scene, SYNTHETIC) == [False] * N_ATTEMPTS


@pytest.mark.parametrize("kind", [AMID, "AMR, 4.75 kbit/s", "speed changing by up to 20%"])
def test_a_copy_is_still_the_speakers_voice_and_digits(scene, kind):
    found = tried(Trial(scene, kind, N_ATTEMPTS, 0))
    assert not all(one.voice for one in found) and not any(one.digits for one in found)


@pytest.mark.parametrize("kind", ["AMR, 7.4 kbit/s", "Opus, 12 kbit/s", "MP3, 16 kbit/s"])
def test_a_copy_through_an_ordinary_codec_is_refused(scene, kind):
    assert accepted(scene, kind) == [False] * N_ATTEMPTS


def test_a_kind_that_cannot_be_made_here_is_left_out():
    assert (SYNTHETIC in kinds()) == synthetic_voice.is_installed()


def test_a_climber_asks_several_victims(scene):
    found = climb(Climb(scene, 0, N_QUERIES))
    assert found.shape == (N_CLIMBED,)
    assert np.all((0 <= found) & (found <= N_QUERIES))
