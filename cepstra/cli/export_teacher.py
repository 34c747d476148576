"""`export-teacher`: CAM++, which hears the sound, as a file for `evaluate` and `accuracy`."""

from __future__ import annotations

from pathlib import Path

import click

from cepstra.evaluation.sound_system import MEL_BANDS, NETWORK
from cepstra.whole_files import write_whole


@click.command("export-teacher")
@click.option("--out", default=NETWORK, type=click.Path(path_type=Path), help="File.")
def command(out: Path) -> None:
    """Write CAM++ as its makers taught it, 28 MB, from log mel energies to embeddings.

    Needs PyTorch and its weights, once: make teacher. With the file, `accuracy` and `evaluate
    --system campplus-sound` measure it on the same trials as everything else, without PyTorch.
    """
    import torch

    from cepstra.training.networks.onnx_export import EXAMPLE_FRAMES, as_onnx
    from cepstra.training.networks.teacher import teacher_network

    try:
        network = teacher_network()
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error
    example = torch.zeros(1, EXAMPLE_FRAMES, MEL_BANDS)
    write_whole(out, as_onnx(network, example).SerializeToString())
    click.echo(f"wrote {out}")
