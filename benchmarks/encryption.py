"""`python -m benchmarks.encryption`: what encryption adds to a call that reads a model."""

from __future__ import annotations

import secrets
import time

import numpy as np

from cepstra.store.encryption import open_blob, seal
from cepstra.store.keyring import make_key, parse_keys

MODEL_BYTES = 140_000
CALLS = 3000


def main() -> None:
    """Seal and open a model's worth of bytes and print the medians."""
    keyring = parse_keys(make_key(), "a passing key")
    content = secrets.token_bytes(MODEL_BYTES)
    blob = seal(keyring, "models", 1, content)
    elapsed_us: dict[str, list[float]] = {"seal": [], "open": []}
    for _ in range(CALLS):
        started = time.perf_counter()
        seal(keyring, "models", 1, content)
        between = time.perf_counter()
        open_blob(keyring, "models", 1, blob)
        elapsed_us["seal"].append(1e6 * (between - started))
        elapsed_us["open"].append(1e6 * (time.perf_counter() - between))
    for label, values in elapsed_us.items():
        print(f"{label} {MODEL_BYTES} bytes: median {np.median(values):.0f} us")


if __name__ == "__main__":
    main()
