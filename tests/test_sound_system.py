"""CAM++ from sound, measured beside us; with its weights it runs in test_networks_campplus.py."""

import numpy as np
import pytest
from click.testing import CliRunner

from cepstra.cli._commands import main
from cepstra.evaluation.report import markdown_table
from cepstra.evaluation.runner import TrialScores
from cepstra.evaluation.sound_system import MEL_BANDS, log_mel
from cepstra.evaluation.summary import summarise

RATE_HZ = 16_000


def mel(frequency_hz):
    return 1127 * np.log1p(np.asarray(frequency_hz) / 700)


@pytest.mark.parametrize("tone_hz", [300, 1000, 3000])
def test_a_tone_is_loudest_in_its_own_mel_band(tone_hz):
    bands = log_mel(0.1 * np.sin(2 * np.pi * tone_hz * np.arange(RATE_HZ) / RATE_HZ))
    edges = np.linspace(mel(20), mel(RATE_HZ / 2), MEL_BANDS + 2)
    assert bands.shape == (98, MEL_BANDS)  # frames of 25 ms every 10 ms
    assert set(bands.argmax(axis=1)) == {np.abs(edges[1:-1] - mel(tone_hz)).argmin()}


def test_without_its_file_it_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["evaluate", ".", "--system", "campplus-sound"])
    assert result.exit_code == 2
    assert "--system campplus-sound" in result.output and "make teacher" in result.output


def test_a_system_without_a_threshold_has_no_far_and_no_frr():
    scores, is_target = np.array([0.9, 0.8, 0.1, 0.2]), np.array([True, True, False, False])
    models = np.array(["ann", "bob"] * 2)
    summary = summarise(TrialScores(scores, is_target, models, np.full(4, np.nan), False))
    assert (summary["threshold"], summary["far"], summary["frr"]) == (None, None, None)
    assert summary["eer"] == 0
    assert markdown_table({"sound": summary}).splitlines()[-1].split(" | ")[4:7] == ["-"] * 3
