"""A new system takes over everybody's enrolment from the kept takes."""

import numpy as np
import pytest
import sqlalchemy as sa
from client_commands import Commands
from example_messages import TRAIN

from cepstra.config import Config
from cepstra.frontend.definition import page_definition
from cepstra.store import migrate, models, speakers, takes
from cepstra.store.encryption import seal_arrays
from cepstra.store.tables import models as models_table
from cepstra.verification import enrolment, offered_take
from cepstra.verification.enrolment import train
from cepstra.verification.identification import identify
from cepstra.verification.message import Message
from cepstra.verification.registry import load_verifiers
from cepstra.verification.service import Service
from cepstra.verification.speakers import PAGE_LENGTH

pytestmark = pytest.mark.every_database

FRAMES = np.array(TRAIN["mfcc"])
FRONT_END = page_definition().id


@pytest.fixture
def service(store):
    return Service(store, load_verifiers(Config()))


def enrol(service: Service, alias: str, n_takes: int) -> None:
    for index in range(n_takes):
        start = (37 * index) % (len(FRAMES) - 80)
        train(
            service, alias, Message(FRAMES[start : start + 80], digit=index % 5, frontend=FRONT_END)
        )


def stored(service: Service, alias: str) -> models.StoredModel:
    with service.store.reading() as connection:
        return models.load(connection, speakers.find(connection, alias).id)


@pytest.fixture
def upgrade(database):
    """Return a function that runs the command and returns what it prints."""

    def run() -> str:
        done = Commands(**database.settings).run("upgrade-models")
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return run


def test_models_of_an_older_system_are_made_anew_from_the_takes(service, upgrade):
    enrol(service, "ann", 4)
    enrol(service, "bob", 3)
    before = {alias: stored(service, alias) for alias in ("ann", "bob")}
    with service.store.writing() as connection:
        for speaker in speakers.page(connection, "", 10):
            blob = seal_arrays(connection, "models", speaker.id, {"x": FRAMES[:1]})
            outdated = {"system": "background-of-last-year", "arrays": blob}
            mine = models_table.c.speaker_id == speaker.id
            connection.execute(sa.update(models_table).where(mine).values(outdated))
    assert upgrade() == "models up to date: 2, speakers without one: 0\n"
    for alias, model in before.items():
        after = stored(service, alias)
        assert (after.system, after.revision) == (model.system, model.revision)
        for name, values in model.arrays.items():
            np.testing.assert_allclose(after.arrays[name], values, atol=1e-4, rtol=1e-5)


def test_speakers_enrolled_before_voiceprints_are_searched_after_an_upgrade(service, upgrade):
    enrol(service, "ann", 3)
    migrate.downgrade(service.store, "0005")
    migrate.upgrade(service.store)
    attempt = [Message(FRAMES[300:500], frontend=FRONT_END)]
    before = identify(service, attempt, 10)
    assert (before.n_speakers, len(before.quality.warnings)) == (0, 1)
    upgrade()
    after = identify(service, attempt, 10)
    assert ([rank.alias for rank in after.ranking], after.quality.warnings) == (["ann"], ())


def test_upgrading_twice_and_with_an_untrained_speaker(service, upgrade):
    enrol(service, "ann", 2)
    with service.store.writing() as connection:
        speakers.create(connection, "eve")
    expected = "models up to date: 1, speakers without one: 1\n"
    assert [upgrade(), upgrade()] == [expected, expected]


def test_takes_that_leave_the_log_leave_the_model(service, monkeypatch):
    for module in (enrolment, offered_take):
        monkeypatch.setattr(module, "LOG_LENGTH", 10)
    enrol(service, "ann", 15)
    with service.store.reading() as connection:
        speaker = speakers.find(connection, "ann")
        model = models.load(connection, speaker.id)
        material = takes.load(connection, speaker.id)
    assert len(material) == 10
    rebuilt = service.verifiers.for_frontend(FRONT_END).build(material)
    for name, values in rebuilt.arrays.items():
        if name.startswith("statistics."):
            np.testing.assert_allclose(model.arrays[name], values, atol=1e-5, rtol=1e-6)


def test_workers_share_many_speakers(service, upgrade):
    enrol(service, "ann", 2)
    with service.store.writing() as connection:
        for index in range(PAGE_LENGTH):
            speakers.create(connection, f"speaker{index}")
    expected = f"models up to date: 1, speakers without one: {PAGE_LENGTH}\n"
    assert upgrade() == expected
