"""One attempt, compared with all that is known of the speaker: arrays in, a result out, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from numpy.typing import NDArray

from cepstra.digits.single_word import crowded_words
from cepstra.store.fingerprints import Fingerprint
from cepstra.store.speakers import Speaker
from cepstra.store.takes import KnownTake
from cepstra.verification.decision import Assessment, Decision, Quality
from cepstra.verification.digit_check import Word, faults_of_order
from cepstra.verification.errors import FrontEndMismatchError
from cepstra.verification.frame_scores import Scores, count_above, percent, score_threshold
from cepstra.verification.message import Message
from cepstra.verification.security_policy import SecurityPolicy
from cepstra.verification.verifier import PreparedModel, Verifier

Prints = Mapping[str, NDArray[Any]]
Reason = Literal["not-enrolled", "wrong-digits", "repeated", "another-voice", "too-little-speech"]
REASONS: tuple[str, ...] = get_args(Reason)
Fault = tuple[Reason, str]

ANOTHER_VOICE: Fault = ("another-voice", "another voice")
REJECTED = Assessment(llr=None, probability=None, decision="reject", quality=Quality(None))
NO_REFERENCE = (
    "no reference speech yet, so no frames are counted: a second take of a digit, or one for "
    "testing, is the reference"
)


@dataclass(frozen=True)
class Template:
    """A speaker as scoring takes it.

    Attributes:
        speaker: as it was when the model was read.
        verifier: serves the speaker's front end.
        model: made by that verifier.
    """

    speaker: Speaker
    verifier: Verifier
    model: PreparedModel


@dataclass(frozen=True)
class Evidence:
    """What utterances are compared with beside the voice.

    Attributes:
        policy: how they are compared.
        takes: the speaker's, with their prints, oldest first.
        answers: fingerprints of the last answers by detector, oldest first.
    """

    policy: SecurityPolicy
    takes: Sequence[KnownTake] = ()
    answers: Mapping[str, Sequence[Fingerprint]] = field(default_factory=dict)

    def repeats(self, utterances: Sequence[Message], prints: Sequence[Prints]) -> Sequence[str]:
        """Return what utterances repeat of takes, of answers and of each other, in words."""
        guard = self.policy.replay
        takes = [(take.digit, take.prints) for take in self.takes]
        enrolled = {name: _fingerprints(name, takes) for name in guard.names}
        return guard.find(fingerprints(self.policy, utterances, prints), enrolled, self.answers)

    def unlike_digits(
        self, utterances: Sequence[Message], prints: Sequence[Prints]
    ) -> Sequence[str]:
        """Return why utterances do not sound like their digits, in words."""
        faults = [
            fault
            for checker in self.policy.digit_checkers
            for fault in checker.check(
                self.words(checker.name),
                [Word(m.digit, p[checker.name]) for m, p in zip(utterances, prints, strict=True)],
            )
        ]
        return [*faults, *crowded_words([utterance.frames for utterance in utterances])]

    def words(self, checker: str) -> list[Word]:
        """Return the takes as a checker compares them."""
        return [Word(take.digit, take.prints[checker]) for take in self.takes]


@dataclass(frozen=True)
class Result:
    """What came of an attempt.

    Attributes:
        assessment: of the voice.
        frame_scores: (T,) of all frames; None where nobody is enrolled or embeddings are compared.
        threshold: the frame score that a matching frame exceeds; None without reference speech.
        faults: what speaks against the attempt, the weightiest first, with texts for the audit
            log.
        prints: of each utterance, to be remembered; none where there was no evidence.
        system: name of the operator's network that decided; None for the shipped system.
    """

    assessment: Assessment
    frame_scores: Scores | None = None
    threshold: float | None = None
    faults: Sequence[Fault] = ()
    prints: Sequence[Prints] = ()
    system: str | None = None

    @property
    def decision(self) -> Decision:
        """Reject where there is any fault, else as judged."""
        return "reject" if self.faults else self.assessment.decision

    @property
    def reason(self) -> Reason | None:
        """Return what speaks against the attempt most; None where nothing does."""
        if self.faults:
            return self.faults[0][0]
        return "too-little-speech" if self.decision == "inconclusive" else None

    @property
    def texts(self) -> Sequence[str]:
        """Return what explains the decision, in words: of an accept nothing."""
        if self.decision == "inconclusive":
            return self.assessment.quality.warnings
        faults = self.faults or ([ANOTHER_VOICE] if self.decision == "reject" else [])
        return [text for _, text in faults]

    @property
    def matching_frames(self) -> int | None:
        """Return how many frames exceed the threshold."""
        if self.frame_scores is None or self.threshold is None:
            return None
        return count_above(self.frame_scores, self.threshold)

    @property
    def percent_matching(self) -> int | None:
        """Return their share of all frames in whole percent."""
        matching = self.matching_frames
        if self.frame_scores is None or matching is None:
            return None
        return percent(matching, len(self.frame_scores))


def verify(
    template: Template | None,
    utterances: Sequence[Message],
    evidence: Evidence | None = None,
    asked: Sequence[int] = (),
) -> Result:
    """Compare utterances with a speaker's model and, for a challenge, with the evidence.

    Args:
        template: None where nobody is enrolled.
        utterances: at least one, in the order said.
        evidence: what a challenged attempt is compared with too; None for a plain attempt.
        asked: the challenge's digits.

    Raises:
        FrontEndMismatchError: the speaker's takes come from another front end.
    """
    order = faults_of_order(asked, utterances) if evidence else ()
    faults: list[Fault] = [("wrong-digits", text) for text in order]
    if template is None:
        return Result(REJECTED, faults=[("not-enrolled", "NotTrainedError"), *faults])
    for utterance in utterances:
        check_front_end(template.speaker, utterance)
    scored = template.verifier.score(template.model.prepared, utterances)
    frame_scores = scored.frame_scores if len(scored.frame_scores) else None
    threshold = score_threshold(template.model.summary)
    if evidence is None:
        is_counted = frame_scores is None or threshold is not None
        assessment = scored.assessment if is_counted else _warned(scored.assessment)
        return Result(assessment, frame_scores, threshold)
    prints = [evidence.policy.prints(utterance.frames) for utterance in utterances]
    found: list[Fault] = [
        *(("wrong-digits", text) for text in evidence.unlike_digits(utterances, prints)),
        *(("repeated", text) for text in evidence.repeats(utterances, prints)),
    ]
    if scored.assessment.decision == "reject":
        found.insert(0 if _is_likelier_another(scored.assessment) else len(found), ANOTHER_VOICE)
    return Result(scored.assessment, frame_scores, threshold, [*faults, *found], prints)


def check_front_end(speaker: Speaker, message: Message) -> None:
    """Refuse a message that cannot be compared with the speaker's takes.

    Raises:
        FrontEndMismatchError: its front end or width differs from theirs.
    """
    if speaker.width is None:
        return
    if message.frontend != speaker.frontend:
        expected, got = speaker.frontend or "none", message.frontend or "none"
        text = f"expected {expected} as in the speaker's enrolment, got {got}"
        raise FrontEndMismatchError("frontend", text)
    if message.frames.shape[1] != speaker.width:
        text = f"expected {speaker.width} coefficients as enrolled, got {message.frames.shape[1]}"
        raise FrontEndMismatchError("mfcc", text)


def fingerprints(
    policy: SecurityPolicy, utterances: Sequence[Message], prints: Sequence[Prints]
) -> dict[str, Sequence[Fingerprint]]:
    """Return the fingerprints of utterances by detector."""
    said = [(utterance.digit, one) for utterance, one in zip(utterances, prints, strict=True)]
    return {name: _fingerprints(name, said) for name in policy.replay.names}


def _fingerprints(
    detector: str, said: Sequence[tuple[int | None, Prints]]
) -> Sequence[Fingerprint]:
    return [Fingerprint(digit, prints[detector].tobytes()) for digit, prints in said]


def _is_likelier_another(assessment: Assessment) -> bool:
    """Tell whether another voice explains best why digits are unlike the speaker's own."""
    return assessment.llr is not None and assessment.llr < 0


def _warned(assessment: Assessment) -> Assessment:
    quality = assessment.quality
    warnings = (*quality.warnings, NO_REFERENCE)
    return replace(assessment, quality=replace(quality, warnings=warnings))
