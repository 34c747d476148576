"""What comes between reading and writing: it is noticed, and enrolment or model made anew."""

from collections.abc import Callable
from functools import partial
from types import ModuleType

import numpy as np
import pytest
from example_messages import TRAIN

from cepstra.config import Config
from cepstra.store import models, speakers, takes
from cepstra.verification import current_model, enrolment, unenrolment
from cepstra.verification import speakers as use_speakers
from cepstra.verification.errors import SpeakerDeletedError
from cepstra.verification.message import Message
from cepstra.verification.registry import load_verifiers
from cepstra.verification.service import Service
from cepstra.verification.shipped import FRONT_END

FRAMES = np.array(TRAIN["mfcc"])
SYSTEMS = load_verifiers(Config())


def said(start: int, name: str) -> Message:
    return Message(FRAMES[start : start + 120], frontend=FRONT_END, take=name)


@pytest.fixture
def service(store):
    service = Service(store, SYSTEMS)
    for number in range(2):
        enrolment.train(service, "ann", said(120 * number, f"take {number}"))
    return service


@pytest.fixture
def before_the_next(monkeypatch) -> Callable[[ModuleType, str, Callable[[], object]], None]:
    """A function that has something happen before a module calls a function the next time."""

    def happen(module: ModuleType, name: str, event: Callable[[], object]) -> None:
        function = getattr(module, name)

        def called(*given):
            monkeypatch.setattr(module, name, function)
            event()
            return function(*given)

        monkeypatch.setattr(module, name, called)

    return happen


def names_of_takes(service: Service) -> list[str]:
    with service.store.reading() as connection:
        return [each.name for each in takes.load(connection, speakers.find(connection, "ann").id)]


def is_of_takes_as_they_are(service: Service) -> bool:
    with service.store.reading() as connection:
        found = models.find(connection, "ann")
    return found.made_from == current_model.wanted_model(service, found.speaker)


def test_takes_are_replaced_with_one_that_came_meanwhile(service, before_the_next):
    more = partial(enrolment.train, service, "ann", said(240, "take 2"))
    before_the_next(enrolment, "refuse", more)
    enrolment.replace_takes(service, "ann", [said(360, "new"), said(480, "newer")])
    assert names_of_takes(service) == ["new", "newer"]
    assert is_of_takes_as_they_are(service)


def test_a_take_is_kept_beside_one_that_came_meanwhile(service, before_the_next):
    more = partial(enrolment.train, service, "ann", said(240, "take 2"))
    before_the_next(enrolment, "refuse", more)
    enrolment.train(service, "ann", said(360, "take 3"))
    assert names_of_takes(service) == [f"take {number}" for number in range(4)]
    assert is_of_takes_as_they_are(service)


def without_a_model(service: Service) -> None:
    with service.store.writing() as connection:
        models.delete(connection, speakers.find(connection, "ann").id)


def test_a_model_of_takes_that_are_no_longer_all_is_not_kept(service, before_the_next):
    without_a_model(service)
    less = partial(unenrolment.forget_take, service, "ann", "take 0")
    before_the_next(current_model, "stored_model", less)
    _, model = current_model.current_model(service, "ann")
    assert model.summary["train_data_length"] > 0
    assert is_of_takes_as_they_are(service)


def test_a_model_of_somebody_who_was_deleted_meanwhile_serves_nobody(service, before_the_next):
    without_a_model(service)
    gone = partial(use_speakers.delete, service, "ann")
    before_the_next(current_model, "stored_model", gone)
    with pytest.raises(SpeakerDeletedError) as refused:
        current_model.current_model(service, "ann")
    expected = ("speaker", "ann was deleted while its model was made")
    assert (refused.value.field, refused.value.description) == expected
