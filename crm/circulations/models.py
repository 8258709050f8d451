"""Something put in circulation, the units that are to see it, and their confirmations."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Key, Moment, StationOwned


class Circulation(StationOwned, table=True):
    """One thing shown around the station, found again by `path`; rows are only added.

    `title` says what it is, never about whom: names are read where the thing itself is.
    `sender_name` and `unit_name` are as they were that day.
    """

    __table_args__ = (sa.Index("ix_circulation_subject_id", "subject_id"),)

    subject_type: str = Field(max_length=40)
    subject_id: UUID = Field(sa_type=Key)
    title: str = Field(max_length=120)
    path: str = Field(max_length=200)
    remark: str = Field(default="", max_length=500)
    sent_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    sender_name: str = Field(max_length=120)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    unit_name: str = Field(max_length=120)
    sent_at: dt.datetime = Field(sa_type=Moment)


class CirculationRecipient(StationOwned, table=True):
    """One unit that is to see it."""

    __tablename__ = "circulation_recipient"
    __table_args__ = (
        sa.UniqueConstraint("circulation_id", "unit_id"),
        sa.Index("ix_circulation_recipient_unit_id", "unit_id"),
    )

    circulation_id: UUID = Field(foreign_key="circulation.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    unit_name: str = Field(max_length=120)


class CirculationConfirmation(StationOwned, table=True):
    """確認済: who of a unit saw it, and when; one for each unit."""

    __tablename__ = "circulation_confirmation"
    __table_args__ = (sa.UniqueConstraint("recipient_id"),)

    recipient_id: UUID = Field(foreign_key="circulation_recipient.id", sa_type=Key)
    staff_id: UUID = Field(foreign_key="staff.id", sa_type=Key)
    name: str = Field(max_length=120)
    confirmed_at: dt.datetime = Field(sa_type=Moment)
