"""What can be wrong with a recording; each message is one line that names the file."""

from __future__ import annotations


class AudioError(ValueError):
    """A recording cannot be used."""


class MissingAudioError(AudioError):
    """There is no such file."""


class EmptyAudioError(AudioError):
    """The file has zero bytes, or a header and no samples."""


class NotAudioError(AudioError):
    """The file is of no sound format that is read here, whatever its name says."""


class NoSoundTrackError(AudioError):
    """The file is a video without sound."""


class DamagedAudioError(AudioError):
    """The file is cut short, broken inside, or holds samples that are not finite."""


class TwoVoicesError(AudioError):
    """The file holds a telephone call, a side in each channel, and nobody says whose is meant."""


class SampleRateError(AudioError):
    """The sample rate is one that is not resampled."""


class NoSpeechError(AudioError):
    """The recording can be read, but nobody speaks in it."""


class SourceError(AudioError):
    """A microphone or an address on the web yields no recording."""
