"""Networks that the operator trained, each a system that an attempt may ask for by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cepstra.gmm.calibration import probability
from cepstra.neural.gallery_verifier import GalleryVerifier
from cepstra.neural.model_folder import ModelFolderError, load_model, model_name
from cepstra.neural.utterance import Utterance
from cepstra.store.takes import Take
from cepstra.verification.decision import Assessment, Policy, Quality
from cepstra.verification.message import Message

NO_SPEECH = "no speech was found in the enrolment"


class OwnNetwork:
    """A network of `cepstra train` under the service's policy.

    It keeps nothing of anybody: a speaker is compared by the kept takes, embedded at every attempt.
    It sees frames alone, as it did when it was trained.
    """

    def __init__(self, verifier: GalleryVerifier, policy: Policy) -> None:
        self._verifier = verifier
        self._policy = policy

    def assess(
        self,
        takes: Sequence[Take],
        attempt: Sequence[Message],
        quality: Quality,
        threshold_offset: float = 0.0,
    ) -> Assessment:
        """Compare an attempt with the training takes of a speaker.

        Args:
            takes: all that are kept.
            attempt: its messages, at least one.
            quality: of the attempt, as the shipped system found it.
            threshold_offset: by how much the ratio must exceed the threshold.
        """
        policy = replace(self._policy, threshold=self._policy.threshold + threshold_offset)
        spoken = [take for take in takes if take.role == "train" and take.embedding is None]
        try:
            gallery = self._verifier.gallery([Utterance(take.frames) for take in spoken])
        except ValueError:
            told = Quality(quality.speech_s, (*quality.warnings, NO_SPEECH))
            return Assessment(None, None, "inconclusive", told, policy.threshold)
        llr = self._verifier.llr(gallery, [Utterance(m.frames) for m in attempt])
        speech_s = 0.0 if llr is None else quality.speech_s or 0.0
        decision, warnings = policy.decide(llr or 0.0, speech_s)
        told = Quality(quality.speech_s, tuple(dict.fromkeys((*quality.warnings, *warnings))))
        chance = None if llr is None else probability(llr)
        return Assessment(llr, chance, decision, told, policy.threshold)


def load_own_networks(
    folders: str, false_accept_rate: float, min_speech_s: float
) -> dict[str, OwnNetwork]:
    """Read the model folders of the setting MODEL_FOLDERS; each gives its network its name.

    Args:
        folders: paths, separated by commas.
        false_accept_rate: that thresholds are set for.
        min_speech_s: the least speech that decides anything.

    Raises:
        ModelFolderError: one cannot be used, or two have one name; names the setting.
    """
    found: dict[str, OwnNetwork] = {}
    try:
        for folder in (Path(part.strip()) for part in folders.split(",") if part.strip()):
            name = model_name(folder)
            if name in found:
                raise ModelFolderError(f"{folder}: expected folders of different names")
            verifier = load_model(folder)
            threshold = verifier.threshold(false_accept_rate)
            policy = Policy(threshold, min_speech_s, false_accept_rate)
            found[name] = OwnNetwork(verifier, policy)
    except ModelFolderError as error:
        raise ModelFolderError(f"MODEL_FOLDERS: {error}") from None
    return found
