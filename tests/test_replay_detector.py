"""Replays altered on purpose, of speakers that the detector was not trained with."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy.signal import resample

from cepstra.digits.fingerprint import Fingerprint, fingerprint
from cepstra.digits.replay_candidates import MOST_CANDIDATES, N_NEWEST, Compared
from cepstra.digits.replay_detector import LEAST_LIKENESS
from cepstra.digits.single_word import crowded_words
from cepstra.evaluation.attack_species import SPECIES, heard
from cepstra.evaluation.attacks import read_victims
from cepstra.frontend import page_definition
from cepstra.store.fingerprints import Fingerprint as Kept
from cepstra.verification.replay import WORDS, ReplayGuard, load_replay_detector

NAMES = ("fsjackson", "fstheo")
N_ATTEMPTS = 2
N_KNOWN = 4  # three enrolled takes of each digit and an accepted answer
DEVICES = ("laptop", "phone")
GETS_IN = ("cafe copy", "laptop copy, speed 1.05", "AMR, 4.75 kbit/s")  # docs/security.md#attacks
KINDS = [kind for kind in SPECIES if kind not in GETS_IN]
AVERAGES = 2  # the place of their rule
PAUSE_S = 0.3


@pytest.fixture(scope="module")
def corpus(shared_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("two-speakers")
    for name in NAMES:
        (folder / name).symlink_to(shared_dir / "corpora" / "fsdd" / name)
    return folder


@pytest.fixture(scope="module")
def copies(shared_dir, corpus, tmp_path_factory):
    """The same recordings as other devices would have heard them."""
    made = {device: tmp_path_factory.mktemp(device) for device in DEVICES}
    degrade = shared_dir / "tools" / "degrade.py"
    for device, folder in made.items():
        said = tmp_path_factory.mktemp(f"said-{device}")
        for path in [p for name in NAMES for p in (corpus / name).glob("*.flac")]:
            if int(path.stem.split("_")[-1]) < N_KNOWN:
                (said / path.parent.name).mkdir(exist_ok=True)
                (said / path.parent.name / path.name).symlink_to(path.resolve())
        subprocess.run([sys.executable, degrade, device, said, folder], check=True)
    return made


@pytest.fixture(scope="module")
def victims(corpus, copies):
    everybody = read_victims(corpus, N_KNOWN - 1, copies)
    return [everybody[name] for name in NAMES]


@pytest.fixture(scope="module")
def detector():
    return load_replay_detector()


def printed(attempt):
    return [(digit, fingerprint(frames)) for digit, frames in attempt]


def found(detector, victims, draw, n_attempts=N_ATTEMPTS) -> list[bool]:
    return [
        detector.is_replay(printed(draw(victim)), victim.prints)
        for victim in victims
        for _ in range(n_attempts)
    ]


def test_honest_repetitions_on_another_device_are_no_replays(detector, victims):
    """A device is no proof of a copy: the same words through it, of which no recording is known."""
    rng = np.random.default_rng(6)
    for victim in victims:
        known = {digit: same[1:] for digit, same in victim.prints.items()}
        for device in DEVICES:
            first = [(d, heard(victim.sound(d, 0, device))) for d in victim.asked(rng)]
            assert not detector.is_replay(printed(first), known)


def test_honest_repetitions_are_no_replays(detector, victims):
    rng = np.random.default_rng(1)
    assert not any(found(detector, victims, lambda victim: victim.honest(rng)))


@pytest.mark.parametrize("kind", KINDS)
def test_altered_answers_are_replays(detector, victims, kind):
    rng = np.random.default_rng(2)
    assert all(found(detector, victims, lambda victim: victim.attacked(rng, SPECIES[kind])))


def test_pauses_around_an_answer_make_no_replay_of_it(detector, shared_dir):
    """Tightly cut recordings are enrolled; a microphone hears silence around the words."""
    victim = read_victims(shared_dir / "corpora" / "fsdd", 2, copies={})["fsgeorge"]
    known = {digit: same[:2] for digit, same in victim.prints.items()}
    pause = np.zeros(round(PAUSE_S * page_definition().sample_rate_hz))
    for place in range(2, 6):
        for digits in ((0, 1, 2), (3, 4, 5), (5, 6, 7, 8, 9)):
            sounds = [np.concatenate([pause, victim.sound(d, place), pause]) for d in digits]
            attempt = printed(zip(digits, map(heard, sounds), strict=True))
            assert not detector.is_replay(attempt, known)


def test_without_earlier_recordings_there_is_nothing_to_replay(detector, victims):
    attempt = printed(victims[0].honest(np.random.default_rng(3)))
    assert not detector.is_replay(attempt, {})


def test_an_answer_turned_round_is_told_by_its_first_word_that_can_be_compared(detector, victims):
    known = victims[0].prints
    turned = [(digit, words[-1].mirrored) for digit, words in list(known.items())[:5]]
    first = {turned[0][0]: known[turned[0][0]][:1]}
    for recordings in (known, {**known, **first}):
        assert detector.is_replay(turned, recordings)


def test_what_was_turned_round_resembles_its_source_and_honest_words_hardly_ever(victims):
    """Then the second look, which costs as much as a word of the first, is left out."""
    rng, honest, turned = np.random.default_rng(8), [], []
    for victim in victims * 12:
        copied = printed(victim.attacked(rng, SPECIES["laptop copy"]))
        copied = [(digit, word.mirrored) for digit, word in copied]
        for attempt, likenesses in ((printed(victim.honest(rng)), honest), (copied, turned)):
            known = [victim.prints[digit] for digit, _ in attempt]
            compared = Compared.of([word for _, word in attempt], known)
            likenesses.append(compared.likeness_backwards())
    assert min(turned) > LEAST_LIKENESS
    assert np.mean(np.array(honest) < LEAST_LIKENESS) > 0.8


@pytest.mark.parametrize(("n_known", "is_replay"), [(1, False), (2, True)])
def test_two_earlier_recordings_are_needed_to_recognise(detector, victims, n_known, is_replay):
    victim, rng = victims[0], np.random.default_rng(4)
    known = {digit: same[-n_known:] for digit, same in victim.prints.items()}
    attempt = [(digit, known[digit][-1]) for digit in victim.asked(rng)]
    assert detector.is_replay(attempt, known) == is_replay
    assert not detector.is_replay(printed(victim.honest(rng)), known)


@pytest.mark.parametrize("n_known", [9, 60])
def test_of_however_many_recordings_as_many_are_compared(victims, n_known):
    """The newest are, and the oldest, which a faster copy was made of."""
    victim, rng = victims[0], np.random.default_rng(6)
    others = [one for other in victims[1:] for same in other.prints.values() for one in same]
    queries, known = [], []
    for digit, same in victim.prints.items():
        source = int(rng.integers(len(same)))
        sound = victim.sound(digit, source)
        faster = heard(resample(sound, round(len(sound) / 1.05)))
        queries.append(fingerprint(faster))
        known.append([same[source], *(others * 2)[: n_known - 1]])
    chosen = Compared.of(queries, known).candidates().reshape(len(queries), -1) % n_known
    assert chosen.shape[1] == MOST_CANDIDATES
    assert (chosen[:, 0] == 0).all()
    assert (chosen[:, -N_NEWEST:] == np.arange(n_known - N_NEWEST, n_known)).all()


def test_rejected_answers_do_not_make_a_replay_look_honest(detector, victims):
    """Nearly the same word sent again and again would pass for how the speaker repeats words."""
    victim, other = victims
    guard, rng = ReplayGuard((), replays=detector), np.random.default_rng(7)
    takes = [Kept(d, one.to_bytes()) for d, same in victim.prints.items() for one in same]
    nearly = [
        (digit, frames + 0.01 * rng.normal(size=frames.shape))
        for digit in victim.digits
        for frames in [other.known[digit][0]] * N_NEWEST
    ]
    rejected = [Kept(d, fingerprint(frames).to_bytes(), False) for d, frames in nearly]
    attempt = victim.attacked(rng, SPECIES["mean of two takes"])
    new = [Kept(digit, fingerprint(frames).to_bytes()) for digit, frames in attempt]
    assert guard.find({WORDS: new}, {WORDS: takes}, {WORDS: rejected})
    sent = {digit: [] for digit in victim.digits}
    for digit, frames in nearly:
        sent[digit].append(fingerprint(frames))
    said = {digit: [*same, *sent[digit]] for digit, same in victim.prints.items()}
    assert detector.margins(printed(attempt), victim.prints, sent)[AVERAGES] < 0
    assert detector.margins(printed(attempt), said)[AVERAGES] > 0


@pytest.mark.parametrize("n_frames", [1, 2, 13, 2000])
def test_messages_of_any_length_have_fingerprints(detector, n_frames):
    frames = np.random.default_rng(n_frames).normal(scale=20, size=(n_frames, 20))
    kept = fingerprint(frames)
    again = Fingerprint.from_bytes(kept.to_bytes())
    assert 1 <= len(kept.frames) <= 200
    assert np.array_equal(again.frames, kept.frames) and np.array_equal(again.floor, kept.floor)
    assert np.isfinite(detector.margins([(1, again)], {1: [kept, kept]})).all()


def test_words_behind_a_digit_are_noticed(victims):
    victim, other = victims
    rng = np.random.default_rng(5)
    crowded = victim.with_foreign_digits(rng, other)
    assert len(crowded_words([frames for _, frames in crowded])) == len(crowded)
    assert not crowded_words([frames for _, frames in victim.honest(rng)])


def test_a_rejected_copy_does_not_make_the_next_one_look_honest(detector, victims):
    """The same recordings through one device, refused and remembered, then through another."""
    guard = ReplayGuard(detectors=(), replays=detector)
    for victim in victims:
        asked = victim.asked(np.random.default_rng(8))
        takes = [Kept(d, one.to_bytes()) for d, same in victim.prints.items() for one in same]
        refused, again = (
            [
                Kept(d, fingerprint(heard(victim.sound(d, 0, device))).to_bytes(), False)
                for d in asked
            ]
            for device in DEVICES
        )
        assert guard.find({WORDS: again}, {WORDS: takes}, {WORDS: refused})
        said = victim.honest(np.random.default_rng(9))
        honest = [Kept(digit, fingerprint(frames).to_bytes()) for digit, frames in said]
        assert not guard.find({WORDS: honest}, {WORDS: takes}, {WORDS: refused})
