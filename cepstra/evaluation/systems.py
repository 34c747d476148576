"""The verifiers that can be evaluated, each the service's own code behind one interface."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.config import Config
from cepstra.evaluation.embedding_system import EmbeddingSystem
from cepstra.evaluation.sound_system import NETWORK, SoundSystem
from cepstra.evaluation.system import Judged, RecordedTake, System
from cepstra.frontend import FrontEndDefinition, page_definition
from cepstra.gmm.batch_scoring import calibrated, raw_scores
from cepstra.gmm.fusion_scorer import FusionScorer, SpokenMessage
from cepstra.neural.gallery_verifier import GalleryVerifier
from cepstra.neural.model_folder import load_model
from cepstra.store import takes as stored
from cepstra.verification import shipped
from cepstra.verification.classic_verifier import ClassicVerifier
from cepstra.verification.decision import Policy
from cepstra.verification.enrolled_speech import EnrolledSpeech
from cepstra.verification.frame_scores import FrameScores, count_above
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.message import Message
from cepstra.verification.registry import limit_blas_threads, load_verifiers
from cepstra.verification.verifier import Built

CLASSIC_FRONT_END = FrontEndDefinition(
    id="",
    sample_rate_hz=44_100,
    frame_samples=512,
    hop_samples=512,
    remove_frame_mean=False,
    pre_emphasis=0.0,
    gain=1.0,
    window="hamming",
    mel_bands=26,
    coefficients=13,
    step=0,
)


# The rule counts all frames, so it is given no quiet around them.
BARE_FRONT_END = replace(page_definition(), endpointing=None)


class ClassicRule(System):
    """The classic demo's rule: the share of an attempt's frames above the speaker's threshold.

    The classic demo shows that share beside the reference's and leaves the decision to the
    reader. Normally distributed reference values lie above mean - deviation in 84.13% of the
    frames; here an attempt is accepted when its share is at most ten points below that.
    """

    threshold = 0.7413

    def __init__(self, definition: FrontEndDefinition) -> None:
        self.definition = definition
        self._system = ClassicVerifier()

    def enrol(self, takes: Sequence[RecordedTake]) -> Built:
        """Fit on the even takes of each digit and set the threshold on the odd ones.

        Of a single take, the second half sets it.

        Raises:
            ValueError: a single frame, which leaves nothing for the reference.
        """
        if len(takes) == 1:
            features, half = takes[0].features, len(takes[0].features) // 2
            takes = [
                RecordedTake(part, None) for part in (features[:half], features[half:]) if len(part)
            ]
        model = self._system.build(stored_takes(takes))
        if model.summary["reference"] is None:  # no digit came twice: split by order alone
            model = self._system.build(
                stored_takes([RecordedTake(t.features, None) for t in takes])
            )
        if model.summary["reference"] is None:
            raise ValueError("takes: expected two frames or more, got one")
        return model

    def scores(self, models: Sequence[Built], takes: Sequence[RecordedTake]) -> NDArray[np.float64]:
        """The (M,) shares, 0 to 1, of all frames of the attempt above the models' thresholds."""
        return np.array([self._share(model, messages(takes)) for model in models])

    def _share(self, model: Built, attempt: Sequence[Message]) -> float:
        scores = self._system.score(self._system.prepare(model.arrays), attempt).frame_scores
        threshold = FrameScores(**model.summary["reference"]).threshold
        return count_above(scores, threshold) / len(scores)


class CalibratedSystem(System):
    """A system of the service with a calibrated log-likelihood ratio and a policy."""

    definition = page_definition()
    scores_are_llrs = True

    def __init__(self, system: FusionVerifier) -> None:
        self.system = system
        self.threshold = system.policy.threshold

    def enrol(self, takes: Sequence[RecordedTake]) -> Built:
        """Add up the takes' statistics."""
        return self.system.build(stored_takes(takes))

    def raw_scores(
        self, models: Sequence[Built], takes: Sequence[RecordedTake]
    ) -> NDArray[np.float64]:
        """The (M, Q) scores before calibration; NaN where no speech is found."""
        scorer = self.system.scorer
        attempt = scorer.attempt([SpokenMessage(t.features.mfcc, t.digit) for t in takes])
        enrolled = [EnrolledSpeech.of(model.arrays).statistics for model in models]
        return raw_scores(scorer, enrolled, attempt)

    def judged(self, raw: NDArray[np.float64]) -> Judged:
        """The (M,) ratios and thresholds; 0, no evidence, where no speech is found."""
        llrs, allowances = calibrated(self.system.scorer.calibration, raw)
        return llrs, self.threshold + allowances

    def scores(self, models: Sequence[Built], takes: Sequence[RecordedTake]) -> NDArray[np.float64]:
        """The (M,) ratios, less their allowances, against M models; 0 where no speech is found."""
        llrs, thresholds = self.scores_and_thresholds(models, takes)
        return llrs - (thresholds - self.threshold)

    def open_set_threshold(self, n_speakers: int) -> float:
        """The ratio that strangers reach at the target rate against any of N speakers."""
        return self.system.open_set_threshold(n_speakers)


def messages(takes: Sequence[RecordedTake]) -> list[Message]:
    """The takes of an attempt as the service receives them."""
    return [Message(take.features.mfcc, digit=take.digit) for take in takes]


def stored_takes(takes: Sequence[RecordedTake]) -> list[stored.Take]:
    """Enrolment takes as the service's store would return them, ordinals counted per digit."""
    counts: dict[int | None, int] = {}
    result: list[stored.Take] = []
    for take in takes:
        ordinal = counts.get(take.digit, 0)
        counts[take.digit] = ordinal + 1
        result.append(stored.Take("train", take.digit, ordinal, take.features.mfcc))
    return result


def default_system() -> CalibratedSystem:
    """The service's own choice for the page's front end, under its default policy."""
    systems = load_verifiers(Config())
    return CalibratedSystem(systems.by_frontend[page_definition().id])


def background_system(load: Callable[[], FusionScorer]) -> CalibratedSystem:
    """Some of the default system's parts under a calibration of their own."""
    limit_blas_threads()
    config, scorer = Config(), load()
    threshold = scorer.threshold(config.target_false_accept_rate)
    policy = Policy(threshold, config.min_speech_s, config.target_false_accept_rate)
    return CalibratedSystem(FusionVerifier(scorer, "part", policy))


def embedding_system(family: str) -> EmbeddingSystem:
    """A network of models/ under the service's default policy."""
    content = (shipped.MODELS / f"{family}.onnx").read_bytes()
    return EmbeddingSystem(GalleryVerifier.from_bytes(content))


def own_system(folder: Path) -> EmbeddingSystem:
    """The network of a model folder under the service's default policy.

    Raises:
        cepstra.neural.model_folder.ModelFolderError: it cannot be read.
    """
    return EmbeddingSystem(load_model(folder), is_own=True)


DEFAULT_SYSTEM, SOUND_SYSTEM = "fusion", "campplus-sound"
EMBEDDING_FAMILIES = ("crnn-attention", "cnn-lstm", "dense-stats")
REGISTRY: Mapping[str, Callable[[], System]] = {
    "fusion": default_system,
    "gmm-ubm": lambda: background_system(shipped.load_mixtures),
    "campplus": lambda: background_system(shipped.load_campplus_alone),
    "tdnn": lambda: background_system(shipped.load_network_alone),
    "classic": lambda: ClassicRule(CLASSIC_FRONT_END),
    "classic-meyda-16k-1": lambda: ClassicRule(BARE_FRONT_END),
    SOUND_SYSTEM: SoundSystem,
    **{family: partial(embedding_system, family) for family in EMBEDDING_FAMILIES},
}


def available() -> list[str]:
    """Names of the systems that can be made: `campplus-sound` needs a file that is made first."""
    return [name for name in REGISTRY if name != SOUND_SYSTEM or NETWORK.is_file()]


def sharing(systems: Mapping[str, System]) -> list[list[str]]:
    """Group the names of systems that judge the same raw scores, who judges most of them first.

    The default system and its parts do, under calibrations of their own; any other is a group.
    """
    fused = {n: s.system.scorer for n, s in systems.items() if type(s) is CalibratedSystem}
    alike = sorted(fused, key=lambda name: -len(fused[name].raw_names))
    others = [[name] for name in systems if name not in fused]
    return [alike, *others] if alike else others
