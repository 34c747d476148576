"""The verifiers of a process, and which of them serves which front end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from threadpoolctl import threadpool_limits

from cepstra.config import Config
from cepstra.verification import shipped
from cepstra.verification.classic_verifier import ClassicVerifier
from cepstra.verification.decision import Policy
from cepstra.verification.errors import UncalibratedError, UnknownSystemError
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.own_network import OwnNetwork, load_own_networks
from cepstra.verification.verifier import Verifier


@dataclass(frozen=True)
class VerifierRegistry:
    """The classic system for every front end but those with a system of their own.

    Attributes:
        classic: serves any front end.
        by_frontend: what serves the front ends that it names.
        own: the operator's networks by name, for attempts that ask for one.
    """

    classic: Verifier
    by_frontend: Mapping[str, FusionVerifier]
    own: Mapping[str, OwnNetwork] = field(default_factory=dict)

    def for_frontend(self, frontend: str | None) -> Verifier:
        """Return the verifier of speakers enrolled with that front end."""
        return self.by_frontend.get(frontend or "", self.classic)

    def calibrated(self, frontend: str | None, field: str) -> FusionVerifier:
        """Return the system of a front end that can tell how sure it is.

        Args:
            frontend: the id told in the message, None if none was.
            field: the message's field that told it, for the error.

        Raises:
            UncalibratedError: there is no such system.
        """
        if system := self.by_frontend.get(frontend or ""):
            return system
        known = ", ".join(self.by_frontend)
        text = f"expected a front end with a calibrated system ({known}), got {frontend or 'none'}"
        raise UncalibratedError(field, text)

    def own_network(self, name: str) -> OwnNetwork:
        """Return the operator's network of that name.

        Raises:
            UnknownSystemError: there is none.
        """
        if network := self.own.get(name):
            return network
        known = ", ".join(self.own) or "none: MODEL_FOLDERS is not set"
        raise UnknownSystemError("system", f"expected a network of this service ({known})")


def load_verifiers(config: Config, model_folders: str = "") -> VerifierRegistry:
    """Read the shipped parameters and the operator's networks, and fit the process to them.

    Args:
        config: of which the rate of false accepts and the least speech count.
        model_folders: the operator's networks, as `config.model_folders` names them.

    Raises:
        FileNotFoundError: a file of models/ is missing.
        ValueError: one, or one of the operator's, is not what this code expects, or the rate is
            not between 0 and 1.
    """
    limit_blas_threads()
    verifier = shipped.load_fusion()
    rate, least_s = config.target_false_accept_rate, config.min_speech_s
    policy = Policy(verifier.threshold(rate), least_s, rate)
    fusion = FusionVerifier(
        verifier, f"fusion-2-{shipped.version()}", policy, shipped.load_embedding_scorer()
    )
    own = load_own_networks(model_folders, rate, least_s)
    return VerifierRegistry(ClassicVerifier(), {shipped.FRONT_END: fusion}, own)


def limit_blas_threads() -> None:
    """One thread a process: on arrays this small, more only wait for one another."""
    threadpool_limits(limits=1, user_api="blas")
