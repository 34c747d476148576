"""Voice verification that never hears the voice: cepstral frames in, decisions out.

`cepstra.features`, `cepstra.Profile` and `cepstra.pictures` are the library, docs/library.md; each
is imported when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cepstra.frontend.audio_errors import AudioError as AudioError
    from cepstra.library import pictures as pictures
    from cepstra.library.profile import Profile as Profile
    from cepstra.library.speech import SpeechError as SpeechError
    from cepstra.library.speech import features as features
    from cepstra.verification.errors import VerificationError as VerificationError

__version__ = "1.0.0"
__all__ = ["AudioError", "Profile", "SpeechError", "VerificationError", "features", "pictures"]

_HOMES = {
    "AudioError": "frontend.audio_errors",
    "Profile": "library.profile",
    "SpeechError": "library.speech",
    "VerificationError": "verification.errors",
    "features": "library.speech",
}


def __getattr__(name: str) -> Any:
    if name == "pictures":
        return importlib.import_module("cepstra.library.pictures")
    if name not in _HOMES:
        raise AttributeError(f"module 'cepstra' has no attribute {name!r}")
    return getattr(importlib.import_module(f"cepstra.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
