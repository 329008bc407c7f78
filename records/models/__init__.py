"""The tables. Importing this package registers all of them with `records.base.Base.metadata`."""

from records.models.answers import CountedRejection, RejectionAnswer
from records.models.bulk import BulkAction
from records.models.candidates import Candidate, CandidateProgress, CandidateTag, ImportBatch
from records.models.checks import Check, DriftFind
from records.models.credentials import ApiToken, Attempts, Invitation, LoginSession, PasswordReset, Scope
from records.models.deliveries import (
    ChannelPause,
    Delivery,
    DeliveryNotice,
    Device,
    HouseChoice,
    HouseSecret,
    NoticeChoice,
    PoolChoice,
    ReadingHours,
    SlackMember,
    SlackWorkspace,
    Unreachable,
)
from records.models.erasures import Erasure
from records.models.mail import OutgoingMail
from records.models.matching import AskedField, LiveIndex, Match, Mute, Pool, PoolChange, Registry, Tracking
from records.models.notices import Notification, NotificationMatch
from records.models.outbox import IdempotencyKey, OutboxRow
from records.models.positions import Application, ApplicationNote, Position, ReasonChange, RejectionReason, Share
from records.models.reindexing import ReindexJob
from records.models.tags import Tag, TagLabel
from records.models.users import Identity, Role, User
from records.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "ApiToken",
    "Application",
    "ApplicationNote",
    "AskedField",
    "Attempts",
    "BulkAction",
    "Candidate",
    "CandidateProgress",
    "CandidateTag",
    "ChannelPause",
    "Check",
    "CountedRejection",
    "Delivery",
    "DeliveryNotice",
    "Device",
    "DriftFind",
    "Erasure",
    "HouseChoice",
    "HouseSecret",
    "IdempotencyKey",
    "Identity",
    "ImportBatch",
    "Invitation",
    "LiveIndex",
    "LoginSession",
    "Match",
    "Mute",
    "NoticeChoice",
    "Notification",
    "NotificationMatch",
    "OutboxRow",
    "OutgoingMail",
    "PasswordReset",
    "Pool",
    "PoolChange",
    "PoolChoice",
    "Position",
    "ReadingHours",
    "ReasonChange",
    "Registry",
    "ReindexJob",
    "RejectionAnswer",
    "RejectionReason",
    "Role",
    "Scope",
    "Share",
    "SlackMember",
    "SlackWorkspace",
    "Tag",
    "TagLabel",
    "Tracking",
    "Unreachable",
    "User",
    "Webhook",
    "WebhookDelivery",
]
