"""The networks as systems of `evaluate`, on real speakers that they have never heard."""

import csv
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

import numpy as np
import pytest

from cepstra.evaluation.metrics import eer
from cepstra.evaluation.protocol import Trial
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import load_experiment, score_trials
from cepstra.evaluation.systems import (
    EMBEDDING_FAMILIES,
    REGISTRY,
    default_system,
    messages,
    sharing,
)
from cepstra.frontend import page_definition
from cepstra.frontend.audio import read_audio
from cepstra.frontend.lpc import utterance_lpc
from cepstra.gmm.fusion_scorer import FusionScorer

N_SPEAKERS = 12
SOME_SYSTEMS = ("tdnn", "classic", "fusion", "gmm-ubm", "campplus")


@pytest.fixture(scope="module")
def cache() -> FeatureCache:
    return FeatureCache()


@pytest.fixture(scope="module")
def experiment(shared_dir, tmp_path_factory):
    """The trials of the first dev speakers among one another."""
    folder = tmp_path_factory.mktemp("lists")
    protocol, chosen = shared_dir / "protocol", set()
    for kind in ("enrol", "trials"):
        with (protocol / f"speech_commands_dev.{kind}.csv").open(newline="") as source:
            reader = csv.DictReader(source)
            rows = list(reader)
        if kind == "enrol":
            rows = rows[:N_SPEAKERS]
            chosen = {row["speaker"] for row in rows}
        else:
            rows = [row for row in rows if {row["model"], row["speaker"]} <= chosen]
        with (folder / f"{kind}.csv").open("w", newline="") as target:
            writer = csv.DictWriter(target, reader.fieldnames)
            writer.writeheader()
            writer.writerows(rows)
    audio = shared_dir / "corpora" / "speech_commands" / "dev"
    return load_experiment(folder / "enrol.csv", folder / "trials.csv", audio, audio)


@pytest.fixture(scope="module")
def few(experiment):
    """Two attempts of one speaker, each against three models."""
    names = list(experiment.enrolment)[:3]
    enrolment = {name: experiment.enrolment[name][:2] for name in names}
    files = [trial.files for trial in experiment.trials if trial.speaker == names[0]][:2]
    trials = [Trial(model, names[0], model == names[0], said) for said in files for model in names]
    return replace(experiment, enrolment=enrolment, trials=trials)


@pytest.mark.parametrize("family", EMBEDDING_FAMILIES)
def test_speakers_are_told_apart(family, experiment, cache):
    (result,) = score_trials([REGISTRY[family]()], experiment, cache)
    assert len(result.targets) >= 100
    assert len(result.impostors) >= 50
    assert eer(result.targets, result.impostors) < 0.2
    assert np.median(result.targets) > 0 > np.median(result.impostors)  # llrs, not cosines


def test_an_attempt_that_meets_several_models_is_heard_once(few, cache, monkeypatch):
    """And every score is what the service says of that attempt alone."""
    system, prepare, heard = default_system(), FusionScorer.attempt, []

    def counted(scorer, attempt):
        heard.append(attempt)
        return prepare(scorer, attempt)

    with monkeypatch.context() as patch:
        patch.setattr(FusionScorer, "attempt", counted)
        (found,) = score_trials([system], few, cache)
    assert len(heard) == len({trial.files for trial in few.trials}) == 2
    takes = cache.takes({**few.enrol_paths, **few.test_paths}, system.definition)
    for trial, score, threshold in zip(few.trials, found.scores, found.thresholds, strict=True):
        enrolled = [takes[file] for file in few.enrolment[trial.model]]
        model = system.system.prepare(system.enrol(enrolled).arrays)
        said = messages([takes[file] for file in trial.files])
        told = system.system.score(model, said).assessment
        assert (score, threshold) == pytest.approx((told.llr, told.threshold), abs=1e-4)


def test_raw_scores_computed_once_are_judged_as_each_system_would_alone(few, cache):
    """Each of the systems enrols anew here and asks the service's verifier of its parameters."""
    systems = {name: REGISTRY[name]() for name in SOME_SYSTEMS}
    names, others = sharing(systems)
    assert names == ["fusion", "campplus", "tdnn", "gmm-ubm"]
    assert others == ["classic"]
    told = score_trials([systems[name] for name in names], few, cache)
    takes = cache.takes({**few.enrol_paths, **few.test_paths}, page_definition())
    for name, found in zip(names, told, strict=True):
        system, alone = systems[name], []
        verifier = system.system
        for said, trials in groupby(few.trials, attrgetter("files")):
            met = [few.enrolment[trial.model] for trial in trials]
            models = [system.enrol([takes[file] for file in files]).arrays for files in met]
            attempt = verifier.prepare_attempt(messages([takes[file] for file in said]))
            alone.append(verifier.llrs(models, attempt))
        llrs, allowances = np.concatenate(alone, axis=1)
        np.testing.assert_allclose(found.scores, llrs, rtol=0, atol=1e-9)
        thresholds = verifier.policy.threshold + allowances
        np.testing.assert_allclose(found.thresholds, thresholds, rtol=0, atol=1e-9)


def test_an_attempt_meets_models_of_all_amounts_at_once(few, cache):
    (both,) = score_trials([default_system()], few.enrolled_with([1, 2]), cache)
    for n_files, told in zip((1, 2), both.in_parts(2), strict=True):
        enrolment = {name: files[:n_files] for name, files in few.enrolment.items()}
        (alone,) = score_trials([default_system()], replace(few, enrolment=enrolment), cache)
        np.testing.assert_allclose(told.scores, alone.scores, atol=1e-4)
        np.testing.assert_allclose(told.thresholds, alone.thresholds, atol=1e-4)
        assert told.is_target.tolist() == alone.is_target.tolist()
        assert told.models.tolist() == [f"{name}, {n_files}" for name in alone.models]


def test_predictors_are_computed_for_the_system_that_wants_them_only(experiment):
    cache, paths = FeatureCache(), dict(list(experiment.enrol_paths.items())[:3])
    definition = page_definition()
    assert all(t.of_sound is None for t in cache.takes(paths, definition).values())
    assert cache.missing(paths.values(), definition) == []
    assert cache.missing(paths.values(), definition, of_sound=utterance_lpc) == list(paths.values())
    done = []
    takes = cache.takes(paths, definition, done.append, of_sound=utterance_lpc)
    assert sum(done) == 3
    for name, path in paths.items():
        np.testing.assert_array_equal(takes[name].of_sound, utterance_lpc(read_audio(path)))
    assert cache.missing(paths.values(), definition, of_sound=utterance_lpc) == []
