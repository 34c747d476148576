"""The outside shape of all data: requests and replies, and nowhere else."""

from resources.schemas.alias import AliasSchema, DeviceSchema
from resources.schemas.attempt import AttemptSchema, SegmentSchema
from resources.schemas.challenge import (
    AnsweredSchema,
    ChallengedAttemptSchema,
    ChallengeSchema,
    NewChallengeSchema,
)
from resources.schemas.consent import ConsentSchema, NewConsentSchema
from resources.schemas.document import DocumentSchema
from resources.schemas.error import ErrorSchema
from resources.schemas.export import ExportSchema
from resources.schemas.health import HealthSchema
from resources.schemas.jwks import JwksSchema
from resources.schemas.log import LogEntrySchema, ScoringSchema
from resources.schemas.message import MessageSchema, NewTakeSchema
from resources.schemas.score import FrameScoresSchema, QualitySchema, ReferenceSchema, ScoreSchema
from resources.schemas.session import (
    AccessSchema,
    AccountSchema,
    CredentialsSchema,
    EndedSchema,
    SessionSchema,
)
from resources.schemas.speaker import (
    DeletedSchema,
    NewSpeakerSchema,
    PageSchema,
    SpeakerSchema,
    SpeakersSchema,
)
from resources.schemas.status import StatusSchema
from resources.schemas.training import TrainingSchema

__all__ = [
    "AccessSchema",
    "AccountSchema",
    "AliasSchema",
    "AnsweredSchema",
    "AttemptSchema",
    "ChallengeSchema",
    "ChallengedAttemptSchema",
    "ConsentSchema",
    "CredentialsSchema",
    "DeletedSchema",
    "DeviceSchema",
    "DocumentSchema",
    "EndedSchema",
    "ErrorSchema",
    "ExportSchema",
    "FrameScoresSchema",
    "HealthSchema",
    "JwksSchema",
    "LogEntrySchema",
    "MessageSchema",
    "NewChallengeSchema",
    "NewConsentSchema",
    "NewSpeakerSchema",
    "NewTakeSchema",
    "PageSchema",
    "QualitySchema",
    "ReferenceSchema",
    "ScoreSchema",
    "ScoringSchema",
    "SegmentSchema",
    "SessionSchema",
    "SpeakerSchema",
    "SpeakersSchema",
    "StatusSchema",
    "TrainingSchema",
]
