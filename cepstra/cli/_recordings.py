"""From sound files to messages: speech as the page finds it, or chunks of a fixed length."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from cepstra.cli._options import FiniteRange, gathered
from cepstra.client.replies import Quality
from cepstra.frontend import Features, concatenate, page_definition, rounded, to_message
from cepstra.frontend.audio import stream_audio
from cepstra.frontend.audio_errors import NoSpeechError
from cepstra.frontend.channels import Channel
from cepstra.frontend.message import MAX_ATTEMPT_FRAMES, MAX_FRAMES
from cepstra.frontend.stretches import Stretch, fixed_chunks, joined, spoken_stretches
from cepstra.gmm.speech import speech_mask

SHORTEST_CHUNK_S, LONGEST_CHUNK_S = 0.5, 20.0
ADVISED_S = 15.0  # of free speech in an attempt


@dataclass(frozen=True)
class RecordedAttempt:
    """What is sent of recordings that are one attempt.

    Attributes:
        message: at most 6000 frames, a minute.
        speech_s: how much speech there was, as the service counts it.
        heard_s: how much of it, from its beginning, is in the message.
        notes: what of the recordings could not be read, and names without a digit.
    """

    message: dict[str, Any]
    speech_s: float
    heard_s: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Speech:
    """How recordings are to be read.

    Attributes:
        digit: the digit said in all of them, if one.
        digit_pattern: finds the digit in a file's name, as its first group.
        chunk_s: length of fixed chunks; None to cut at the pauses.
        channel: which channel is heard; None for all, unless they hold different voices.
        notes: is told what of the recordings is not heard, or not as it was meant.
    """

    digit: int | None = None
    digit_pattern: re.Pattern[str] | None = None
    chunk_s: float | None = None
    channel: Channel | None = None
    notes: list[str] = field(default_factory=list)

    def digit_of(self, path: Path) -> int | None:
        """Return the digit said in a file, if that is known."""
        found = self.digit_pattern.search(path.name) if self.digit_pattern else None
        text = found.group(1) if found else ""
        return int(text) if len(text) == 1 and text in "0123456789" else self.digit

    def check_names(self, paths: Sequence[Path]) -> None:
        """Note names in which the pattern finds no digit: those files are heard as free speech."""
        without = [path.name for path in paths if self.digit_of(path) is None]
        if self.digit_pattern and without:
            text = f"in {len(without)} of {len(paths)} names, such as {without[0]}"
            self.notes.append(f"--digit-pattern finds no digit {text}")

    def stretches(self, path: Path) -> list[Stretch]:
        """Return the speech of a file; of one that holds a digit, all its speech as one.

        Raises:
            AudioError: it cannot be read, or nobody speaks in it.
        """
        found = self._cut(path)
        if self.chunk_s is not None or self.digit_of(path) is None:
            return found
        return [Stretch(found[0].start_s, joined(found))]

    def attempt(self, paths: Sequence[Path], most: int = MAX_ATTEMPT_FRAMES) -> RecordedAttempt:
        """Return one attempt made of all files, in their order, of at most so many frames.

        Raises:
            AudioError: one cannot be read, or nobody speaks in it.
        """
        before = len(self.notes)
        self.check_names(paths)
        heard_once = self._without_twins(paths)
        parts, digits = list(heard_once.values()), [self.digit_of(path) for path in heard_once]
        spoken = concatenate(parts)
        heard = spoken[:most]
        message = to_message(heard, most=most)
        if None not in digits and len(spoken) <= most:
            segments = zip(digits, parts, strict=True)
            message["segments"] = [{"digit": d, "frames": len(part)} for d, part in segments]
        sent = parts if "segments" in message else [heard]
        heard_s, rest = speech_s(*sent), spoken[len(heard) :]
        notes = tuple(self.notes[before:])
        return RecordedAttempt(
            message, heard_s + (speech_s(rest) if len(rest) else 0.0), heard_s, notes
        )

    def _without_twins(self, paths: Sequence[Path]) -> dict[Path, Features]:
        """Return the speech of each recording, once of those that are there under two names."""
        found: dict[Path, Features] = {}
        for path in dict.fromkeys(paths):
            part = concatenate([cut.features for cut in self._cut(path)])
            twins = (other for other in found if np.array_equal(found[other].mfcc, part.mfcc))
            if twin := next(twins, None):
                self.notes.append(f"{path}: is the same recording as {twin}, and is heard once")
            else:
                found[path] = part
        return found

    def blocks(self, path: Path) -> Generator[NDArray[np.float32], None, None]:
        """Yield the samples of a file at the page's rate.

        Raises:
            AudioError: it cannot be read.
        """
        note = self.notes.append
        return stream_audio(path, page_definition().sample_rate_hz, self.channel, note)

    def fixed_chunks(self, path: Path, chunk_s: float) -> Iterator[Stretch]:
        """Yield chunks of a file, pauses and all; a rest shorter than half a chunk is left out.

        Raises:
            AudioError: it cannot be read, or is shorter than a frame.
        """
        return fixed_chunks(path, np.concatenate(list(self.blocks(path))), chunk_s)

    def _cut(self, path: Path) -> list[Stretch]:
        if self.chunk_s is not None:
            return list(self.fixed_chunks(path, self.chunk_s))
        found = list(spoken_stretches(self.blocks(path)))
        if not found:
            raise NoSpeechError(f"{path}: nobody speaks in it")
        return found


channel_option = click.option(
    "--channel",
    type=click.Choice(["left", "right", "mix"]),
    help="Of two channels, the one to hear, or both mixed.  [default: mix, but of one voice only]",
)


def pattern_with_group(
    ctx: click.Context, parameter: click.Parameter, value: str | None
) -> re.Pattern[str] | None:
    """Read a regular expression whose first group is what is looked for.

    Raises:
        click.BadParameter: it is none, or has no group.
    """
    if value is None:
        return None
    try:
        pattern = re.compile(value)
    except re.error as error:
        raise click.BadParameter(f"expected a regular expression: {error}") from None
    if pattern.groups < 1:
        raise click.BadParameter(f"expected a group in parentheses, got {value}")
    return pattern


# Options of reading and cutting; a command gets them as `speech`
speech_options = gathered(
    "speech",
    Speech,
    click.option("--digit", type=click.IntRange(0, 9), help="The digit said in every file."),
    click.option(
        "--digit-pattern",
        callback=pattern_with_group,
        help="Regular expression that finds it in a file's name, such as '^(\\d)_'.",
    ),
    click.option(
        "--chunk-s",
        type=FiniteRange(SHORTEST_CHUNK_S, LONGEST_CHUNK_S),
        help="Cut into chunks of so many seconds.  [default: at the pauses]",
    ),
    channel_option,
)


def speech_s(*messages: Features) -> float:
    """Return the seconds of speech in features, each sent as one message or segment.

    They are counted as the service does: frames that hold speech, pauses left out.
    The page counts alike (static/js/speech-frames.js).
    """
    return sum(_speech_frames(rounded(each).mfcc) for each in messages) / (
        page_definition().frames_per_second
    )


def _speech_frames(mfcc: NDArray[Any]) -> int:
    """Count those of (T, 20); more than a message holds is cut as the service does."""
    parts = np.array_split(mfcc, max(1, -(-len(mfcc) // MAX_FRAMES)))
    return sum(int(np.count_nonzero(speech_mask(part))) for part in parts)


def warnings_of(*attempts: RecordedAttempt, quality: Quality) -> list[str]:
    """Return the service's warnings, else of free speech that is short; and what was not heard.

    Args:
        attempts: what was sent; the quality is that of the first.
        quality: as the service tells it.
    """
    warnings = list(quality["warnings"])
    speech_s = attempts[0].speech_s
    could_be_more = "segments" not in attempts[0].message and not is_cut(attempts[0])
    if could_be_more and not warnings and speech_s < ADVISED_S:
        warnings.append(f"{speech_s:.1f} s of speech; of free speech {ADVISED_S:g} s are advised")
    notes = [note for attempt in attempts for note in attempt.notes]
    return [*notes, *warnings, *(left_out(attempt) for attempt in attempts if is_cut(attempt))]


def is_cut(attempt: RecordedAttempt) -> bool:
    """Tell whether there was more speech than an attempt holds."""
    return attempt.speech_s > attempt.heard_s


def left_out(attempt: RecordedAttempt) -> str:
    """Say what of the speech was not heard."""
    return f"{attempt.speech_s:.1f} s of speech; only the first {attempt.heard_s:.1f} s were heard"
