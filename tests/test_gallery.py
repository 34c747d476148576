"""The gallery follows the store, whoever writes to it, and agrees with a search over all."""

import numpy as np
import pytest

from cepstra.store import Store, models, speakers
from cepstra.store.models import StoredModel
from cepstra.verification.gallery import Gallery, largest

pytestmark = pytest.mark.every_database

SYSTEM, FRONT_END, D = "system-1", "meyda-16k-1", 12


@pytest.fixture
def gallery():
    return Gallery(SYSTEM, FRONT_END)


def unit(seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=D)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def write(store: Store, alias: str, vector, system: str = SYSTEM) -> None:
    with store.writing() as connection:
        speaker = speakers.obtain(connection, alias)
        revision = speakers.describe_takes(connection, speaker, FRONT_END, 20)
        arrays = {"x": np.zeros(1)}
        models.save(connection, speaker.id, StoredModel(revision, system, {}, arrays, vector))


def forget(store: Store, alias: str) -> None:
    with store.writing() as connection:
        assert speakers.delete(connection, alias)


def search(store: Store, gallery: Gallery, probe, most: int = 5):
    return gallery.nearest(store, probe, most)


def aliases(found) -> list[str]:
    return [candidate.alias for candidate in found.candidates]


def test_nobody_is_enrolled(store, gallery):
    found = search(store, gallery, unit(0))
    assert (aliases(found), found.n_speakers, found.n_left_out) == ([], 0, 0)


def test_changes_and_deletions_of_others_are_noticed(store, gallery):
    for seed, alias in enumerate(("ann", "bob", "cid")):
        write(store, alias, unit(seed))
    assert aliases(search(store, gallery, unit(1)))[0] == "bob"
    write(store, "bob", unit(7))
    write(store, "dan", unit(8))
    assert aliases(search(store, gallery, unit(7)))[0] == "bob"
    assert search(store, gallery, unit(8)).n_speakers == 4
    forget(store, "bob")
    write(store, "eve", unit(7))
    found = search(store, gallery, unit(7))
    assert (aliases(found)[0], found.n_speakers) == ("eve", 4)
    for alias in ("ann", "cid", "dan", "eve"):
        forget(store, alias)
    assert search(store, gallery, unit(7)).n_speakers == 0
    write(store, "bob", unit(9))
    assert aliases(search(store, gallery, unit(9))) == ["bob"]


def test_a_speaker_without_a_voiceprint_is_counted_as_left_out(store, gallery):
    write(store, "ann", unit(1))
    write(store, "mute", None)
    write(store, "old", unit(2), system="system-0")
    found = search(store, gallery, unit(2))
    assert (aliases(found), found.n_speakers, found.n_left_out) == (["ann"], 1, 2)
    write(store, "ann", None)  # the last take with speech has left the log
    write(store, "old", unit(2))  # upgraded
    found = search(store, gallery, unit(2))
    assert (aliases(found), found.n_speakers, found.n_left_out) == (["old"], 1, 2)


def test_any_order_of_events_ends_like_a_gallery_that_starts_afresh(store, gallery):
    rng = np.random.default_rng(5)
    for step in range(120):
        alias = f"s{rng.integers(30)}"
        with store.reading() as connection:
            known = speakers.find(connection, alias) is not None
        if known and rng.random() < 0.4:
            forget(store, alias)
        else:
            write(store, alias, unit(1000 + step))
        if rng.random() < 0.3:
            search(store, gallery, unit(step))
    for seed in range(20):
        kept = search(store, gallery, unit(seed), most=10)
        fresh = search(store, Gallery(SYSTEM, FRONT_END), unit(seed), most=10)
        assert kept == fresh


@pytest.mark.parametrize("most", [1, 7, 100])
def test_the_largest_are_those_of_a_full_sort(most):
    values = np.random.default_rng(most).normal(size=100).astype(np.float32)
    assert largest(values, most).tolist() == np.argsort(-values)[:most].tolist()
