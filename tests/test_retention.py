"""What nobody has used for long enough goes; the rest stays."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa
from client_commands import Commands

from cepstra.api import create_app
from cepstra.config import Config
from cepstra.store import (
    Store,
    audit_log,
    challenges,
    fingerprints,
    scorings,
    speakers,
    tables,
    takes,
)
from cepstra.store.challenges import Answer, Challenge
from cepstra.store.fingerprints import Fingerprint
from cepstra.store.takes import NewTake
from cepstra.verification import audit, retention
from cepstra.verification.audit import Origin
from cepstra.verification.retention import Removed, Retention

pytestmark = pytest.mark.every_database

FRAMES = np.arange(60.0).reshape(3, 20)
LOCAL = Origin("local")


def age(store: Store, table: sa.Table, days: float, **where: object) -> None:
    moment = datetime.now(UTC) - timedelta(days=days)
    chosen = [table.c[name] == value for name, value in where.items()]
    with store.writing() as connection:
        connection.execute(sa.update(table).where(*chosen).values(created_at=moment))


def enrol(store: Store, alias: str, days: float) -> int:
    """Add a speaker who was created, trained and scored that many days ago."""
    with store.writing() as connection:
        speaker = speakers.obtain(connection, alias)
        takes.append(connection, speaker.id, NewTake("train", 1, {"frames": FRAMES}))
        scorings.append(connection, speaker.id, [1], 80, "accept")
        audit.note(connection, LOCAL, "train", speaker.id)
    age(store, tables.speakers, days, id=speaker.id)
    for table in (tables.takes, tables.scorings, tables.audit_log):
        age(store, table, days, speaker_id=speaker.id)
    return speaker.id


def aliases(store: Store) -> list[str]:
    with store.reading() as connection:
        return [speaker.alias for speaker in speakers.page(connection, "", 1000)]


def test_speakers_without_use_go_and_the_others_stay(store):
    for alias, days in (("old", 31), ("young", 29), ("trained", 31), ("scored", 31)):
        enrol(store, alias, days)
    with store.writing() as connection:
        trained, scored = (speakers.find(connection, alias) for alias in ("trained", "scored"))
        takes.append(connection, trained.id, NewTake("train", 2, {"frames": FRAMES}))
        scorings.append(connection, scored.id, [2], 80, "accept")
    assert retention.apply(store, LOCAL, Retention(30, 0)) == Removed(1, 0)
    assert aliases(store) == ["scored", "trained", "young"]
    with store.reading() as connection:
        left = connection.execute(sa.select(sa.func.count()).select_from(tables.takes)).scalar_one()
    assert left == 4


def test_a_removal_is_in_the_audit_log(store):
    old = enrol(store, "old", 400)
    retention.apply(store, LOCAL, Retention(30, 0))
    with store.reading() as connection:
        newest, before = audit_log.of_speaker(connection, old)
    assert (newest.action, newest.reason, before.action) == ("delete", "retention", "train")


def test_nothing_goes_by_default_but_audit_entries_after_a_year(store):
    enrol(store, "ancient", 5000)
    enrol(store, "old", 364)
    defaults = Retention(Config().retention_days, Config().audit_retention_days)
    assert retention.apply(store, LOCAL, defaults) == Removed(0, 1)
    assert aliases(store) == ["ancient", "old"]


def test_a_speaker_who_never_spoke_goes_too(store):
    with store.writing() as connection:
        speakers.create(connection, "silent")
    assert retention.apply(store, LOCAL, Retention(30, 0)).n_speakers == 0
    age(store, tables.speakers, 31)
    assert retention.apply(store, LOCAL, Retention(30, 0)).n_speakers == 1


def test_many_go_in_one_run(store, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 10)
    with store.writing() as connection:
        for number in range(2 * retention.BATCH + 5):
            speakers.create(connection, f"s{number}")
    age(store, tables.speakers, 31)
    enrol(store, "young", 1)
    assert retention.apply(store, LOCAL, Retention(30, 0)).n_speakers == 2 * retention.BATCH + 5
    assert aliases(store) == ["young"]


def test_the_command_follows_the_settings(store, database):
    enrol(store, "old", 31)
    done = Commands(**database.settings, RETENTION_DAYS="30").run("apply-retention")
    assert done.stdout == "deleted speakers: 1, audit entries: 0, answers: 0\n"
    assert aliases(store) == []


def test_answers_go_though_their_speaker_gives_no_other(store, database):
    owner = enrol(store, "ann", 1)
    long_ago = datetime.now(UTC) - timedelta(days=365)
    with store.writing() as connection:
        for newest, days in enumerate((7, 9)):
            said = {"sha256": [Fingerprint(1, bytes(days))]}
            fingerprints.append(connection, owner, said, True, newest, 100, long_ago)
        challenges.add(connection, Challenge("old", "ann", "", (1, 2), long_ago))
        challenges.keep(connection, "old", Answer(1, None, {"frames": FRAMES}))
    age(store, tables.fingerprints, 8, id=1)
    done = Commands(**database.settings, REPLAY_DAYS="8").run("apply-retention")
    assert done.stdout == "deleted speakers: 0, audit entries: 0, answers: 1\n"
    with store.reading() as connection:
        (kept,) = fingerprints.recent(connection, owner).by_detector["sha256"]
        left = connection.execute(sa.select(tables.answers)).all()
    assert (kept.content, left) == (bytes(9), [])


def test_start_up_applies_it(store, database):
    enrol(store, "old", 31)
    create_app(database.config())
    assert aliases(store) == ["old"]
    create_app(database.config(retention_days=30))
    assert aliases(store) == []
