"""Who speaks when: frames of a recording in, segments with a voice out; no I/O."""

from cepstra.timeline.diarizer import Diarizer, Segment, Timeline
from cepstra.timeline.naming import named, voice_names

__all__ = ["Diarizer", "Segment", "Timeline", "named", "voice_names"]
