"""Replies that are dumped as they are have the fields of their schemas, down to the last."""

import dataclasses

import pytest
from marshmallow import Schema

from resources.schemas import (
    ConsentSchema,
    QualitySchema,
    ScoreSchema,
    ScoringSchema,
    StatusSchema,
    TrainingSchema,
)
from resources.schemas.log import TakenSchema
from resources.schemas.status import DeviceSchema
from store.consents import Consent
from store.scorings import Scoring
from store.takes import DeviceCount, LogEntry
from verification.attempts import ScoreReport
from verification.directory import Status
from verification.enrolment import TrainingReport
from verification.judgement import Quality

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
