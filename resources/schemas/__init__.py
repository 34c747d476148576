"""The outside shape of all data: requests and replies, and nowhere else."""

from cepstra.resources.schemas.alias import AliasSchema, DeviceQuerySchema
from cepstra.resources.schemas.attempt import AttemptSchema, SegmentSchema
from cepstra.resources.schemas.challenge import (
    AnsweredSchema,
    ChallengedAttemptSchema,
    ChallengeSchema,
    NewChallengeSchema,
)
from cepstra.resources.schemas.consent import ConsentSchema, NewConsentSchema
from cepstra.resources.schemas.document import DocumentSchema
from cepstra.resources.schemas.error import ErrorSchema
from cepstra.resources.schemas.export import ExportSchema
from cepstra.resources.schemas.health import HealthSchema
from cepstra.resources.schemas.jwks import JwksSchema
from cepstra.resources.schemas.log import LogEntrySchema, ScoringSchema
from cepstra.resources.schemas.message import MessageSchema, NewTakeSchema
from cepstra.resources.schemas.score import (
    FrameScoresSchema,
    QualitySchema,
    ReferenceSchema,
    ScoredSchema,
    ScoreSchema,
    WithSchema,
)
from cepstra.resources.schemas.session import (
    AccessSchema,
    AccountSchema,
    CredentialsSchema,
    EndedSchema,
    NewAccountSchema,
    NewPasswordSchema,
    SessionSchema,
)
from cepstra.resources.schemas.speaker import (
    DeletedSchema,
    NewSpeakerSchema,
    PageSchema,
    SpeakerSchema,
    SpeakersSchema,
)
from cepstra.resources.schemas.status import StatusSchema
from cepstra.resources.schemas.training import TrainingSchema

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
    "DeviceQuerySchema",
    "DocumentSchema",
    "EndedSchema",
    "ErrorSchema",
    "ExportSchema",
    "FrameScoresSchema",
    "HealthSchema",
    "JwksSchema",
    "LogEntrySchema",
    "MessageSchema",
    "NewAccountSchema",
    "NewChallengeSchema",
    "NewPasswordSchema",
    "NewConsentSchema",
    "NewSpeakerSchema",
    "NewTakeSchema",
    "PageSchema",
    "QualitySchema",
    "ReferenceSchema",
    "ScoreSchema",
    "ScoredSchema",
    "ScoringSchema",
    "SegmentSchema",
    "SessionSchema",
    "SpeakerSchema",
    "SpeakersSchema",
    "StatusSchema",
    "TrainingSchema",
    "WithSchema",
]
