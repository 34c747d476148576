"""Names that people give to unknown voices of a timeline, and their enrolment, with consent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from cepstra.cli._enrolment import kept_takes
from cepstra.cli._failures import MisuseError
from cepstra.cli._folders import speaker_name
from cepstra.client import Client
from cepstra.frontend import page_definition
from cepstra.frontend.message import MAX_FRAMES
from cepstra.timeline import Timeline

Pair = tuple[str, str]
FEWEST_TAKES = 2  # each is scored by a model that does not know it
MOST_LEARNT = 12_000  # frames: two minutes of a voice say enough of it; as the page


@dataclass(frozen=True)
class NewNames:
    """What a voice is called from now on.

    Attributes:
        name: voices and the names that only what is written has.
        enrol: voices and the names under which they are enrolled.
        consent: the version of the text that those enrolled agreed to.
    """

    name: tuple[Pair, ...]
    enrol: tuple[Pair, ...]
    consent: str | None

    def check(self, client: Client) -> None:
        """Refuse names that cannot be given, before a recording is heard for so long.

        Raises:
            click.UsageError: a voice has two names; a new name is that of somebody enrolled; or
                nobody is said to have agreed to be enrolled.
        """
        counts = Counter(old for old, _ in (*self.name, *self.enrol))
        if twice := [old for old, count in counts.items() if count > 1]:
            raise click.UsageError(f"expected one name for each voice, got two for {twice[0]}")
        if self.enrol and not self.consent:
            raise click.UsageError("expected --consent VERSION: who is enrolled has to agree first")
        for name in dict(self.enrol).values():
            if kept_takes(client, name):
                text = f"--enrol: {name} is enrolled already; expected another name"
                raise click.UsageError(text)

    def given(self, names: Sequence[str]) -> list[str]:
        """Return the names of voices with the new ones in place of the old.

        Raises:
            click.ClickException: there is no such voice.
        """
        new = dict((*self.name, *self.enrol))
        if missing := [old for old in new if old not in names]:
            text = f"expected one of {', '.join(names)}, got {missing[0]}"
            raise MisuseError(text)
        return [new.get(name, name) for name in names]

    def enrol_voices(self, client: Client, timeline: Timeline, names: Sequence[str]) -> list[str]:
        """Enrol voices with their sure speech, and return what was done, in words.

        Where it fails, nothing of that name is kept.
        """
        done = []
        for new in dict.fromkeys(name for _, name in self.enrol):
            voices = [names.index(old) for old, name in self.enrol if name == new]
            takes = [take for voice in voices for take in _takes(timeline.speech[voice])]
            try:
                client.consent(new, self.consent or "")
                for take in takes:
                    client.train(new, message_of(take))
            except BaseException:
                client.delete(new)
                raise
            told = " and ".join(names[voice] for voice in voices)
            done.append(f"{told} enrolled as {new}, takes: {len(takes)}")
        return done


def _takes(speech: NDArray[Any]) -> list[NDArray[Any]]:
    frames = speech[:MOST_LEARNT]
    return np.array_split(frames, max(FEWEST_TAKES, -(-len(frames) // MAX_FRAMES)))


def message_of(frames: NDArray[Any]) -> dict[str, Any]:
    """Return the message of frames (T, 20) that need no rounding."""
    return {"mfcc": frames.tolist(), "frontend": page_definition().id}


def known_files(
    ctx: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> dict[str, list[Path]]:
    """Split NAME=FILE; who is named more than once is known by all of those files."""
    found: dict[str, list[Path]] = {}
    for name, file in _pairs(parameter, values):
        found.setdefault(speaker_name(name), []).append(Path(file))
    return found


def new_names(
    ctx: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> tuple[Pair, ...]:
    """Split VOICE=NAME."""
    return tuple((old, speaker_name(new)) for old, new in _pairs(parameter, values))


def _pairs(parameter: click.Parameter, values: Sequence[str]) -> Iterator[Pair]:
    for value in values:
        first, mark, second = value.partition("=")
        if not (first and mark and second):
            raise click.BadParameter(f"expected {parameter.metavar}, got {value}")
        yield first, second
