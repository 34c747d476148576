"""Names that people give to unknown voices of a timeline, and their enrolment, with consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from cepstra.cli._folders import speaker_name
from cepstra.client import Client
from cepstra.frontend import page_definition
from cepstra.frontend.message import MAX_FRAMES
from cepstra.timeline import Timeline

Pair = tuple[str, str]
FEWEST_TAKES = 2  # each is scored by a model that does not know it


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

    def check(self) -> None:
        """Refuse an enrolment without consent.

        Raises:
            click.UsageError: nobody is said to have agreed.
        """
        if self.enrol and not self.consent:
            raise click.UsageError("expected --consent VERSION: who is enrolled has to agree first")

    def given(self, names: Sequence[str]) -> list[str]:
        """Return the names of voices with the new ones in place of the old.

        Raises:
            click.ClickException: there is no such voice.
        """
        new = dict((*self.name, *self.enrol))
        if missing := [old for old in new if old not in names]:
            text = f"expected one of {', '.join(names)}, got {missing[0]}"
            raise click.ClickException(text)
        return [new.get(name, name) for name in names]

    def enrol_voices(self, client: Client, timeline: Timeline, names: Sequence[str]) -> list[str]:
        """Enrol voices with their sure speech; return what was done, in words."""
        done = []
        for old, new in self.enrol:
            frames = timeline.speech[names.index(old)]
            client.consent(new, self.consent or "")
            n_takes = max(FEWEST_TAKES, -(-len(frames) // MAX_FRAMES))
            for take in np.array_split(frames, n_takes):
                client.train(new, message_of(take))
            done.append(f"{old} enrolled as {new}, takes: {n_takes}")
        return done


def message_of(frames: NDArray[Any]) -> dict[str, Any]:
    """Return the message of frames (T, 20) that need no rounding."""
    return {"mfcc": frames.tolist(), "frontend": page_definition().id}


def pairs(
    ctx: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> tuple[Pair, ...]:
    """Split OLD=NEW, both as options of a command give them."""
    split = [value.partition("=") for value in values]
    for old, mark, new in split:
        if not (old and mark and new):
            raise click.BadParameter(f"expected {parameter.metavar}, got {old}{mark}{new}")
    return tuple((old, new) for old, _, new in split)


def new_names(
    ctx: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> tuple[Pair, ...]:
    """Split VOICE=NAME, with a name that a speaker may have."""
    return tuple((old, speaker_name(new)) for old, new in pairs(ctx, parameter, values))
