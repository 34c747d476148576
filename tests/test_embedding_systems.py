"""The networks as systems of `evaluate`, on real speakers that they have never heard."""

import csv

import numpy as np
import pytest

from cepstra.evaluation.metrics import eer
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import load_experiment, score_trials
from cepstra.evaluation.systems import EMBEDDING_FAMILIES, make_system
from cepstra.frontend import page_definition
from cepstra.frontend.audio import read_audio
from cepstra.frontend.lpc import utterance_lpc

N_SPEAKERS = 12


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


@pytest.mark.parametrize("family", EMBEDDING_FAMILIES)
def test_speakers_are_told_apart(family, experiment, cache):
    result = score_trials(make_system(family), experiment, cache)
    assert len(result.targets) >= 100
    assert len(result.impostors) >= 50
    assert eer(result.targets, result.impostors) < 0.2
    assert np.median(result.targets) > 0 > np.median(result.impostors)  # llrs, not cosines


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
