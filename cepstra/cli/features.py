"""`features`: turn recordings into the messages that curl can send."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import numpy as np
import orjson
from numpy.typing import NDArray

from cepstra.cli._options import NEW_FILE, check_apart
from cepstra.cli._recordings import Speech, channel_option, speech_s
from cepstra.cli._sources import source_options
from cepstra.frontend import page_definition, rounded, to_message
from cepstra.frontend.audio_errors import NoSpeechError
from cepstra.frontend.channels import Channel
from cepstra.frontend.utterances import Cut, Utterance, cut_utterances, find_utterances
from cepstra.gmm.streams import deltas
from cepstra.whole_files import write_whole


@click.command("features")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--out", type=NEW_FILE, help="File to write: .json, or .npz.  [default: print JSON]")
@click.option("--plot", type=NEW_FILE, help="PNG of waveform, endpoints, mel bands and cepstra.")
@click.option("--digit", type=click.IntRange(0, 9), help="The digit said.")
@channel_option
@click.option(
    "--lpc",
    "with_lpc",
    is_flag=True,
    help="Add predictor coefficients; the service reads over them.",
)
@click.option(
    "--deltas",
    "with_deltas",
    is_flag=True,
    help="Append each frame's 20 deltas: a front end of its own, without `frontend`.",
)
@click.option("--json", "as_json", is_flag=True, help="Report what was written as JSON.")
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    files: Sequence[Path],
    out: Path | None,
    plot: Path | None,
    channel: Channel | None,
    as_json: bool,
    **content: Any,
) -> None:
    """Write the message of a recording, cut as the page cuts it, for /train, /test or /score.

    FILE is a sound file or a video, or - for standard input. More than 20 s, with the short pauses
    that are sent, make several messages, numbered NAME-1.json, NAME-2.json and so on.
    """
    if len(files) != 1:
        raise click.UsageError(f"expected one recording, got {len(files)}")
    check_apart([out, plot], files)
    speech = Speech(channel=channel)
    utterances, length_s = _utterances(files[0], speech)
    if plot:
        _draw(files[0], utterances, plot, speech)
    cuts = cut_utterances(utterances)
    if out is None:
        for cut in cuts:
            click.echo(_json(cut, **content))
        return
    paths = _numbered(out, len(cuts))
    for cut, path in zip(cuts, paths, strict=True):
        write_whole(path, _npz(cut) if path.suffix == ".npz" else _json(cut, **content))
    spans = [utterance.span for utterance in utterances]
    _report(paths, cuts, _seconds(spans, length_s), as_json or (ctx.obj or {}).get("as_json"))


def _utterances(path: Path, speech: Speech) -> tuple[list[Utterance], float]:
    """Return what is said in a file, and how many seconds it has."""
    n_samples = 0

    def blocks() -> Iterator[NDArray[np.float32]]:
        nonlocal n_samples
        for block in speech.blocks(path):
            n_samples += len(block)
            yield block

    found = list(find_utterances(blocks(), page_definition()))
    for note in speech.notes:
        click.echo(f"Warning: {note}", err=True)
    if not found:
        raise NoSpeechError(f"{path}: nobody speaks in it")
    return found, n_samples / page_definition().sample_rate_hz


def _seconds(spans: Sequence[slice], length_s: float) -> list[list[float]]:
    """Return where spans of frames begin and end, without the quiet around the recording."""
    rate = page_definition().frames_per_second
    return [[max(0.0, span.start / rate), min(span.stop / rate, length_s)] for span in spans]


def _draw(path: Path, utterances: Sequence[Utterance], picture: Path, speech: Speech) -> None:
    from cepstra.cli._plots import LONGEST_S, save_recording  # the plotting library takes a second

    spans = [utterance.span for utterance in utterances]
    save_recording(_beginning(path, LONGEST_S, speech), spans, path.name, picture)


def _beginning(path: Path, seconds: float, speech: Speech) -> NDArray[np.float64]:
    """Samples of the first seconds and perhaps some more, however long the recording is."""
    wanted = seconds * page_definition().sample_rate_hz
    parts: list[NDArray[np.float32]] = []
    with closing(speech.blocks(path)) as blocks:
        for block in blocks:
            parts.append(block)
            if sum(map(len, parts)) >= wanted:
                break
    return np.concatenate(parts).astype(np.float64)


def _json(cut: Cut, digit: int | None, with_lpc: bool, with_deltas: bool) -> bytes:
    message = to_message(cut.features, digit, lpc=cut.lpc if with_lpc else None)
    if with_deltas:
        mfcc, changes = rounded(cut.features).mfcc, _deltas(cut)
        message["mfcc"] = np.concatenate([mfcc, changes], axis=1).tolist()
        del message["frontend"]
    return orjson.dumps(message) + b"\n"


def _deltas(cut: Cut) -> NDArray[np.float64]:
    """(T, 20) deltas of the cepstra as they are sent, to thousandths."""
    changes = deltas(rounded(cut.features).mfcc.astype(np.float32))
    return np.round(changes, 3).astype(np.float64)


def _npz(cut: Cut) -> bytes:
    buffer = io.BytesIO()
    features = rounded(cut.features)
    np.savez_compressed(
        buffer,
        mfcc=features.mfcc,
        energy=features.energy,
        zcr=features.zcr,
        deltas=_deltas(cut),
        lpc=cut.lpc,
        frontend=page_definition().id,
    )
    return buffer.getvalue()


def _numbered(out: Path, count: int) -> list[Path]:
    if count == 1:
        return [out]
    return [out.with_stem(f"{out.stem}-{number}") for number in range(1, count + 1)]


def _report(
    paths: Sequence[Path],
    cuts: Sequence[Cut],
    utterances_s: Sequence[Sequence[float]],
    as_json: bool | None,
) -> None:
    if as_json:
        messages = [
            {
                "file": str(path),
                "frames": len(cut.features),
                "speech_s": speech_s(cut.features),
            }
            for path, cut in zip(paths, cuts, strict=True)
        ]
        click.echo(json.dumps({"messages": messages, "utterances_s": utterances_s}, indent=2))
        return
    for path, cut in zip(paths, cuts, strict=True):
        seconds = f"{speech_s(cut.features):.1f} s of speech"
        click.echo(f"{path}: {len(cut.features)} frames, {seconds}")
