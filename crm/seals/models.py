"""Leaves of the sealed trail, signed checkpoints, and the signatures of witnesses."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from crm.kernel.columns import Identified, Key, Moment

COUNTED = {"autoincrement": False}
"""The sealer counts; a database's own counter leaves gaps."""


class AuditLeaf(SQLModel, table=True):
    """One entry's place in the Merkle tree, from 1, in the order of sealing."""

    __tablename__ = "audit_leaf"

    seq: int = Field(primary_key=True, sa_column_kwargs=COUNTED)
    audit_id: UUID = Field(foreign_key="audit_entry.id", unique=True, sa_type=Key)
    leaf_hash: bytes


class Checkpoint(SQLModel, table=True):
    """The signed root of the tree when it had `size` leaves; two sealers cannot both write one.

    `previous` is the SHA-256 of the note before it, signature and all; `edge` are the hashes the
    tree grows on from, which the root follows from.
    """

    size: int = Field(primary_key=True, sa_column_kwargs=COUNTED)
    root: bytes
    previous: bytes
    sealed_at: dt.datetime = Field(sa_type=Moment)
    key_name: str = Field(max_length=100)
    key_id: bytes
    signature: bytes
    edge: bytes


class WitnessSignature(Identified, table=True):
    """A countersignature that came back for one of our checkpoints.

    `agency_id` is the agency on this installation that gave it by its button; none for another
    installation, which is known by its key alone.
    """

    __tablename__ = "witness_signature"
    __table_args__ = (sa.UniqueConstraint("size", "key_name"),)

    size: int = Field(foreign_key="checkpoint.size")
    agency_id: UUID | None = Field(default=None, foreign_key="agency.id", sa_type=Key)
    key_name: str = Field(max_length=100)
    key_id: bytes
    public_key: str = Field(max_length=200)
    witness_name: str = Field(max_length=120)
    signature: bytes
    signed_at: dt.datetime = Field(sa_type=Moment)
    received_at: dt.datetime = Field(sa_type=Moment)


class Countersigned(Identified, table=True):
    """A checkpoint of another installation's trail that this one has countersigned.

    The next one must only add to it: who gave two histories the same signature would prove neither.
    """

    __table_args__ = (sa.UniqueConstraint("origin", "size"),)

    origin: str = Field(max_length=100)
    size: int
    root: bytes
    public_key: str = Field(max_length=200)
    signed_at: dt.datetime = Field(sa_type=Moment)
