"""Thousands of speakers put into a store at once: disturbed copies of one real enrolment."""

from __future__ import annotations

from typing import Any

import numpy as np
import sqlalchemy as sa

from benchmarks.messages import recording
from cepstra.evaluation.systems import default_system
from cepstra.frontend.definition import page_definition
from cepstra.store import Store, migrate
from cepstra.store.arrays import Arrays, pack
from cepstra.store.encryption import seal
from cepstra.store.keyring import Keyring
from cepstra.store.tables import models, speakers, voiceprint_counters, voiceprints
from cepstra.store.takes import Take
from cepstra.verification.enrolled_speech import STATISTICS
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.verifier import Built

CHUNK = 500
N_TAKES, TAKE_FRAMES = 10, 70
DISTURBANCE = 0.3  # of the enrolment's own statistics, a share drawn anew for each number


def fill(database_url: str, n_speakers: int) -> None:
    """Put speakers s1, s2, ... with models and voiceprints into an empty store."""
    store = Store(database_url)
    migrate.upgrade(store)
    system = default_system().system
    enrolment = _enrolment(system)
    rng = np.random.default_rng(1)
    for start in range(0, n_speakers, CHUNK):
        ids = range(start + 1, min(start + CHUNK, n_speakers) + 1)
        rows = [_speaker(store.keyring, system, enrolment, speaker_id, rng) for speaker_id in ids]
        with store.writing() as connection:
            for position, table in enumerate((speakers, models, voiceprints)):
                connection.execute(sa.insert(table), [row[position] for row in rows])
    with store.writing() as connection:
        connection.execute(sa.update(voiceprint_counters).values(changes=n_speakers))
    store.close()


def _enrolment(system: FusionVerifier) -> Built:
    frames = np.array(recording()["mfcc"])
    stride = (len(frames) - TAKE_FRAMES) // N_TAKES
    starts = [index * stride for index in range(N_TAKES)]
    return system.build(
        [
            Take("train", digit, 0, frames[start : start + TAKE_FRAMES])
            for digit, start in enumerate(starts)
        ]
    )


def _speaker(
    keyring: Keyring,
    system: FusionVerifier,
    enrolment: Built,
    speaker_id: int,
    rng: np.random.Generator,
) -> tuple[dict[str, Any], ...]:
    arrays: Arrays = {
        name: values * rng.normal(1.0, DISTURBANCE, values.shape).clip(0.1)
        if name.startswith(STATISTICS)
        else values
        for name, values in enrolment.arrays.items()
    }
    vector = system.voiceprint(arrays)
    if vector is None:
        raise ValueError("the enrolment holds no speech")
    frontend = {"frontend": page_definition().id, "width": page_definition().coefficients}
    made = {"revision": N_TAKES, "system": system.name}
    return (
        {"id": speaker_id, "alias": f"s{speaker_id}", "revision": N_TAKES, **frontend},
        {
            "speaker_id": speaker_id,
            **made,
            "summary": enrolment.summary,
            "arrays": seal(keyring, "models", speaker_id, pack(arrays)),
        },
        {
            "speaker_id": speaker_id,
            "system": system.name,
            "change": speaker_id,
            "vector": seal(keyring, "voiceprints", speaker_id, vector.tobytes()),
        },
    )
