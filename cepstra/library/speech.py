"""Speech as the library takes it: a sound file, frames, or a message that the service takes too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from marshmallow import Schema, ValidationError
from numpy.typing import ArrayLike, NDArray

from cepstra.frontend import Features, concatenate, page_definition, rounded
from cepstra.frontend.audio_errors import NoSpeechError
from cepstra.frontend.message import MAX_ATTEMPT_FRAMES
from cepstra.frontend.resampler import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from cepstra.frontend.stretches import Stretch, as_takes, joined, spoken_stretches
from cepstra.resources.schemas.attempt import AttemptSchema
from cepstra.resources.schemas.message import NewTakeSchema
from cepstra.verification.message import Message

Speech = str | Path | Features | NDArray[np.floating[Any]] | Mapping[str, Any]

LARGEST_SAMPLE = 4.0  # a resampler or a gain may leave [-1, 1]; integers of a file are far off

_take_schema, _attempt_schema = NewTakeSchema(), AttemptSchema()


class SpeechError(ValueError):
    """Frames or messages that the service would refuse too: says which field, expected and got."""


def features(source: str | Path | ArrayLike, sample_rate_hz: float | None = None) -> Features:
    """Return the features of all speech in a recording, as a message carries them.

    Pauses are left out and what remains is rounded, as the page does.

    Args:
        source: a sound file or video of any format, or (n,) mono samples in [-1, 1].
        sample_rate_hz: of the samples, a whole number of 8,000 to 192,000; a file tells its own.

    Returns:
        T frames, 100 a second: mfcc (T, 20), c0 first; energy and zcr (T,).

    Raises:
        AudioError: the file cannot be read, or nobody speaks in it.
        SpeechError: the samples are not (n,) numbers in [-1, 1], or the rate is none of theirs.
    """
    found = _stretches(source, sample_rate_hz)
    return rounded(concatenate([stretch.features for stretch in found]))


def takes_of(speech: Speech, digit: int | None, most: int) -> list[Message]:
    """Return the takes that `cepstra enrol` makes of a recording; frames and messages are one.

    Raises:
        AudioError: a file cannot be read, or nobody speaks in it.
        SpeechError: the frames or the message are wrong.
    """
    if not isinstance(speech, str | Path):
        message: Message = _loaded(_take_schema, _body(speech, digit))
        if message.is_silent:
            raise SpeechError("speech: expected speech, got silence or a steady noise")
        return [message]
    found = _stretches(speech, None)
    cut = map(rounded, as_takes(found, most) if digit is None else [joined(found)])
    messages: list[Message] = [_loaded(_take_schema, _body(part, digit)) for part in cut]
    kept = [message for message in messages if not message.is_silent]  # a service refuses others
    if not kept:
        raise NoSpeechError(f"{speech}: nobody speaks in it")
    return kept


def attempt_of(speech: Sequence[Speech], digits: Sequence[int]) -> list[Message]:
    """Return the messages of one attempt that all of the speech is, in its order.

    Like `cepstra verify`, it hears a minute of recordings and frames. A message is taken as it is,
    with its `segments`.

    Raises:
        AudioError: a file cannot be read, or nobody speaks in it.
        SpeechError: there is none, it is wrong, or messages are mixed with anything else.
    """
    if not speech:
        raise SpeechError("speech: expected a recording, frames or a message, got nothing")
    if all(isinstance(each, Mapping) for each in speech):
        bodies = [_body(each, None) for each in speech]
        return [part for body in bodies for part in _loaded(_attempt_schema, body)]
    parts = [_frames(each) for each in speech]
    frames = np.concatenate(parts)
    body = _body(frames[:MAX_ATTEMPT_FRAMES], None)
    if digits and len(frames) <= MAX_ATTEMPT_FRAMES:
        said = zip(digits, parts, strict=True)
        body["segments"] = [{"digit": digit, "frames": len(part)} for digit, part in said]
    loaded: list[Message] = _loaded(_attempt_schema, body)
    return loaded


def digits_of(speech: Sequence[Speech], digits: Iterable[int] | None) -> Sequence[int | None]:
    """Return the digit of each, or as many None.

    Raises:
        SpeechError: there are digits, but not one for each.
    """
    if digits is not None and not isinstance(digits, Iterable):
        raise SpeechError(f"digits: expected a list with one for each, got {digits!r}")
    said = [
        int(d) if isinstance(d, np.integer) else d for d in (digits if digits is not None else ())
    ]
    if said and len(said) != len(speech):
        raise SpeechError(f"digits: expected {len(speech)}, one for each, got {len(said)}")
    return said or [None] * len(speech)


def message_of_take(body: Mapping[str, Any]) -> Message:
    """Return a take from the fields of a message; raises SpeechError."""
    message: Message = _loaded(_take_schema, dict(body))
    return message


def numbers(
    name: str, values: ArrayLike, expected: str = "one recording or numbers"
) -> NDArray[np.float64]:
    """Return values as an array.

    Raises:
        SpeechError: they are no real numbers; it says what was expected.
    """
    got = type(values).__name__
    try:
        array = np.asarray(values)
        got = f"complex {got}" if np.iscomplexobj(array) else got
        if values is not None and not np.iscomplexobj(array):
            return array.astype(np.float64)
    except (TypeError, ValueError):
        pass
    except RuntimeError as error:  # of a tensor, which says how it becomes numbers
        got = f"{got}: {error}"
    raise SpeechError(f"{name}: expected {expected}, got {got}")


def _stretches(source: str | Path | ArrayLike, sample_rate_hz: float | None) -> list[Stretch]:
    from cepstra.frontend.audio import resample, stream_audio  # a service runs without decoders

    rate_hz = page_definition().sample_rate_hz
    if isinstance(source, str | Path):
        if sample_rate_hz is not None:
            text = f"expected none beside a file, which tells its own, got {sample_rate_hz}"
            raise SpeechError(f"sample_rate_hz: {text}")
        name, blocks = str(source), stream_audio(source, rate_hz)
        found = list(spoken_stretches(blocks))
    else:
        if isinstance(source, tuple) and len(source) == 2:  # as readers of sound files return them
            text = "got a tuple; put * in front of it"
            raise SpeechError(f"source: expected samples and their rate one by one, {text}")
        name, samples = "samples", numbers("source", source)
        if samples.ndim != 1:
            text = f"expected (n,) samples of one channel, got {samples.shape}"
            raise SpeechError(f"samples: {text}")
        peak = np.abs(samples).max(initial=0.0)
        if not peak <= LARGEST_SAMPLE:  # NaN is not, either
            text = f"expected numbers in [-1, 1], got {peak:g}; divide 16-bit ones by 32768"
            raise SpeechError(f"samples: {text}")
        heard = resample(samples, _whole_rate(sample_rate_hz), rate_hz).astype(np.float32)
        found = list(spoken_stretches([heard]))
    if not found:
        raise NoSpeechError(f"{name}: nobody speaks in it")
    return found


def _whole_rate(rate_hz: float | None) -> int:
    """Return a rate in Hz, which librosa, for one, gives as a float."""
    if isinstance(rate_hz, Real) and not isinstance(rate_hz, bool):
        if LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ and rate_hz == int(rate_hz):
            return int(rate_hz)
    expected = f"the samples' rate, a whole number of {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ}"
    raise SpeechError(f"sample_rate_hz: expected {expected}, got {rate_hz!r}")


def _frames(speech: Speech) -> NDArray[np.floating[Any]]:
    if isinstance(speech, Mapping):
        raise SpeechError("speech: expected messages only, or recordings and frames only, got both")
    if isinstance(speech, str | Path):
        return features(speech).mfcc
    return _array(speech)


def _array(speech: Features | ArrayLike) -> NDArray[np.floating[Any]]:
    first = next(iter(speech), None) if isinstance(speech, list | tuple | Iterator) else None
    if isinstance(first, str | Path | Features | Mapping) or getattr(first, "ndim", 0) > 1:
        text = f"got a {type(speech).__name__}; put * in front of it"
        raise SpeechError(f"speech: expected recordings one by one, {text}")
    frames = numbers("speech", speech.mfcc if isinstance(speech, Features) else speech)
    width = page_definition().coefficients
    if frames.ndim != 2 or frames.shape[1] != width:
        text = f"expected frames (T, {width}), got {frames.shape}; samples go through features()"
        raise SpeechError(f"mfcc: {text}")
    return frames


def _body(speech: Speech, digit: int | None) -> dict[str, Any]:
    """Return the message; frames without one are the page's front end's."""
    if isinstance(speech, Mapping):
        return {**speech} if digit is None else {**speech, "digit": digit}
    assert not isinstance(speech, str | Path)
    frames = _array(speech)
    body: dict[str, Any] = {"mfcc": frames.tolist(), "frontend": page_definition().id}
    return body if digit is None else {**body, "digit": digit}


def _loaded(schema: Schema, body: dict[str, Any]) -> Any:
    try:
        return schema.load(body)
    except ValidationError as error:
        raise SpeechError("; ".join(_told(error.messages))) from None


def _told(messages: Any, place: str = "") -> list[str]:
    if isinstance(messages, Mapping):
        inner = [(f"{place}.{key}" if place else str(key), each) for key, each in messages.items()]
        return [text for where, each in inner for text in _told(each, where)]
    return [f"{place}: {text}" for text in messages]
