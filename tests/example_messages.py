"""The three messages in the repository's root: one voice twice, and another."""

import json

from surroundings import ROOT

TRAIN, TEST, OTHER = (
    json.loads((ROOT / name).read_text())
    for name in ("mfcc_train.json", "mfcc_test.json", "mfcc_other_speaker.json")
)


def part(message: dict, start: int, end: int) -> dict:
    """Return a message of those of its frames."""
    return {"mfcc": message["mfcc"][start:end], "frontend": message["frontend"]}


WORD = part(TRAIN, 0, 200)  # not longer than a digit of a challenge may be
