"""`train-timeline`: regressions fitted on meetings of people who speak in no meeting of a test."""

from dataclasses import replace

import numpy as np
import pytest

from cepstra.cli.train_timeline import report
from cepstra.evaluation.joined_meetings import SOURCES, join, speaker_folders, stretches
from cepstra.store.arrays import unpack
from cepstra.timeline.doubt import INPUTS, OUTCOMES
from cepstra.timeline.regressions import Regressions
from cepstra.timeline.voices import VoiceComparison
from cepstra.training.timeline import fit_regressions, hear_meeting
from cepstra.training.timeline_doubts import fit_doubts
from cepstra.training.timeline_meetings import fitting_meetings, fitting_speakers
from cepstra.verification.registry import limit_blas_threads
from cepstra.verification.shipped import load_uncalibrated
from cepstra.verification.timeline_parameters import TIMELINE

SPEAKERS = ("fash", "fcaw", "mmsh", "fbbh")


@pytest.fixture(scope="module")
def corpora(shared_dir):
    return shared_dir / "corpora"


def test_nobody_is_fitted_on_who_speaks_in_a_meeting_of_evaluate_timeline(corpora):
    fitted = fitting_speakers(corpora, seed=1)
    names = {name for of_source in fitted.values() for name in of_source}
    assert set(fitted) == {"speechocean", "wuw", "read"} and len(names) > 60
    tested = {path.name for source in SOURCES for path in speaker_folders(corpora, source)}
    assert len(tested) > 100 and not names & tested


def test_a_fit_counts_campplus_and_tells_its_own_meetings_apart(corpora):
    limit_blas_threads()
    verifier = load_uncalibrated()
    comparison = VoiceComparison(verifier)
    folder = corpora / "an4" / "background"
    voices = {
        name: [part for path in sorted((folder / name).glob("*.flac")) for part in stretches(path)]
        for name in SPEAKERS
    }
    heard = [
        hear_meeting(comparison, "an4", join("some", some, np.random.default_rng(number), 0.1))
        for number, some in enumerate(
            (voices, {n: voices[n] for n in SPEAKERS[:2]}, {SPEAKERS[0]: voices[SPEAKERS[0]]})
        )
    ]
    fit = fit_regressions(comparison, [one for one in heard if one], seed=1)
    assert fit.regressions.units[0] > 0 and fit.n_pairs > 100 and fit.n_joins > 0
    assert fit.rates["an4"] < 0.3
    weights = fit_doubts(comparison, verifier.background.cmn, heard, fit.regressions)
    near = [INPUTS.index(name) for name in ("near", "nearby")]
    assert weights[OUTCOMES.index("two"), near].sum() > 0  # two at once are near a change of voice
    fit = replace(fit, regressions=replace(fit.regressions, doubts=weights))
    again = Regressions.of_arrays(fit.regressions.to_arrays())
    assert again.to_arrays().keys() == unpack(TIMELINE.read_bytes()).keys()
    assert "campplus" in report(fit) and "an4" in report(fit)


def test_too_few_speakers_and_a_file_of_another_shape_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="few: fewer than 6 speakers"):
        next(fitting_meetings({"few": {"ann": [tmp_path / "1.wav"]}}, seed=1))
    arrays = dict(unpack(TIMELINE.read_bytes()))
    with pytest.raises(ValueError, match=r"units: expected \(6,\), got \(5,\)"):
        Regressions.of_arrays({**arrays, "units": arrays["units"][:5]})
    del arrays["joins"]
    with pytest.raises(ValueError, match=r"joins: expected \(4,\), got nothing"):
        Regressions.of_arrays(arrays)
