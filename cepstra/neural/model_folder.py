"""A folder that `cepstra train` wrote: a network, its card, and what it was trained from."""

from __future__ import annotations

import re
from pathlib import Path

from cepstra.frontend import page_definition
from cepstra.neural.gallery_verifier import GalleryVerifier

NETWORK, CARD = "network.onnx", "card.md"
NAME_PATTERN = "[A-Za-z0-9._-]{1,64}"


class ModelFolderError(ValueError):
    """A folder holds no network that can be used; says which, what was expected and got."""


def model_name(folder: Path) -> str:
    """Return the name that a folder gives its network: its own.

    Raises:
        ModelFolderError: there is no network, or the name is none for an address.
    """
    if not (folder / NETWORK).is_file():
        raise ModelFolderError(f"{folder}: expected {NETWORK} of `cepstra train`, got none")
    return future_name(folder)


def future_name(folder: Path) -> str:
    """Return the name that a folder gives the network that it is to hold.

    Raises:
        ModelFolderError: the name is none for an address.
    """
    name = folder.resolve().name
    if not re.fullmatch(NAME_PATTERN, name):
        text = "expected a folder named with letters A to Z, digits, '.', '_' and '-'"
        raise ModelFolderError(f"{folder}: {text}, got {name[:80]!r}")
    return name


def load_model(folder: Path) -> GalleryVerifier:
    """Return the network of a folder with its calibration.

    Raises:
        ModelFolderError: it cannot be read, or knows another front end.
    """
    model_name(folder)
    path = folder / NETWORK
    try:
        verifier = GalleryVerifier.from_bytes(path.read_bytes())
        frontend = verifier.embedder.description.frontend
    except Exception as error:  # the runtime's own errors have no common class
        reason = " ".join(str(error).split())[:200]
        raise ModelFolderError(
            f"{path}: expected a network of `cepstra train`, got {reason}"
        ) from None
    if frontend != page_definition().id:
        expected = page_definition().id
        raise ModelFolderError(f"{path}: expected the front end {expected}, got {frontend}")
    return verifier
