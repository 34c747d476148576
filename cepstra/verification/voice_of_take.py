"""Is a new take of the voice of those before it?

Half a second of speech says little, so the newest takes are compared with the older ones alone, and
together with the takes before them: who got one take in is found out by those that follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from cepstra.gmm.embedding_scoring import joined
from cepstra.gmm.speech_features import joined_speech
from cepstra.store.arrays import Arrays
from cepstra.store.takes import Take
from cepstra.verification.enrolled_speech import EnrolledSpeech, TakeStatistics
from cepstra.verification.fusion_verifier import FusionVerifier

FEWEST_BEFORE = 2
CERTAIN = 3.0  # half of all honest takes alone, and 1% of others', reach this ratio
FEWEST_FRAMES = 20  # of speech; less is compared together with other takes alone
# How many of the newest takes, and the least ratio: the limits that let in fewest takes of others
# among those that together refuse at most 1% of background speakers' words (docs/security.md).
RUNS = ((1, -4.0), (2, -3.0), (3, -2.0), (5, -1.0))
MOST_COMPARED = max(n_takes for n_takes, _ in RUNS) - 1  # beside the new one


def is_another_voice(
    system: FusionVerifier, model: Arrays, new: TakeStatistics, newest: Sequence[Take]
) -> bool:
    """Tell whether a take, or a run of the newest takes with it, is unlike all takes before.

    Args:
        system: that made the model.
        model: arrays of the one of the takes before.
        new: the take.
        newest: at most `MOST_COMPARED` of the newest training takes before it, the oldest first.
    """
    enrolled = EnrolledSpeech.of(model)
    run: list[TakeStatistics] = [new]
    for n_takes, threshold in RUNS:
        n_older = enrolled.n_training_takes - (n_takes - 1)
        if n_older < max(FEWEST_BEFORE, n_takes):
            return False
        missing = newest[len(newest) - (n_takes - 1) : len(newest) - (len(run) - 1)]
        run = [*(system.accumulate(take) for take in missing), *run]
        ratio = _ratio(system, enrolled, run)
        if ratio < threshold and (n_takes > 1 or new.speech_frames >= FEWEST_FRAMES):
            return True
        if ratio >= CERTAIN:
            return False
    return False


def _ratio(
    system: FusionVerifier, enrolled: EnrolledSpeech, run: Sequence[TakeStatistics]
) -> float:
    """The log-likelihood ratio of a run, all but its last enrolled; 0 without speech."""
    others = reduce(EnrolledSpeech.without, run[:-1], enrolled)
    features = [take.features for take in run if take.features]
    if len(features) < len(run) or enrolled.sent_frames > 0:
        attempt = joined([take.embedding for take in run])
        llrs, _ = system.embedding_llrs([system.embedding(others)], attempt)
        return float(llrs[0])
    speaker = system.scorer.model(others.statistics)
    if speaker.speech_frames <= 0:
        return 0.0
    digits = {take.digit for take in run if take.digit is not None}
    alone = run[0].statistics if len(run) == 1 else None  # of several the mean is another
    attempt_of_frames = system.scorer.attempt_of(joined_speech(features), digits, alone)
    return system.scorer.score(speaker, attempt_of_frames).llr
