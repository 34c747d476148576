"""How often attacks on a speaker are accepted: IAPAR of ISO/IEC 30107-3, and honest loss beside it.

Each speaker enrols with the first takes of every digit. The next take of each digit was an accepted
answer, which the service remembers and an attacker recorded; those after it are honest attempts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.digits import replay_match
from cepstra.digits.fingerprint import Fingerprint, fingerprint
from cepstra.digits.replay_detector import ReplayDetector
from cepstra.digits.single_word import crowded_words
from cepstra.evaluation.attack_species import PEAK, Mixture, Recorded, Species, among, heard
from cepstra.evaluation.protocol import digit_of
from cepstra.evaluation.synthetic_voice import SPEEDS, synthetic
from cepstra.evaluation.system import RecordedTake, System
from cepstra.frontend import Features, page_definition
from cepstra.frontend.audio import read_audio
from cepstra.verification.digit_check import Word
from cepstra.verification.spoken_digits import SpokenDigits

Frames = NDArray[np.float64]
DigitFrames = Sequence[tuple[int, Frames]]

N_DIGITS = 5
GAP_S = 0.1
QUIETER = 0.25
BABBLE_DB = 10.0


class Victim:
    """A speaker's recordings by digit, in the order of their numbers.

    Args:
        paths: of each digit, at least `n_enrolled + 2`.
        n_enrolled: how many of each digit are enrolled.
        copies: folders with the same recordings as other devices heard them.
    """

    def __init__(
        self,
        paths: Mapping[int, Sequence[Path]],
        n_enrolled: int,
        copies: Mapping[str, Path],
    ) -> None:
        self._paths = paths
        self._n_enrolled = n_enrolled
        self._copies = copies
        self.digits = sorted(paths)
        self._rounds: dict[int, list[RecordedTake]] = {}

    @property
    def enrolled(self) -> Sequence[RecordedTake]:
        """Takes, oldest first."""
        return [take for place in range(self._n_enrolled) for take in self.round(place)]

    @cached_property
    def known(self) -> Mapping[int, Sequence[Frames]]:
        """What the service knows of each digit: enrolled takes and the remembered answer."""
        places = range(self._n_enrolled + 1)
        return {d: [heard(self.sound(d, n)) for n in places] for d in self.digits}

    @cached_property
    def prints(self) -> Mapping[int | None, Sequence[Fingerprint]]:
        """Fingerprints of `known`."""
        return {digit: [fingerprint(f) for f in same] for digit, same in self.known.items()}

    def sound(self, digit: int, place: int, device: str = "") -> NDArray[np.float64]:
        """Samples of a recording, or of its copy on a device."""
        path = self._paths[digit][place]
        if device:
            path = self._copies[device] / path.parent.name / path.name
        return read_audio(path, page_definition().sample_rate_hz)

    def round(self, place: int) -> list[RecordedTake]:
        """Return the take of that place of each digit."""
        if place not in self._rounds:
            takes = [as_take(digit, heard(self.sound(digit, place))) for digit in self.digits]
            self._rounds[place] = takes
        return self._rounds[place]

    def asked(self, rng: np.random.Generator) -> list[int]:
        """Draw a challenge."""
        return [int(d) for d in rng.permutation(self.digits)[:N_DIGITS]]

    def honest(self, rng: np.random.Generator, device: str = "") -> DigitFrames:
        """Answer with recordings that nobody heard before, or on a device that enrolled nothing."""
        fresh = {d: range(self._n_enrolled + 1, len(self._paths[d])) for d in self.digits}
        asked = self.asked(rng)
        return [(d, heard(self.sound(d, int(rng.choice(fresh[d])), device))) for d in asked]

    def amid(self, rng: np.random.Generator, others: Sequence[Victim]) -> DigitFrames:
        """Play recordings that the service knows while others speak, at `BABBLE_DB`."""
        attempt = []
        for digit in self.asked(rng):
            own = self.sound(digit, int(rng.integers(self._n_enrolled + 1)))
            said = [each.sound(int(rng.choice(each.digits)), 0) for each in others]
            attempt.append((digit, heard(among(own, said, BABBLE_DB))))
        return attempt

    def digits_of(self, rng: np.random.Generator, other: Victim) -> DigitFrames:
        """Somebody else answers a challenge in his own voice."""
        return [(d, heard(other.sound(d, int(rng.integers(2))))) for d in self.asked(rng)]

    def in_synthetic_voice(self, rng: np.random.Generator) -> DigitFrames:
        """A text-to-speech program answers a challenge, each digit at a speed of its own.

        Raises:
            ModuleNotFoundError: there is none.
        """
        return [(d, heard(synthetic(d, float(rng.choice(SPEEDS))))) for d in self.asked(rng)]

    def attacked(self, rng: np.random.Generator, species: Species) -> DigitFrames:
        """Answer a challenge with what is made of recordings that the service knows."""
        return [(d, species(rng, self._recorded(rng, d))) for d in self.asked(rng)]

    def mixed(self, rng: np.random.Generator, other: Victim, mix: Mixture) -> DigitFrames:
        """Answer with what is made of recordings that the service knows and of another's."""
        attempt = []
        for digit in self.asked(rng):
            own = self.known[digit][int(rng.integers(self._n_enrolled + 1))]
            attempt.append((digit, mix(own, heard(other.sound(digit, int(rng.integers(2)))))))
        return attempt

    def with_foreign_digits(self, rng: np.random.Generator, other: Victim) -> DigitFrames:
        """Somebody else says each digit, and four quieter words of the victim follow."""
        attempt = []
        gap = np.zeros(round(GAP_S * page_definition().sample_rate_hz))
        for digit in self.asked(rng):
            parts = [other.sound(digit, 0) / np.abs(other.sound(digit, 0)).max()]
            for word in rng.choice([d for d in self.digits if d != digit], size=4):
                own = self.sound(int(word), self._n_enrolled)
                parts += [gap, QUIETER * own / np.abs(own).max()]
            attempt.append((digit, heard(PEAK * np.concatenate(parts))))
        return attempt

    def _recorded(self, rng: np.random.Generator, digit: int) -> Recorded:
        place, other = rng.permutation(self._n_enrolled + 1)[:2]
        copies = {device: self.sound(digit, place, device) for device in self._copies}
        known = self.known[digit]
        return Recorded(self.sound(digit, place), known[place], known[other], copies)


def read_victims(corpus: Path, n_enrolled: int, copies: Mapping[str, Path]) -> dict[str, Victim]:
    """Read who has enough recordings of at least `N_DIGITS` digits."""
    victims: dict[str, Victim] = {}
    for folder in sorted(path for path in corpus.iterdir() if path.is_dir()):
        by_digit: dict[int, list[Path]] = {}
        for path in sorted(folder.glob("*.flac"), key=lambda p: int(p.stem.split("_")[-1])):
            by_digit.setdefault(digit_of(path.name) or 0, []).append(path)
        enough = {d: paths for d, paths in by_digit.items() if len(paths) >= n_enrolled + 2}
        if len(enough) >= N_DIGITS:
            victims[folder.name] = Victim(enough, n_enrolled, copies)
    return victims


def as_take(digit: int | None, frames: Frames) -> RecordedTake:
    """Return frames as the service receives them."""
    none = np.zeros(len(frames))
    return RecordedTake(Features(frames, none, none), digit)


@dataclass(frozen=True)
class Findings:
    """What speaks against an attempt.

    Attributes:
        digits: other digits than those asked for.
        voice: another voice.
        copy: frames that lie over earlier ones (the detector of copies).
        replay: earlier recordings explain it better than honest speech does.
        crowd: more than the word in a message.
    """

    digits: bool
    voice: bool
    copy: bool
    replay: bool
    crowd: bool

    @property
    def is_accepted(self) -> bool:
        """Tell whether nothing speaks against it."""
        return not any(vars(self).values())


@dataclass(frozen=True)
class Target:
    """A victim as the service knows him.

    Attributes:
        model: of the voice.
        words: the enrolled takes as the digit check compares them.
        traces: of all known recordings, as the detector of copies compares them.
        prints: the same as the detector of replays does, by digit.
    """

    model: object
    words: Sequence[Word]
    traces: Sequence[replay_match.Fingerprint]
    prints: Mapping[int | None, Sequence[Fingerprint]]


@dataclass(frozen=True)
class Judge:
    """The defences of the service.

    Attributes:
        system: compares voices.
        spoken: compares digits.
        detector: looks for replays.
    """

    system: System
    spoken: SpokenDigits
    detector: ReplayDetector

    def enrolled(self, victim: Victim) -> Target:
        """Enrol a victim, whose later takes were accepted answers."""
        known = [frames for same in victim.known.values() for frames in same]
        return Target(
            self.system.enrol(victim.enrolled),
            self._words(victim.enrolled),
            [replay_match.fingerprint(frames) for frames in known],
            victim.prints,
        )

    def findings(self, target: Target, attempt: DigitFrames) -> Findings:
        """Judge an attempt to be taken for a victim."""
        takes = [as_take(digit, frames) for digit, frames in attempt]
        traces = [replay_match.fingerprint(frames) for _, frames in attempt]
        (score,), (threshold,) = self.system.scores_and_thresholds([target.model], takes)
        prints = [(digit, fingerprint(frames)) for digit, frames in attempt]
        return Findings(
            digits=bool(self.spoken.check(target.words, self._words(takes))),
            voice=score < threshold,
            copy=bool(replay_match.matches(traces, target.traces).any()),
            replay=self.detector.is_replay(prints, target.prints),
            crowd=bool(crowded_words([frames for _, frames in attempt])),
        )

    def _words(self, takes: Sequence[RecordedTake]) -> list[Word]:
        return [Word(take.digit, self.spoken.print_of(take.features.mfcc)) for take in takes]
