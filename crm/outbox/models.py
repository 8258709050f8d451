"""What became of every entry a device sent, and the words of those that wait for a person."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import AgencyOwned, Key, Moment, choice


class Fate(StrEnum):
    """What became of an entry: a note, a question to a person, or nothing by a person's word."""

    STORED = "stored"
    PARKED = "parked"
    DISMISSED = "dismissed"


class SentEntry(AgencyOwned, table=True):
    """One entry a device sent: its receipt, kept so that sending it again stores nothing twice.

    `office_id` is the station it belongs to, where its author served as it was written.
    `entry_key` was made on the device; `digest` is the SHA-256 of what it said. `content` is what a
    parked entry said, unreadable in a copied database, and empty once somebody settled it;
    `sentence` is why it was parked. `written_at` is UTC, put right where the device's clock was
    wrong by `wrong_by_s`; `is_certain` where nothing speaks against that.
    """

    __tablename__ = "sent_entry"
    __table_args__ = (
        sa.UniqueConstraint("author_id", "entry_key"),
        sa.Index("ix_sent_entry_office_id_fate", "office_id", "fate"),
    )

    author_id: UUID = Field(foreign_key="staff.id", sa_type=Key)
    office_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    entry_key: UUID = Field(sa_type=Key)
    digest: str = Field(max_length=64)
    fate: Fate = Field(sa_type=choice(Fate))
    sentence: str = Field(default="", max_length=300)
    content: bytes = b""
    note_id: UUID | None = Field(default=None, foreign_key="activity_note.id", sa_type=Key)
    written_at: dt.datetime = Field(sa_type=Moment)
    received_at: dt.datetime = Field(sa_type=Moment)
    wrong_by_s: int = 0
    is_certain: bool = True
    settled_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    settled_by: UUID | None = Field(default=None, foreign_key="staff.id", sa_type=Key)
