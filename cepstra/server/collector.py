"""The garbage collector in a process that serves."""

from __future__ import annotations

import gc

CREATED = 10_000  # objects between two looks; a challenged login makes some 700


def settle() -> None:
    """Have it leave alone what is loaded, which stays, and look for the rest less often."""
    gc.freeze()
    gc.set_threshold(CREATED)
