"""The corpora that are evaluated, and their protocols."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cepstra.evaluation.protocol import ProtocolError
from cepstra.evaluation.runner import Experiment, load_experiment

CLEAN = "clean"
CONDITIONS = (CLEAN, "laptop", "phone", "cafe")


@dataclass(frozen=True)
class Corpus:
    """A protocol with its recordings, both relative to the shared folder.

    Attributes:
        name: prefix of the two lists in protocol/.
        folder: of the recordings in corpora/.
        heading: for people.
        conditions: as which device the attempts are heard; clean alone where they are of
            another day or device already.
    """

    name: str
    folder: str
    heading: str
    conditions: tuple[str, ...] = CONDITIONS


CORPORA = (
    Corpus("speech_commands_dev", "speech_commands/dev", "Speech Commands, 73 speakers"),
    Corpus("fsdd", "fsdd", "FSDD, 6 speakers, recorded at 8 kHz"),
)
# Other sessions of the same people: what the corpora of digits cannot show.
SESSIONS = (
    Corpus("calls_dev", "wuw/dev", "WUW-II, 18 people, another telephone call", (CLEAN,)),
    Corpus("rounds_dev_near", "dspspeech/dev", "DSPSpeech-20, 12 people, minutes later", (CLEAN,)),
    Corpus("rounds_dev_far", "dspspeech/dev", "DSPSpeech-20, 12 people, days later", (CLEAN,)),
)
ALL_CORPORA = (*CORPORA, *SESSIONS)


@dataclass(frozen=True)
class Shared:
    """Where corpora, protocols and tools lie.

    Attributes:
        folder: with corpora/, protocol/ and tools/.
        build: folder for copies as other devices would have recorded them.
    """

    folder: Path
    build: Path

    def audio(self, corpus: Corpus) -> Path:
        """Return the folder of a corpus's recordings."""
        return self.folder / "corpora" / corpus.folder

    def heard(self, corpus: Corpus, condition: str) -> Path:
        """Return the folder of the recordings in a condition, made on the first call.

        Raises:
            ProtocolError: the copies could not be made.
        """
        if condition == CLEAN:
            return self.audio(corpus)
        target = self.build / "degraded" / corpus.name / condition
        if target.is_dir():
            return target
        unfinished = target.with_suffix(".part")  # so that it is not taken for a whole one
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        degrade = self.folder / "tools" / "degrade.py"
        try:
            subprocess.run(
                [sys.executable, str(degrade), condition, str(self.audio(corpus)), str(unfinished)],
                check=True,
            )
        except subprocess.CalledProcessError as error:
            raise ProtocolError(f"the copies could not be made: {error}") from error
        return unfinished.rename(target)

    def lists(self, corpus: Corpus) -> tuple[Path, Path]:
        """Return the lists of enrolments and trials."""
        protocol = self.folder / "protocol"
        return protocol / f"{corpus.name}.enrol.csv", protocol / f"{corpus.name}.trials.csv"

    def experiment(self, corpus: Corpus, condition: str) -> Experiment:
        """Return the protocol with enrolment as recorded and attempts in a condition.

        Raises:
            ProtocolError: naming what is wrong or missing, or the copies could not be made.
        """
        heard = self.heard(corpus, condition)
        return load_experiment(*self.lists(corpus), self.audio(corpus), heard)
