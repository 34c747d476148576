"""What the domain refuses, and when."""

from __future__ import annotations


class VerificationError(Exception):
    """A request that is well formed but cannot be fulfilled as things stand.

    Attributes:
        field: the part of the request that has to change.
    """

    def __init__(self, field: str, description: str) -> None:
        super().__init__(description)
        self.field = field
        self.description = description


class UnknownSpeakerError(VerificationError):
    """The speaker named in the address does not exist."""


class UnknownDeviceError(VerificationError):
    """The speaker has no takes of that device."""


class UnknownTakeError(VerificationError):
    """The speaker has no take of that name."""


class TakeExistsError(VerificationError):
    """The speaker has another take of that name."""


class OtherDigitError(VerificationError):
    """The take sounds like another digit than the one it is declared to hold."""


class OtherVoiceError(VerificationError):
    """The take, or the newest takes with it, sound like another voice than the speaker's takes."""


class NotConfirmableError(VerificationError):
    """A person vouches for a voice unlike that of their takes, which only a backend may."""


class SpeakerExistsError(VerificationError):
    """A speaker of that alias exists already."""


class NotYoursError(VerificationError):
    """A backend means a person's speaker."""


class UnknownKeyError(VerificationError):
    """There is no open API key of that number."""


class ScopeNotHeldError(VerificationError):
    """A key is to open what the caller's own does not."""


class NotInvitedError(VerificationError):
    """An account was to be made without an invitation, where one is needed."""


class WeakPasswordError(VerificationError):
    """A new password is too short, or among those that are guessed first."""


class NotTrainedError(VerificationError):
    """There is no model yet: no digit was trained."""


class TooFewVoicesError(VerificationError):
    """Nobody who is enrolled can be tried on anybody else."""


class NothingAdoptedError(VerificationError):
    """A threshold is to be taken back, and the shipped one is in force."""


class NoReferenceError(VerificationError):
    """There is a model but no reference speech, hence no threshold."""


class ConsentMissingError(VerificationError):
    """Speech is to be kept of somebody who has not agreed to it."""


class FrontEndMismatchError(VerificationError):
    """The message's front end or width differs from the one the speaker enrolled with."""


class FramesNeededError(VerificationError):
    """An embedding came where only frames will do."""


class UncalibratedError(VerificationError):
    """The message's front end has no system that could say how sure it is."""


class UnknownSystemError(VerificationError):
    """An attempt asks for a network that the service does not have."""


class SpeakerDeletedError(VerificationError):
    """The speaker was deleted while the request was on its way."""


class WrongPasswordError(VerificationError):
    """Name and password open no account."""


class SigningOffError(VerificationError):
    """Something was to be signed, but the service has no key."""


class ChallengeClosedError(VerificationError):
    """The challenge is unknown, used, expired, or of another speaker or caller."""


class TooManyDigitsError(VerificationError):
    """An attempt holds more digits than its challenge asked for."""


class TooFewDigitsError(VerificationError):
    """The speaker has takes of fewer digits than a challenge asks for."""


class RepeatedFramesError(VerificationError):
    """The message repeats frames that were sent before."""


class LockedOutError(VerificationError):
    """Too many attempts were rejected lately.

    Attributes:
        retry_after_s: seconds until the next one is taken.
    """

    def __init__(self, field: str, description: str, retry_after_s: int) -> None:
        super().__init__(field, description)
        self.retry_after_s = retry_after_s


class MovedError(Exception):
    """Something came in between that a computation has not seen: it has to be done again."""
