"""The shared corpora with few trials of one of them."""

from pathlib import Path


def with_every(shared: Path, folder: Path, corpus: str, nth: int) -> Path:
    """Make, in a folder, what stands for `shared`: every nth of the trials, all of the rest."""
    (folder / "protocol").mkdir(parents=True)
    for name in ("corpora", "tools"):
        (folder / name).symlink_to(shared / name)
    for kind in ("enrol", "trials"):
        lines = (shared / "protocol" / f"{corpus}.{kind}.csv").read_text().splitlines()
        kept = lines if kind == "enrol" else [lines[0], *lines[1::nth]]
        (folder / "protocol" / f"{corpus}.{kind}.csv").write_text("\n".join(kept) + "\n")
    return folder
