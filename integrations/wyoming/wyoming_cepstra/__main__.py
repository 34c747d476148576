"""`python -m wyoming_cepstra`: serve until stopped."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import click
from wyoming.server import AsyncServer

from wyoming_cepstra.handler import Handler
from wyoming_cepstra.speakers import ProfileSpeakers, ServiceSpeakers, Speakers

URI = "tcp://127.0.0.1:10900"
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--uri", default=URI, show_default=True, help="Where to listen; tcp:// or unix://.")
@click.option("--profiles", type=FOLDER, help="Folder of exported profiles, in place of a service.")
@click.option("--url", envvar="CEPSTRA_URL", help="The service [CEPSTRA_URL].")
@click.option("--key", envvar="CEPSTRA_KEY", help="Its key, scope identify [CEPSTRA_KEY].")
def main(uri: str, profiles: Path | None, url: str | None, key: str | None) -> None:
    """Name the speaker of each utterance to Wyoming clients."""
    try:
        speakers = _speakers(profiles, url, key)
        asyncio.run(_serve(AsyncServer.from_uri(uri), speakers, uri))
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None


def _speakers(profiles: Path | None, url: str | None, key: str | None) -> Speakers:
    if profiles is not None:
        return ProfileSpeakers(profiles)
    if url is None:
        raise ValueError("expected --profiles or CEPSTRA_URL, got neither")
    return ServiceSpeakers(url, key)


async def _serve(server: AsyncServer, speakers: Speakers, uri: str) -> None:
    click.echo(f"Wyoming at {uri}")
    await server.run(partial(Handler, speakers, asyncio.Lock()))


if __name__ == "__main__":
    main()
