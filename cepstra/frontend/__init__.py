"""The browser's front end again in NumPy.

`features.audio` reads sound files and is imported by its own name: the service, which reads none,
runs without the libraries for them.
"""

from cepstra.frontend.definition import (
    Endpointing,
    FrontEndDefinition,
    load_definition,
    page_definition,
)
from cepstra.frontend.endpoints import speech_span
from cepstra.frontend.message import rounded, to_message
from cepstra.frontend.mfcc import Features, concatenate, extract, mel_spectrogram

__all__ = [
    "Endpointing",
    "Features",
    "FrontEndDefinition",
    "concatenate",
    "extract",
    "load_definition",
    "mel_spectrogram",
    "page_definition",
    "rounded",
    "speech_span",
    "to_message",
]
