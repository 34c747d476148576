"""Replies that are dumped as they are have the fields of their schemas, down to the last."""

import dataclasses

import pytest
from marshmallow import Schema

from cepstra.resources.schemas.consent import ConsentSchema
from cepstra.resources.schemas.log import ScoringSchema, TakenSchema
from cepstra.resources.schemas.score import QualitySchema, ScoreSchema
from cepstra.resources.schemas.status import DeviceSchema, StatusSchema, TrainingSchema
from cepstra.store.consents import Consent
from cepstra.store.scorings import Scoring
from cepstra.store.takes import DeviceCount, LogEntry
from cepstra.verification.attempts import ScoreReport
from cepstra.verification.decision import Quality
from cepstra.verification.enrolment import TrainingReport
from cepstra.verification.speakers import Status

PAIRS = [
    (ScoreSchema, ScoreReport),
    (TrainingSchema, TrainingReport),
    (StatusSchema, Status),
    (ScoringSchema, Scoring),
    (TakenSchema, LogEntry),
    (QualitySchema, Quality),
    (DeviceSchema, DeviceCount),
    (ConsentSchema, Consent),
]


@pytest.mark.parametrize(("schema", "reply"), PAIRS)
def test_class_and_schema_have_the_same_fields(schema: type[Schema], reply: type) -> None:
    assert set(schema().fields) == {field.name for field in dataclasses.fields(reply)}
