"""Profiles in files: safetensors, or the JSON of a service's /export. Numbers and text, no code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from cepstra.library.speech import SpeechError, message_of_take
from cepstra.store.takes import Role, Take
from cepstra.verification.message import Message
from cepstra.whole_files import write_whole

FORMAT = "cepstra-profile-1"
SUFFIXES = (".safetensors", ".json")
WANTED = ("mfcc", "embedding", "speech_frames", "network", "digit", "device", "take")
Body = dict[str, Any]


def write(path: Path, name: str, frontend: str | None, takes: Sequence[Take]) -> None:
    """Write a profile; a file that is there already is replaced as a whole.

    Raises:
        ValueError: the name of the file ends in neither .safetensors nor .json.
    """
    _check_suffix(path)
    bodies = [_told(take) for take in takes]
    told = {"alias": name, "frontend": frontend, "takes": bodies}
    if path.suffix == ".json":
        for body, take in zip(bodies, takes, strict=True):
            body["mfcc"] = None if take.embedding else _frames(take).tolist()
        data = f"{json.dumps(told)}\n".encode()
    else:
        spoken = ((number, take) for number, take in enumerate(takes) if not take.embedding)
        arrays = {f"{number}.mfcc": _frames(take) for number, take in spoken}
        data = save(arrays, {"format": FORMAT, "profile": json.dumps(told)})
    write_whole(path, data)


def read(path: Path) -> tuple[str, list[tuple[Role, Message]]]:
    """Return name and takes of a profile.

    Raises:
        ValueError: the file is none.
        OSError: it cannot be read.
    """
    _check_suffix(path)
    try:
        told = _json(path) if path.suffix == ".json" else _safetensors(path)
        name, frontend = told["alias"], told["frontend"]
        return name, [_take(frontend, n, body) for n, body in enumerate(told["takes"])]
    except KeyError as error:
        raise ValueError(f"{path}: expected a profile with {error}, found none") from None
    except (ValueError, SafetensorError, TypeError, RecursionError) as error:
        raise ValueError(f"{path}: is no profile: {error}") from None


def _check_suffix(path: Path) -> None:
    if path.suffix not in SUFFIXES:
        raise ValueError(f"{path}: expected a name that ends in {' or '.join(SUFFIXES)}")


def _told(take: Take) -> Body:
    """Return what is known of a take beside its frames; all of it, where an embedding came."""
    told: Body = {
        "role": take.role,
        "digit": take.digit,
        "device": take.device,
        "take": take.name or None,
    }
    if sent := take.embedding:
        told["embedding"] = sent.vector.tolist()
        told |= {"speech_frames": sent.speech_frames, "network": sent.network}
    return told


def _frames(take: Take) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.ascontiguousarray(take.frames, dtype=np.float32)


def _json(path: Path) -> Body:
    return _with_takes(json.loads(path.read_text(encoding="utf-8-sig")))


def _safetensors(path: Path) -> Body:
    with safe_open(path, framework="numpy") as file:
        known = file.metadata() or {}
        if known.get("format") != FORMAT:
            raise TypeError(f"expected the format {FORMAT}, got {known.get('format')}")
        told = _with_takes(json.loads(known["profile"]))
        for number, take in enumerate(told["takes"]):
            if not take.get("embedding"):
                take["mfcc"] = file.get_tensor(f"{number}.mfcc").tolist()
    return told


def _with_takes(told: Any) -> Body:
    is_listed = isinstance(told, dict) and isinstance(told["takes"], list)
    if not is_listed or not all(isinstance(take, dict) for take in told["takes"]):
        raise TypeError("expected an object with a list of takes, each an object")
    return cast(Body, told)


def _take(frontend: str | None, number: int, body: Body) -> tuple[Role, Message]:
    role = body.get("role", "train")
    if role not in get_args(Role):
        raise SpeechError(f"takes.{number}.role: expected train or reference, got {role!r}")
    wanted = {key: body.get(key) for key in WANTED} | {"frontend": frontend}
    try:
        message = message_of_take({key: v for key, v in wanted.items() if v is not None})
    except SpeechError as error:
        raise SpeechError(f"takes.{number}.{error}") from None
    return cast(Role, role), message
