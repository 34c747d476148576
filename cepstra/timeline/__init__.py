"""Who speaks when: frames of a recording in, segments with a voice out; no I/O."""

from cepstra.timeline.diarizer import LONGEST_S, Diarizer, Segment, Timeline
from cepstra.timeline.naming import named, on_one_side, voice_names

__all__ = ["LONGEST_S", "Diarizer", "Segment", "Timeline", "named", "on_one_side", "voice_names"]
