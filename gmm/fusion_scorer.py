"""Mixtures and networks in one score: enrolment statistics in, calibrated ratios out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import parameters, statistics
from cepstra.gmm.calibration import Calibration
from cepstra.gmm.digit_emphasis import emphasised_sums
from cepstra.gmm.parameters import CMN, IvectorPlda
from cepstra.gmm.plda import PreparedIvectors
from cepstra.gmm.recording_conditions import changes, recording_conditions
from cepstra.gmm.score_normalisation import adaptive_t_norm
from cepstra.gmm.speech_features import SpeechFeatures, analyse
from cepstra.gmm.statistics import Statistics
from cepstra.gmm.streams import N_CEPSTRA
from cepstra.gmm.ubm import DiagonalMixture, baum_welch_statistics, frame_llrs
from cepstra.gmm.voice_network import ScoringNetwork, VoiceNetwork

FloatArray = NDArray[Any]

RELEVANCE_FACTOR = 4.0
N_NEAREST = 100
MIXTURE_SCORES = ("frames", "wide", "narrow")
EMBEDDING, CAMPPLUS = "embedding", "campplus"
CONDITIONS = (
    "log_enrolled_frames",
    "log_attempted_frames",
    "ubm_log_likelihood",
    "low_band_db",
    "high_band_db",
    "ubm_log_likelihood_change",
    "low_band_change_db",
    "high_band_change_db",
)
COHORT_LEVELS = ("enrolment_cohort", "attempt_cohort")  # mean cosine to the nearest of the cohort
RAW_SCORES = (*MIXTURE_SCORES, *CONDITIONS)
NETWORK_SCORES = (EMBEDDING, "embedding_z")  # by the attempt's cohort, the enrolment's
CAMPPLUS_SCORES = (CAMPPLUS, "campplus_z")
NETWORK_INPUTS = (*NETWORK_SCORES, *COHORT_LEVELS)
FUSED_SCORES = (*RAW_SCORES, *NETWORK_INPUTS, *CAMPPLUS_SCORES)
EMBEDDING_SUMS, CAMPPLUS_SUMS = "embedding.sums", "campplus.sums"
CEPSTRA_SUM, UBM_SUM = "cepstra.sum", "ubm_log_likelihood.sum"
NONE_KNOWN: Mapping[str, FloatArray] = MappingProxyType({})
MOST_IVECTORS = 64  # of a speaker, some 700 bytes each


@dataclass(frozen=True)
class SpokenMessage:
    """One message as it arrives.

    Attributes:
        mfcc: (T, 20) cepstra of the front end `meyda-16k-1`, c0 first, T >= 1.
        digit: the digit said, when known.
    """

    mfcc: FloatArray
    digit: int | None = None


@dataclass(frozen=True)
class Attempt:
    """What the background makes of the messages of one attempt; the same for every speaker.

    Attributes:
        digits: the distinct known digits.
        speech: (T,) which frames of all messages hold speech.
        vectors: (T, D) of the mean-removed stream.
        background: (T,) their log-likelihoods under the background.
        embeddings: the attempt's projected i-vector by stream, and its embedding by network.
        mean_cepstra: (20,) of the speech frames; zeros without speech.
    """

    digits: tuple[int, ...]
    speech: NDArray[np.bool_]
    vectors: FloatArray
    background: FloatArray
    embeddings: Mapping[str, FloatArray]
    mean_cepstra: FloatArray


@dataclass(frozen=True)
class SpeakerModel:
    """What scoring needs of a speaker; derived from the statistics in a millisecond.

    Attributes:
        statistics: the enrolment's sums.
        mixture: the mean-removed stream's background, adapted.
        embeddings: (D,) of the speaker, by the network's name.
        ivectors: prepared i-vectors of the statistics by stream and emphasised digits, as far as
            they were asked for, at most `MOST_IVECTORS`.
    """

    statistics: Mapping[str, FloatArray]
    mixture: DiagonalMixture
    embeddings: Mapping[str, FloatArray]
    ivectors: dict[tuple[str, tuple[int, ...]], PreparedIvectors] = field(default_factory=dict)

    @property
    def speech_frames(self) -> float:
        """Speech frames enrolled."""
        return float(self.statistics["speech_frames"].sum())


@dataclass(frozen=True)
class AttemptScore:
    """The outcome of one attempt against one speaker.

    Attributes:
        frame_llrs: (T,) log-likelihood ratio of every frame of the attempt.
        speech: (T,) which frames hold speech and count.
        raw: the uncalibrated scores by name; empty without speech.
        llr: calibrated natural log-likelihood ratio; 0, that is no evidence, without speech.
        allowance: how far the threshold of these conditions lies above that of usual ones.
        speech_s: seconds of speech in the attempt.
    """

    frame_llrs: FloatArray
    speech: NDArray[np.bool_]
    raw: Mapping[str, float]
    llr: float
    allowance: float
    speech_s: float


class FusionScorer:
    """Scores attempts against enrolled speakers; immutable and safe to share.

    It keeps no speaker and decides nothing: `verification.fusion_verifier` does, with it. Every
    method is a pure function of its arguments and the background parameters.

    Attributes:
        network: the small network, which browsers run too: its embeddings stand for a voice where
            there are no frames, and find voices among many.
        campplus: the large one, which judges beside it.
        networks: both, as far as there are any, by name.
    """

    frame_rate_hz = 100.0

    def __init__(
        self,
        background: parameters.Background,
        calibration: Calibration,
        network: VoiceNetwork | None = None,
        campplus: VoiceNetwork | None = None,
    ) -> None:
        """Keep the parameters; the calibration has one input for each of `raw_names`."""
        self.background = background
        self.calibration = calibration
        self.network = network
        self.campplus = campplus
        self.networks: dict[str, ScoringNetwork] = {}
        if network:
            frames, sums = attrgetter("spoken"), EMBEDDING_SUMS
            self.networks[EMBEDDING] = ScoringNetwork(network, frames, sums, NETWORK_INPUTS)
        if campplus:
            frames, sums = attrgetter("unfloored"), CAMPPLUS_SUMS
            self.networks[CAMPPLUS] = ScoringNetwork(campplus, frames, sums, CAMPPLUS_SCORES)
        self.raw_names = sum((each.scores for each in self.networks.values()), RAW_SCORES)
        silence = self.statistics(np.zeros((1, N_CEPSTRA)))
        self._no_statistics = {name: np.zeros_like(values) for name, values in silence.items()}

    def statistics(
        self,
        take: FloatArray | SpeechFeatures,
        digit: int | None = None,
        known: Mapping[str, FloatArray] = NONE_KNOWN,
    ) -> Statistics:
        """Additive statistics of one take; `gmm.statistics` adds and subtracts them.

        Args:
            take: (T, 20) cepstra, T >= 1, or what `gmm.speech_features.analyse` makes of them.
            digit: the digit said, when known.
            known: the networks' sums of the same take, as far as they were kept, by `sums_names`.

        Raises:
            ValueError: the shape is wrong or the digit is not 0 to 9.
        """
        features = take if isinstance(take, SpeechFeatures) else analyse([take])
        spoken = features.cmn[features.speech]
        posteriors, log_likelihoods = self.background.cmn.posteriors(spoken)
        zeroth, first = baum_welch_statistics(posteriors, spoken)
        result = {
            "speech_frames": statistics.per_digit_row(float(len(spoken)), digit),
            f"{CMN}.zeroth": zeroth,
            f"{CMN}.first": first,
            CEPSTRA_SUM: features.spoken.sum(axis=0).astype(np.float64),
            UBM_SUM: log_likelihoods.sum(keepdims=True, dtype=np.float64),
        }
        for name, scorer in self.background.ivectors.items():
            zeroth, first = scorer.mixture.statistics(features.streams[name])
            linear = scorer.total_variability.linear_statistic(zeroth, first)
            result[f"{name}.zeroth"] = statistics.per_digit_row(zeroth, digit)
            result[f"{name}.linear"] = statistics.per_digit_row(linear, digit)
        return result | self._network_sums(features, known)

    @property
    def sums_names(self) -> list[str]:
        """The names of the networks' sums among the statistics."""
        return [each.sums for each in self.networks.values()]

    def no_statistics(self) -> Statistics:
        """The statistics of no takes at all."""
        return dict(self._no_statistics)

    def model(self, enrolled: Mapping[str, FloatArray]) -> SpeakerModel:
        """Derive what scoring needs from a speaker's summed statistics."""
        return SpeakerModel(enrolled, self.mixture(enrolled), self._embeddings(enrolled))

    def embedding(self, enrolled: Mapping[str, FloatArray]) -> FloatArray | None:
        """(D,) the speaker's embedding by the small network; None without one."""
        return self.networks[EMBEDDING].embedding(enrolled) if self.network else None

    def mixture(self, enrolled: Mapping[str, FloatArray]) -> DiagonalMixture:
        """The mean-removed stream's background, adapted to a speaker's summed statistics."""
        return self.background.cmn.adapted(
            enrolled[f"{CMN}.zeroth"], enrolled[f"{CMN}.first"], RELEVANCE_FACTOR
        )

    def attempt(self, messages: Sequence[SpokenMessage]) -> Attempt:
        """Prepare an attempt once for any number of speakers.

        Args:
            messages: one or more messages, in the order spoken.

        Raises:
            ValueError: no messages, or a message of the wrong shape.
        """
        digits = {message.digit for message in messages if message.digit is not None}
        return self.attempt_of(analyse([message.mfcc for message in messages]), digits)

    def attempt_of(
        self, features: SpeechFeatures, digits: Collection[int] = (), same: Statistics | None = None
    ) -> Attempt:
        """Prepare an attempt of what is in its messages; `same`: its statistics, if known."""
        speech, scorers = features.speech, self.background.ivectors
        embeddings = {
            name: scorer.projected(*emphasised_sums(same, name, ()))
            if same
            else scorer.ivector(features.streams[name])
            for name, scorer in scorers.items()
        }
        embeddings |= self._embeddings(same or self._network_sums(features))
        background = self.background.cmn.log_likelihoods(features.cmn)
        return Attempt(
            digits=tuple(sorted(digits)),
            speech=speech,
            vectors=features.cmn,
            background=background,
            embeddings=embeddings,
            mean_cepstra=features.spoken.sum(axis=0) / max(len(features.spoken), 1),
        )

    def score(
        self, model: SpeakerModel, attempt: Attempt | Sequence[SpokenMessage]
    ) -> AttemptScore:
        """Score an attempt against a speaker.

        Args:
            model: from `model`.
            attempt: from `attempt`, or its messages.

        Raises:
            ValueError: nothing is enrolled, or the messages are not usable.
        """
        if not isinstance(attempt, Attempt):
            attempt = self.attempt(attempt)
        if model.speech_frames <= 0:
            raise ValueError("model: no speech is enrolled")
        n_speech = int(np.count_nonzero(attempt.speech))
        frame_llrs = model.mixture.log_likelihoods(attempt.vectors) - attempt.background
        raw: dict[str, float] = {}
        llr = allowance = 0.0
        if n_speech:
            raw = self._raw_scores(model, attempt, frame_llrs)
            inputs = np.array([raw[name] for name in self.raw_names])
            llr = float(self.calibration.llr(inputs))
            allowance = float(self.calibration.allowance(inputs))
        return AttemptScore(
            frame_llrs=frame_llrs.astype(np.float64),
            speech=attempt.speech,
            raw=raw,
            llr=llr,
            allowance=allowance,
            speech_s=n_speech / self.frame_rate_hz,
        )

    def frame_llrs(self, mixture: DiagonalMixture, take: FloatArray | SpeechFeatures) -> FloatArray:
        """The frame log-likelihood ratios (T,) of one message alone, without the i-vectors' cost.

        Args:
            mixture: the speaker's, from `mixture`.
            take: (T, 20) cepstra, T >= 1, or what `gmm.speech_features.analyse` makes of them.

        Raises:
            ValueError: the shape is wrong.
        """
        features = take if isinstance(take, SpeechFeatures) else analyse([take])
        llrs = frame_llrs(mixture, self.background.cmn, features.cmn)
        return llrs.astype(np.float64)

    def threshold(self, false_accept_rate: float = 0.01) -> float:
        """The calibrated log-likelihood ratio to accept at for a target false-accept rate.

        Raises:
            ValueError: the rate is not between 0 and 1.
        """
        return self.calibration.threshold(false_accept_rate)

    def _network_sums(
        self, features: SpeechFeatures, known: Mapping[str, FloatArray] = NONE_KNOWN
    ) -> Statistics:
        return {
            each.sums: known[each.sums]
            if each.sums in known
            else each.network.sums(each.frames(features))
            for each in self.networks.values()
        }

    def _embeddings(self, enrolled: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        return {name: each.embedding(enrolled) for name, each in self.networks.items()}

    def _raw_scores(
        self, model: SpeakerModel, attempt: Attempt, frame_llrs: FloatArray
    ) -> dict[str, float]:
        scores = {"frames": float(frame_llrs[attempt.speech].mean())}
        for name, scorer in self.background.ivectors.items():
            ivector = _enrolled_ivector(model, name, scorer, attempt.digits)
            scores[name] = _ivector_score(scorer, ivector, attempt.embeddings[name])
        for name, network in self.networks.items():
            of_it = network.cosines(
                model.embeddings[name][None], attempt.embeddings[name], N_NEAREST
            )
            scores |= {key: float(values[0]) for key, values in of_it.items()}
        scores |= conditions(model.statistics, attempt)
        return {name: scores[name] for name in self.raw_names}


def _enrolled_ivector(
    model: SpeakerModel, name: str, scorer: IvectorPlda, digits: tuple[int, ...]
) -> PreparedIvectors:
    """The speaker's i-vector, with the attempt's digits counting more, made on first use."""
    if (name, digits) not in model.ivectors:
        ivector = scorer.projected(*emphasised_sums(model.statistics, name, digits))
        if len(model.ivectors) >= MOST_IVECTORS:
            model.ivectors.clear()
        model.ivectors[name, digits] = scorer.plda.prepared(ivector[None])
    return model.ivectors[name, digits]


def _ivector_score(scorer: IvectorPlda, enrolled: PreparedIvectors, tested: FloatArray) -> float:
    plda = scorer.plda
    llrs = plda.llrs(enrolled, tested[None])
    cohort_llrs = plda.llrs(scorer.prepared_cohort, tested[None])
    return float(adaptive_t_norm(llrs, cohort_llrs, N_NEAREST)[0, 0])


def conditions(enrolled: Mapping[str, FloatArray], attempt: Attempt) -> dict[str, float]:
    """The calibration's inputs of that name for summed statistics and an attempt with speech."""
    n_enrolled = float(enrolled["speech_frames"].sum())
    then = recording_conditions(enrolled[CEPSTRA_SUM] / n_enrolled, enrolled[UBM_SUM] / n_enrolled)
    now = recording_conditions(attempt.mean_cepstra, attempt.background[attempt.speech])
    amounts = np.log(n_enrolled), np.log(np.count_nonzero(attempt.speech))
    values = (*amounts, *now, *changes(then, now))
    return {name: float(value) for name, value in zip(CONDITIONS, values, strict=True)}
