"""The browser's front end again in NumPy, for files, tests and evaluation."""

from features.audio import AudioError, read_audio, resample
from features.definition import FrontEndDefinition, load_definition, page_definition
from features.endpoints import speech_span
from features.message import rounded, to_message
from features.mfcc import Features, concatenate, extract

__all__ = [
    "AudioError",
    "Features",
    "FrontEndDefinition",
    "concatenate",
    "extract",
    "load_definition",
    "page_definition",
    "read_audio",
    "resample",
    "rounded",
    "speech_span",
    "to_message",
]
