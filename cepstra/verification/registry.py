"""The verifiers of a process, and which of them serves which front end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from cepstra.verification import shipped
from cepstra.verification.decision import Policy
from cepstra.verification.errors import UncalibratedError
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.gmm_verifier import GmmVerifier
from cepstra.verification.verifier import Verifier


@dataclass(frozen=True)
class VerifierRegistry:
    """The classic system for every front end but those with a system of their own."""

    classic: Verifier
    by_frontend: Mapping[str, FusionVerifier]

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


def load_verifiers(target_false_accept_rate: float, min_speech_s: float) -> VerifierRegistry:
    """Read the shipped parameters and fit the process to them.

    Raises:
        FileNotFoundError: a file of models/ is missing.
        ValueError: one is not what this code expects, or the rate is not between 0 and 1.
    """
    limit_blas_threads()
    verifier = shipped.load_fusion()
    threshold = verifier.threshold(target_false_accept_rate)
    policy = Policy(threshold, min_speech_s, target_false_accept_rate)
    fusion = FusionVerifier(verifier, f"fusion-2-{shipped.version()}", policy)
    return VerifierRegistry(GmmVerifier(), {shipped.FRONT_END: fusion})


def limit_blas_threads() -> None:
    """One thread a process: on arrays this small, more only wait for one another."""
    threadpool_limits(limits=1, user_api="blas")
