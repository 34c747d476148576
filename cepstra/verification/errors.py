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


class UnknownError(VerificationError):
    """What is named does not exist."""


class NotAllowedError(VerificationError):
    """It is not for this caller to do, or not for anybody."""


class ConflictError(VerificationError):
    """It does not go with what is kept."""


class UnfitError(VerificationError):
    """What was sent will not do, whatever is kept."""


class UnknownSpeakerError(UnknownError):
    """The speaker named in the address does not exist."""


class UnknownDeviceError(UnknownError):
    """The speaker has no takes of that device."""


class UnknownTakeError(UnknownError):
    """The speaker has no take of that name."""


class TakeExistsError(ConflictError):
    """The speaker has another take of that name."""


class OtherDigitError(ConflictError):
    """The take sounds like another digit than the one it is declared to hold."""


class OtherVoiceError(ConflictError):
    """The take, or the newest takes with it, sound like another voice than the speaker's takes."""


class NotConfirmableError(NotAllowedError):
    """A person vouches for a voice unlike that of their takes, which only a backend may."""


class VoiceNotProvenError(NotAllowedError):
    """A person changes an enrolment in use, and has not shown lately that it is their voice."""


class SpeakerExistsError(ConflictError):
    """A speaker of that alias exists already."""


class NotYoursError(NotAllowedError):
    """A backend means a person's speaker."""


class UnknownKeyError(UnknownError):
    """There is no open API key of that number."""


class ScopeNotHeldError(NotAllowedError):
    """A key is to open what the caller's own does not."""


class NotInvitedError(NotAllowedError):
    """An account was to be made without an invitation, where one is needed."""


class WeakPasswordError(UnfitError):
    """A new password is too short, or among those that are guessed first."""


class NotTrainedError(ConflictError):
    """There is no model yet: no digit was trained."""


class TooFewVoicesError(ConflictError):
    """Nobody who is enrolled can be tried on anybody else."""


class UnderWayError(VerificationError):
    """What was asked for takes several calls, and this one has nothing to tell yet.

    Attributes:
        retry_after_s: seconds until the next call goes on.
    """

    retry_after_s = 1


class NothingAdoptedError(ConflictError):
    """A threshold is to be taken back, and the shipped one is in force."""


class NoReferenceError(ConflictError):
    """There is a model but no reference speech, hence no threshold."""


class ConsentMissingError(NotAllowedError):
    """Speech is to be kept of somebody who has not agreed to it."""


class FrontEndMismatchError(ConflictError):
    """The message's front end or width differs from the one the speaker enrolled with."""


class FramesNeededError(UnfitError):
    """An embedding came where only frames will do."""


class SilentTakeError(UnfitError):
    """Nothing is said in a take."""


class UncalibratedError(UnfitError):
    """The message's front end has no system that could say how sure it is."""


class UnknownSystemError(UnfitError):
    """An attempt asks for a network that the service does not have."""


class SpeakerDeletedError(ConflictError):
    """The speaker was deleted while the request was on its way."""


class WrongPasswordError(VerificationError):
    """Name and password open no account."""


class SigningOffError(ConflictError):
    """Something was to be signed, but the service has no key."""


class ChallengeClosedError(ConflictError):
    """The challenge is unknown, used, expired, or of another speaker or caller."""


class TooManyDigitsError(UnfitError):
    """An attempt holds more digits than its challenge asked for."""


class TooFewDigitsError(ConflictError):
    """The speaker has takes of fewer digits than a challenge asks for."""


class RepeatedFramesError(ConflictError):
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
