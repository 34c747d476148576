"""Join the pictures of tests/browser/film_page.py into the README's film: join_film.py FROM TO."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CAPTIONS = {
    "1": "Speak at once: a voice becomes numbers on this device, and none is sent",
    "2": "With consent, five digits are learnt",
    "3": "Three random digits: it is jackson",
    "4": "Somebody else tries: both dots on one scale",
}
CAPTION_PX = 44
TEXT_PX = 20
INK, PAPER = "#ffffff", "#075e54"
SHORTEST_MS, LONGEST_MS, VERDICT_MS = 250, 600, 2500
MOST_BYTES = 700_000


def _captioned(path: Path) -> Image.Image:
    """Return the picture above a line that says what is going on."""
    picture = Image.open(path).convert("RGB")
    whole = Image.new("RGB", (picture.width, picture.height + CAPTION_PX), PAPER)
    whole.paste(picture)
    middle = (picture.width // 2, picture.height + CAPTION_PX // 2)
    text = CAPTIONS[path.name[0]]
    font = ImageFont.load_default(TEXT_PX)
    ImageDraw.Draw(whole).text(middle, text, INK, font=font, anchor="mm")
    return whole


def _spaced(paths: list[Path]) -> list[Path]:
    """Return the pictures without those too soon after another of their scene, its end kept.

    However many a quick machine takes, four a second are shown.
    """
    kept: list[Path] = []
    for path in paths:
        scene, start = _place(path)
        before, last = _place(kept[-1]) if kept else ("", 0)
        if scene != before or start - last >= SHORTEST_MS:
            kept.append(path)
    return kept


def _place(path: Path) -> tuple[str, int]:
    """Return scene and milliseconds since its start."""
    scene, milliseconds = path.stem.split("-")
    return scene, int(milliseconds)


def _shown_ms(paths: list[Path]) -> list[int]:
    """Return how long each picture stays: until the next, a verdict long enough to read it."""
    starts = [_place(path)[1] for path in paths]
    stays = [later - start for start, later in zip(starts, starts[1:] + [0], strict=True)]
    return [VERDICT_MS if stay < 0 else min(max(stay, SHORTEST_MS), LONGEST_MS) for stay in stays]


def main(source: Path, target: Path) -> None:
    """Join them."""
    paths = _spaced(sorted((source / "film").glob("*.png")))
    first, *others = map(_captioned, paths)
    durations_ms = _shown_ms(paths)
    first.save(
        target / "film.webp",
        save_all=True,
        append_images=others,
        duration=durations_ms,
        loop=0,
        quality=70,
        method=6,
        minimize_size=True,
    )
    size = (target / "film.webp").stat().st_size
    assert size <= MOST_BYTES, f"film.webp: {size} bytes, expected at most {MOST_BYTES}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
