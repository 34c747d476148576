"""Copy the screenshots that docs/page.md shows, in few colours: shrink_pictures.py FROM TO."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from PIL import Image

PAGE = Path(__file__).resolve().parent.parent / "docs" / "page.md"
COLOURS = 96
MOST_BYTES = 150_000


def main(source: Path, target: Path) -> None:
    """Copy them."""
    target.mkdir(parents=True, exist_ok=True)
    for name in re.findall(r"\(images/([\w-]+\.png)\)", PAGE.read_text()):
        image = Image.open(source / name).convert("RGB").quantize(COLOURS)
        image.save(target / name, optimize=True)
        size = (target / name).stat().st_size
        assert size <= MOST_BYTES, f"{name}: {size} bytes, expected at most {MOST_BYTES}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
