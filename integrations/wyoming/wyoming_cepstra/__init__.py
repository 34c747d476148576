"""A Wyoming service that names the speaker of an utterance; frames are computed here by Cepstra."""
