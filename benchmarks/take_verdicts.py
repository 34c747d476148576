"""`python -m benchmarks.take_verdicts FOLDER`: the verdicts on good takes and on spoilt ones."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from cepstra.frontend import page_definition
from cepstra.frontend.audio import read_audio

Sound = NDArray[np.float64]
Spoil = Callable[[Sound, str, str], Sound]

RATE_HZ = page_definition().sample_rate_hz
BEFORE_S, AFTER_S = 3.5, 0.6  # what the endpointer first takes noise for has ended
ROOM = 1e-4
WINDOW = 1600
USUAL_PEAK = 0.3
SCRIPT = Path(__file__).with_suffix(".mjs")
VERDICTS = ("good", "too-quiet", "noisy", "clipped", "too-short", "unheard")


def loud(sound: Sound, peak: float) -> Sound:
    """Return it with this peak, cut off at full scale."""
    return np.clip(sound * peak / np.abs(sound).max(), -1, 1)


def padded(sound: Sound) -> tuple[Sound, slice]:
    """Return it in silence, loudest at BEFORE_S, and where it is in that."""
    start = round((BEFORE_S - loudest_s(sound)) * RATE_HZ)
    end = start + len(sound)
    around = np.zeros(end + round(AFTER_S * RATE_HZ))
    around[start:end] = sound
    return around, slice(start, end)


def noisy(sound: Sound, level: float, rng: np.random.Generator) -> Sound:
    """Return it in silence, with white noise of this effective value over all."""
    whole, _ = padded(sound)
    return whole + level * rng.standard_normal(len(whole))


def noise_level(sound: Sound, snr_db: float) -> float:
    """Return the effective value of a noise so far below speech: the loud tenth, as degrade.py."""
    return float(np.sqrt(np.percentile(sound**2, 90) / 10 ** (snr_db / 10)))


def degraded(shared: Path, name: str) -> Spoil:
    """Return a function that makes the copies of degrade.py, with their noise in the pauses too."""
    location = spec_from_file_location("degrade", shared / "tools" / "degrade.py")
    if location is None or location.loader is None:
        raise click.UsageError(f"{shared}: no tools/degrade.py in it")
    degrade = module_from_spec(location)
    location.loader.exec_module(degrade)

    def spoil(sound: Sound, speaker: str, file: str) -> Sound:
        whole, span = padded(loud(sound, USUAL_PEAK))

        def add_noise(heard: Sound, noise: Sound, snr_db: float) -> Sound:
            return heard + noise / np.std(noise) * noise_level(heard[span], snr_db)

        vars(degrade)["add_noise"] = add_noise  # its own takes the pauses for speech
        rngs = degrade.seeded(name, speaker), degrade.seeded(name, speaker, file)
        return degrade.CONDITIONS[name](whole, *rngs)

    return spoil


def conditions(shared: Path) -> dict[str, Spoil]:
    """Return name -> function (take, speaker, file) that spoils it, or leaves it good."""
    rng = np.random.default_rng(0)

    def at_peak(peak: float) -> Spoil:
        return lambda sound, speaker, file: noisy(loud(sound, peak), ROOM, rng)

    def with_noise(snr_db: float) -> Spoil:
        def spoil(sound: Sound, speaker: str, file: str) -> Sound:
            usual = loud(sound, USUAL_PEAK)
            return noisy(usual, noise_level(usual, snr_db), rng)

        return spoil

    return {
        "as recorded": lambda sound, speaker, file: noisy(sound, ROOM, rng),
        **{name: degraded(shared, name) for name in ("laptop", "phone", "cafe")},
        **{f"peak {peak:g}": at_peak(peak) for peak in (0.05, 0.02, 0.01, 0.005)},
        **{f"cut off at 1/{over}": at_peak(over) for over in (2, 4)},
        **{f"noise {snr_db} dB below": with_noise(snr_db) for snr_db in (15, 10, 5, 0)},
    }


def loudest_s(sound: Sound) -> float:
    """Return when a take is loudest."""
    return float(np.argmax(np.convolve(sound**2, np.ones(WINDOW), mode="same"))) / RATE_HZ


def heard(sounds: Iterable[Sound]) -> list[dict[str, Any] | None]:
    """Return what the page's modules measure and say of each, None where they hear nothing."""
    parts = [np.uint32(len(s)).tobytes() + s.astype("<f4").tobytes() for s in sounds]
    command = ["node", str(SCRIPT), str(BEFORE_S)]
    done = subprocess.run(command, input=b"".join(parts), capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def row(name: str, found: Sequence[dict[str, Any] | None], measured: bool) -> str:
    """Return a row: the shares of verdicts in percent, and percentiles of what is measured."""
    counts = Counter("unheard" if one is None else one["verdict"] for one in found)
    cells = [f"{100 * counts[verdict] / len(found):.1f}" for verdict in VERDICTS]
    kept = [one for one in found if one]
    if measured and kept:
        values = {
            "level": [one["levelDb"] for one in kept],
            "above floor": [one["levelDb"] - one["floorDb"] for one in kept],
            "ms": [one["speechMs"] for one in kept],
            "clipped": [one["clippedSamples"] for one in kept],
        }
        for value in values.values():
            cells.append(" ".join(f"{v:.0f}" for v in np.percentile(value, [1, 5, 50, 95, 99])))
    return f"| {name} | {' | '.join(cells)} |"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--shared", default=Path("../shared"), type=click.Path(path_type=Path))
@click.option("--takes", "n_takes", default=200, show_default=True, help="Evenly spread.")
@click.option("--measured", is_flag=True, help="Add percentiles 1, 5, 50, 95, 99 of the measures.")
def main(folder: Path, shared: Path, n_takes: int, measured: bool) -> None:
    """Print the verdicts on takes of FOLDER/SPEAKER/*.flac, as recorded and spoilt."""
    files = sorted(folder.glob("*/*.flac"))
    chosen = [files[at] for at in np.linspace(0, len(files) - 1, n_takes).astype(int)]
    takes = [(read_audio(path, RATE_HZ), path.parent.name, path.stem) for path in chosen]
    click.echo(f"| {n_takes} takes | {' | '.join(VERDICTS)} |")
    click.echo("|---|" + "---:|" * len(VERDICTS))
    for name, spoil in conditions(shared).items():
        click.echo(row(name, heard(spoil(*take) for take in takes), measured))


if __name__ == "__main__":
    main()
