"""What the calls return: JSON objects as the service sends them; times are ISO 8601 text."""

from __future__ import annotations

from typing import Literal, TypedDict

Decision = Literal["accept", "reject", "inconclusive"]


class LogEntry(TypedDict):
    """Something that was said."""

    datetime: str
    digit: int | None


class Taken(LogEntry):
    """One take that is kept; its name tells it from others."""

    take: str
    device: str | None


class Scoring(LogEntry):
    """One scored attempt: its digits, of which `digit` is the last; result in percent of frames."""

    digits: list[int]
    result: int | None
    decided: Decision | None


class _Training(TypedDict):
    mfcc_train_store_length: int
    train_data_length: int
    test_data_length: int
    training_progress: int
    training_log: list[Taken]
    score_threshold: float | None
    result_reference: int | None


class Training(_Training):
    """Of `train`."""

    training_time: float
    take: str


class FrameScores(TypedDict):
    """Statistics of frame scores."""

    average: float | None
    deviation: float | None
    min: float | None
    max: float | None


class Reference(FrameScores):
    """Of `test`."""

    take: str
    score_threshold: float
    result_reference: int
    mfcc_test_store_length: int


class Quality(TypedDict):
    """What a decision rests on."""

    speech_s: float | None
    warnings: list[str]


class Score(FrameScores):
    """Of `score`."""

    llr: float | None
    probability: float | None
    threshold: float | None
    decision: Decision
    quality: Quality
    cosine: float | None
    embedding: list[float] | None
    length: int
    score: int | None
    result_reference: int | None
    scoring_log: list[Scoring]


class Answered(TypedDict):
    """Of `answer`; decision and assertion are null while digits remain."""

    challenge: str
    remaining: int
    decision: Decision | None
    llr: float | None
    probability: float | None
    threshold: float | None
    reason: str | None
    assertion: str | None


class Challenge(TypedDict):
    """Digits to say, in this order, once."""

    challenge: str
    speaker: str
    digits: list[int]
    expires_at: str


class ConsentGiven(TypedDict):
    """What was agreed to, and when."""

    version: str
    datetime: str


class DeviceTakes(TypedDict):
    """How many takes a device gave; null for those that named none."""

    device: str | None
    takes: int


class Status(_Training):
    """Of `status`."""

    alias: str
    devices: list[DeviceTakes]
    consent: ConsentGiven | None
    consistency: int | None
    unlike_takes: list[str]
    sounds_like_another: bool
    sounds_like: str | None
    rejects: int
    locked_until: str | None
    mfcc_test_store_length: int
    scoring_log: list[Scoring]


class Speaker(TypedDict):
    """A speaker."""

    alias: str
    subject: str
    frontend: str | None
    created_at: str


class Rank(TypedDict):
    """A candidate."""

    alias: str
    cosine: float | None
    llr: float | None
    probability: float | None


class Identification(TypedDict):
    """Of `identify`."""

    decision: Literal["identified", "none", "inconclusive"]
    embedding: list[float] | None
    speaker: str | None
    ranking: list[Rank]
    probability_none: float | None
    threshold: float
    n_speakers: int
    quality: Quality


class Recognition(TypedDict):
    """Of `recognise`."""

    outcome: Literal[
        "identified", "other-voice", "registered", "re-registered", "none", "inconclusive"
    ]
    name: str
    embedding: list[float] | None
    speaker: str | None
    ranking: list[Rank]
    threshold: float
    n_speakers: int
    quality: Quality


class Voice(TypedDict):
    """A voice of a recording."""

    name: str
    speaker: str | None
    llr: float | None
    speech_s: float


class VoiceSegment(TypedDict):
    """A stretch of one voice."""

    start_s: float
    end_s: float
    voice: str
    confidence: float
    other: str | None
    channel: str | None


class Timeline(TypedDict):
    """Of `timeline`."""

    duration_s: float
    voices: list[Voice]
    segments: list[VoiceSegment]


class Comparison(TypedDict):
    """Of `compare`."""

    cosine: float | None
    embeddings: list[list[float]] | None
    llr: float | None
    probability: float | None
    threshold: float
    decision: Decision
    quality: Quality


class Intrusion(TypedDict):
    """Somebody's speech on the own model."""

    alias: str
    result: int | None
    test_data_length: int
    take_scores: list[float]


class Exchange(TypedDict):
    """Two speakers, each on the other's model."""

    alias: str
    result_alias_model: int | None
    result_user_model: int | None


class InForce(TypedDict):
    """The threshold that attempts are held to; `adopted_at` is None where it is the shipped one."""

    system: str
    threshold: float
    shipped_threshold: float
    false_accept_rate: float
    adopted_at: str | None


class Estimate(TypedDict):
    """A value with its 95% interval."""

    value: float
    low: float
    high: float


class Judged(TypedDict):
    """A threshold and its error rates, 0 to 1."""

    threshold: float
    far: Estimate
    frr: Estimate


class OperatingPoint(TypedDict):
    """The threshold for a rate of false accepts, and why not to adopt it, if so."""

    false_accept_rate: float
    threshold: Estimate
    far: Estimate
    frr: Estimate
    refusal: Literal["too-few-voices", "scores-overlap"] | None
    because: str | None


class Calibration(TypedDict):
    """Of `calibration`."""

    in_force: InForce
    digits: int
    n_speakers: int
    n_waiting: int
    n_left_out: int
    n_apart: int
    own: list[float]
    others: list[float]
    named: OperatingPoint
    other_half: Judged | None
    now: Judged
    rates: list[OperatingPoint]


class Take(TypedDict):
    """A take as it is kept: its frames, or the embedding that came in their place."""

    take: str
    datetime: str
    role: Literal["train", "reference"]
    digit: int | None
    device: str | None
    mfcc: list[list[float]] | None
    embedding: list[float] | None
    speech_frames: int | None
    network: str | None
    energy: list[float] | None
    zcr: list[float] | None
    lpc: list[float] | None


class AuditEntry(TypedDict):
    """Something that was done with the data, or refused."""

    datetime: str
    caller: str
    action: str
    decision: str
    reason: str | None
    address: str | None


class Export(TypedDict):
    """Of `export`."""

    alias: str
    frontend: str | None
    created_at: str
    consent: ConsentGiven | None
    takes: list[Take]
    scoring_log: list[Scoring]
    audit_log: list[AuditEntry]


class Imported(TypedDict):
    """Of `import_export`."""

    alias: str
    takes_added: int
    takes_known: int


class Access(TypedDict):
    """Of `session`: how the caller stands with the service."""

    auth: Literal["on", "off"]
    registration: Literal["invited", "open"]
    prompt_words: list[str]
    speaker: str | None
    expires_at: str | None


class SignedIn(TypedDict):
    """Of `sign_in`."""

    token: str
    speaker: str
    expires_at: str


class Account(TypedDict):
    """Of `create_account`."""

    name: str
    created_at: str
