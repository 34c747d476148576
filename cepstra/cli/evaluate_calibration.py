"""`evaluate-calibration`: how well thresholds that `calibrate` names hold, on real recordings."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import httpx
import numpy as np
from rich.progress import Progress

from cepstra.cli._enrolment import EnrolmentFile, enrol
from cepstra.cli._marked_section import page_option, show
from cepstra.cli._options import shared_option
from cepstra.cli._progress import bar, bars
from cepstra.cli._recordings import Speech
from cepstra.client import Client
from cepstra.config import Config
from cepstra.evaluation import report
from cepstra.evaluation.corpora import CORPORA, Shared
from cepstra.evaluation.kept_speakers import KEPT_CORPORA, is_kept
from cepstra.evaluation.protocol import ProtocolError, read_enrolment
from cepstra.evaluation.threshold_draws import others_passing
from cepstra.gmm.operating_point import Estimate, Trials
from cepstra.verification import own_threshold
from cepstra.verification.errors import TooFewVoicesError
from cepstra.verification.own_threshold import Calibration
from cepstra.verification.service import Service
from cepstra.verification.shipped import FRONT_END

N_DIGITS, RATE = 3, 0.01
MOST_SPEAKERS = 200
SETTING = (12, 20, 30, 40, 60)  # speakers that set a threshold, for the others
FEWEST_TRYING = 12  # of those others
N_DRAWS = 40
CALIBRATED = (
    "enrolled",
    "speakers",
    "shipped threshold: others, own rejected",
    "own threshold",
    "on the other half: others, own rejected",
)
DRAWN = (
    "set by",
    f"named in, of {N_DRAWS} draws",
    "others pass: 5th, 50th, 95th percentile",
)
Speakers = dict[str, list[EnrolmentFile]]


@dataclass(frozen=True)
class _Found:
    """What the voices of one set say."""

    heading: str
    calibration: Calibration
    trials: Trials


@click.command("evaluate-calibration")
@shared_option
@page_option
def command(shared: Path, page: Path | None) -> None:
    """Enrol speakers kept from training, and try the threshold for 1% that they ask for.

    Those of `dev` took no part in anything; those of `background` are the ones that calibrated the
    shipped threshold and trained nothing but, those of speechocean762, a part of CAM++'s course by
    mistake. Corpora that are missing are left out.
    """
    found = []
    try:
        with bars() as progress:
            for heading, speakers in _sets(Shared(shared, Path("build"))):
                if speakers:
                    found.append(_tried(heading, speakers, progress))
    except (ProtocolError, TooFewVoicesError) as error:
        raise click.ClickException(str(error)) from error
    show(page, f"{_calibrated(found)}\n{_drawn(found)}")


def _sets(shared: Shared) -> Iterator[tuple[str, Speakers]]:
    corpora, digits = shared.folder / "corpora", CORPORA[0]
    enrolled = {
        f"{file}.flac" for own in read_enrolment(shared.lists(digits)[0]).values() for file in own
    }
    paths = [corpora / digits.folder / file for file in sorted(enrolled)]
    yield f"{digits.folder}, one sitting", _by_speaker(path for path in paths if path.is_file())
    calls = sorted((corpora / "wuw/dev").glob("*/*.flac"))
    yield "wuw/dev, each call against the other calls", _by_speaker(calls, _call)
    for corpus in KEPT_CORPORA:
        paths = sorted((corpora / corpus / "background").glob("*/*.flac"))
        kept = (path for path in paths if is_kept(corpus, path.parent.name))
        yield f"{corpus}/background, one sitting", _by_speaker(kept)


def _by_speaker(
    paths: Iterable[Path], device_of: Callable[[Path], str | None] = lambda _: None
) -> Speakers:
    speakers: Speakers = {}
    for path in paths:
        recording = EnrolmentFile(path, device=device_of(path))
        speakers.setdefault(path.parent.name, []).append(recording)
    return speakers


def _call(path: Path) -> str:
    """SPEAKER_CALL_PHONE_UTTERANCE: the call and its telephone."""
    return "-".join(path.stem.split("_")[1:3])


def _tried(heading: str, speakers: Speakers, progress: Progress) -> _Found:
    with _service() as (client, service):
        enrolled = bar(progress, heading, len(speakers))
        for name, files in speakers.items():
            enrol(client, name, files, Speech(), lambda _: None, {})
            enrolled(1)
        calibration, n_tried = None, 0
        trying = bar(progress, f"{heading}: trials", len(speakers))
        while calibration is None or calibration.n_waiting:
            calibration = own_threshold.calibrate(service, RATE, N_DIGITS, MOST_SPEAKERS)
            n_done = len(speakers) - calibration.n_waiting
            trying(n_done - n_tried)
            n_tried = n_done
        system = service.verifiers.calibrated(FRONT_END, "frontend")
        found = service.trial_rounds.go_on(service.store, system, N_DIGITS, MOST_SPEAKERS)
        return _Found(heading, calibration, found.trials)


@contextmanager
def _service() -> Iterator[tuple[Client, Service]]:
    from cepstra.api import create_app  # the verifiers take a second to load

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(database_url=f"sqlite:///{folder}/cepstra.db", audit_log="none"))
        with (
            closing(app.extensions["service"].store),
            Client("http://127.0.0.1", transport=httpx.WSGITransport(app)) as client,
        ):
            yield client, app.extensions["service"]


def _calibrated(found: Sequence[_Found]) -> str:
    rows = []
    for each in found:
        now, named, half = (
            each.calibration.now,
            each.calibration.named,
            each.calibration.other_half,
        )
        cells = [
            each.heading,
            str(each.calibration.n_speakers),
            f"{_percent(now.far)}, {_percent(now.frr)}",
            f"{named.threshold.value:.2f} ({named.threshold.low:.2f} to {named.threshold.high:.2f})"
            + (f"; {named.refusal.replace('-', ' ')}" if named.refusal else ""),
            f"{_percent(half.far)}, {_percent(half.frr)}" if half else "-",
        ]
        rows.append(cells)
    return report.table(CALIBRATED, rows)


def _drawn(found: Sequence[_Found]) -> str:
    rows = []
    for each in found:
        for n_setting in SETTING:
            if n_setting + FEWEST_TRYING > each.trials.n_voices:
                continue
            shares = others_passing(each.trials, n_setting, RATE, N_DRAWS)
            spread = np.percentile(100 * np.array(shares), (5, 50, 95)) if shares else ()
            told = ", ".join(f"{share:.1f}%" for share in spread) or "-"
            setting = f"{n_setting} of {each.heading.partition(',')[0]}"
            rows.append((setting, str(len(shares)), told))
    return report.table(DRAWN, rows)


def _percent(share: Estimate) -> str:
    value, low, high = (100 * each for each in (share.value, share.low, share.high))
    return f"{value:.1f}% ({low:.1f} to {high:.1f})"
