"""Voice verification that never hears the voice: cepstral frames in, decisions out."""

__version__ = "0.1.0"
