"""A few words left for the next shift, and who took note of them."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Key, Moment, StationOwned

MAX_TEXT = 400


class ShiftMessage(StationOwned, table=True):
    """Words one member of a unit left for the others; forgotten after a month.

    Names are as they were that day.
    """

    __tablename__ = "shift_message"
    __table_args__ = (
        sa.UniqueConstraint("written_by", "request_key"),
        sa.Index("ix_shift_message_unit_id_written_at", "unit_id", "written_at"),
        sa.Index("ix_shift_message_written_at", "written_at"),
    )

    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    unit_name: str = Field(max_length=120)
    text: str = Field(max_length=MAX_TEXT)
    written_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    writer_name: str = Field(max_length=120)
    written_at: dt.datetime = Field(sa_type=Moment)
    request_key: UUID = Field(sa_type=Key)


class ShiftConfirmation(StationOwned, table=True):
    """確認済: who took note, and when; each of the unit for themselves."""

    __tablename__ = "shift_confirmation"
    __table_args__ = (sa.UniqueConstraint("message_id", "staff_id"),)

    message_id: UUID = Field(foreign_key="shift_message.id", sa_type=Key)
    staff_id: UUID = Field(foreign_key="staff.id", sa_type=Key)
    name: str = Field(max_length=120)
    confirmed_at: dt.datetime = Field(sa_type=Moment)
