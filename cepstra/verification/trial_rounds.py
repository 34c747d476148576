"""Trials of all who are enrolled, made a few voices at a time, so that no call takes long."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from cepstra.gmm.operating_point import Trials
from cepstra.store import Store, models, speakers
from cepstra.store.models import MadeFrom
from cepstra.verification.errors import UnderWayError
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.own_trials import Row, VoiceTried, try_voice
from cepstra.verification.shipped import FRONT_END

MOST_S = 0.5  # of processor time, after which a call begins with no further voice
MOST_ROUNDS = 16  # of different tenants and wishes; more at once would put one another out
UNDER_WAY_S = 600.0  # as long a round goes on with the voices that it began with
Wanted = tuple[str, str, int, int]  # tenant, system, digits, speakers


@dataclass(frozen=True)
class OwnTrials:
    """What was tried so far.

    Attributes:
        trials: their scores; numbers stand for speakers.
        n_speakers: how many took part.
        n_waiting: how many will be tried by the next calls.
        n_left_out: how many are enrolled but have too few takes, too little speech in them or no
            model of this system, or were too many.
        n_apart: how many of them attempted in another sitting than they were enrolled in.
    """

    trials: Trials
    n_speakers: int
    n_waiting: int
    n_left_out: int
    n_apart: int


@dataclass
class _Round:
    """The models that there were when it began, by speaker, and what was found since."""

    made_from: Mapping[int, MadeFrom]
    began_s: float = field(default_factory=time.monotonic)
    n_asked: int = 0
    n_tried: int = 0
    n_apart: int = 0
    rows: list[Row] = field(default_factory=list)

    @property
    def n_waiting(self) -> int:
        return len(self.made_from) - self.n_asked

    def add(self, tried: VoiceTried) -> None:
        """Note what came of the next voice."""
        self.n_asked += 1
        self.rows += tried.rows
        self.n_tried += bool(tried.rows)
        self.n_apart += bool(tried.rows) and tried.is_apart

    def serves(self, made_from: Mapping[int, MadeFrom]) -> bool:
        """Whether to go on with it, though others may have been enrolled since."""
        is_under_way = self.n_waiting and time.monotonic() - self.began_s < UNDER_WAY_S
        return bool(is_under_way) or self.made_from == made_from


class TrialRounds:
    """Rounds of trials that are under way or over: scores, in the memory of a process.

    A round that is over holds while nobody's takes change.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._rounds: OrderedDict[Wanted, _Round] = OrderedDict()
        self._lock = Lock()

    def go_on(
        self, store: Store, system: FusionVerifier, n_digits: int, most_speakers: int
    ) -> OwnTrials:
        """Try further voices of those enrolled last, for `MOST_S`.

        Args:
            store: the database; each speaker's takes are read in a transaction of their own.
            system: the one in force.
            n_digits: takes an attempt.
            most_speakers: how many of those enrolled last take part.

        Raises:
            UnderWayError: another call is at it for longer than that.
        """
        began_s = time.thread_time()
        with store.reading() as connection:
            n_enrolled = speakers.count_enrolled(connection, FRONT_END)
            newest = speakers.newest_enrolled(connection, FRONT_END, most_speakers)
            made_from = models.made_from(connection, newest)
        current = {key: made_from[key] for key in newest if key in made_from}
        current = {key: made for key, made in current.items() if made.system == system.name}
        wanted = store.tenant or "", system.name, n_digits, most_speakers
        if not self._lock.acquire(timeout=MOST_S):
            raise UnderWayError("calibration", "another call is trying voices: ask again")
        try:
            found = self._round(wanted, current)
            chosen = list(found.made_from)
            while found.n_waiting:
                found.add(try_voice(store, system, chosen, found.n_asked, n_digits))
                if time.thread_time() - began_s > MOST_S:
                    break
            return _so_far(found, n_enrolled)
        finally:
            self._lock.release()

    def _round(self, wanted: Wanted, current: Mapping[int, MadeFrom]) -> _Round:
        """Return the round to go on with, or a new one of the models that there are now."""
        found = self._rounds.pop(wanted, None)
        if found is None or not found.serves(current):
            found = _Round(current)
        self._rounds[wanted] = found
        while len(self._rounds) > MOST_ROUNDS:
            self._rounds.popitem(last=False)
        return found


def _so_far(found: _Round, n_enrolled: int) -> OwnTrials:
    columns = zip(*found.rows, strict=True) if found.rows else ((), (), (), ())
    scores, *numbers = (np.array(column) for column in columns)
    return OwnTrials(
        Trials(scores.astype(np.float64), *(each.astype(np.int64) for each in numbers)),
        found.n_tried,
        found.n_waiting,
        max(0, n_enrolled - found.n_tried - found.n_waiting),
        found.n_apart,
    )
