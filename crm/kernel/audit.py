"""The audit trail: who saw, changed, exported, signed in or was refused; rows are only ever added.

An entry says which record and which fields, never their content: it must not become a second
place where personal data lives.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import PrivateAttr
from sqlalchemy import orm
from sqlalchemy.engine import Connection
from sqlmodel import Field, SQLModel, col

from crm.kernel.actor import Actor, Role
from crm.kernel.columns import Identified, Key, Moment
from crm.kernel.scope import Rule, ScopedSession, nobody_writes, register
from crm.kernel.written import on_written

Subject = tuple[str, UUID]
"""What an entry is about: the kind of record and its key."""


class AuditEntry(Identified, table=True):
    """One thing somebody did or was refused. `action` is `noun.verb_past`."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index("ix_audit_entry_account_id_at", "account_id", "at"),)

    at: dt.datetime = Field(sa_type=Moment, index=True)
    action: str = Field(max_length=60, index=True)
    account_id: UUID | None = Field(default=None, sa_type=Key)
    agency_id: UUID | None = Field(default=None, sa_type=Key)
    unit_id: UUID | None = Field(default=None, sa_type=Key)
    roles: str = Field(default="", max_length=120)
    actor_name: str = Field(default="", max_length=120)
    unit_name: str = Field(default="", max_length=120)
    session_key: str | None = Field(default=None, max_length=64)
    address: str = Field(default="", max_length=64)
    outcome: str = Field(default="done", max_length=20)
    subject_type: str = Field(default="", max_length=40)
    subject_id: UUID | None = Field(default=None, sa_type=Key, index=True)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    _named: tuple[Subject, ...] = PrivateAttr(default=())


class AuditSubject(SQLModel, table=True):
    """A person, organization or received contact an entry was about, besides its own subject.

    `detail` of the entry holds how many there are and a fingerprint of their keys, so that whoever
    checks the entry finds out about a row too few or too many here.
    """

    __tablename__ = "audit_subject"

    entry_id: UUID = Field(foreign_key="audit_entry.id", primary_key=True, sa_type=Key)
    subject_id: UUID = Field(primary_key=True, sa_type=Key, index=True)
    subject_type: str = Field(max_length=20)
    agency_id: UUID = Field(sa_type=Key)


register(
    AuditEntry,
    Rule(
        read=lambda actor: (
            # what nobody known did (a refused form, a guessed name) has no agency
            sa.or_(
                col(AuditEntry.agency_id) == actor.agency_id, col(AuditEntry.agency_id).is_(None)
            )
            if actor.has(Role.AUDITOR)
            else sa.false()
        ),
        write=lambda actor, entry: entry.account_id == actor.account_id,
        append_only=True,
        by_nobody=True,
    ),
)
register(
    AuditSubject,
    Rule(
        read=lambda actor: (
            sa.and_(col(AuditSubject.agency_id) == actor.agency_id)
            if actor.has(Role.AUDITOR)
            else sa.false()
        ),
        write=nobody_writes,
        append_only=True,
    ),
)


def entry_of(
    actor: Actor,
    action: str,
    *,
    now: dt.datetime,
    subject: Subject | None = None,
    named: Iterable[Subject] = (),
    outcome: str = "done",
    **detail: Any,  # noqa: ANN401 - small JSON facts: counts, field names, ids
) -> AuditEntry:
    """Make the entry that says `actor` did `action` to `subject`.

    `named` is everybody else it showed: whoever asks later who saw a person finds them by it.
    """
    others = tuple(sorted({*named} - {subject}))
    if others:
        detail |= {"named": len(others), "named_sha256": fingerprint(key for _, key in others)}
    entry = AuditEntry(
        at=now,
        action=action,
        account_id=actor.account_id,
        agency_id=actor.agency_id,
        unit_id=actor.unit_id,
        roles=",".join(sorted(actor.roles)),
        actor_name=actor.name,
        unit_name=actor.unit_name,
        session_key=actor.session_key,
        address=actor.address,
        outcome=outcome,
        subject_type=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        detail=detail,
    )
    entry._named = others  # noqa: SLF001 - its own maker
    return entry


def fingerprint(keys: Iterable[UUID]) -> str:
    """Return the SHA-256 of the keys an entry names, in the order of their bytes."""
    return hashlib.sha256(b"".join(sorted(key.bytes for key in keys))).hexdigest()


def record(
    db: ScopedSession,
    actor: Actor,
    action: str,
    *,
    now: dt.datetime,
    subject: Subject | None = None,
    named: Iterable[Subject] = (),
    **detail: Any,  # noqa: ANN401 - as entry_of
) -> None:
    """Add an entry to the transaction of the change it tells of."""
    db.add(entry_of(actor, action, now=now, subject=subject, named=named, **detail))


@on_written
def _name(session: orm.Session, connection: Connection, rows: Collection[SQLModel]) -> None:
    """Write whom entries name, all at once, in the flush that writes the entries."""
    del session
    named = [
        {
            "entry_id": entry.id,
            "subject_id": key,
            "subject_type": kind,
            "agency_id": entry.agency_id,
        }
        for entry in rows
        if isinstance(entry, AuditEntry)
        for kind, key in entry._named  # noqa: SLF001 - filled by entry_of
    ]
    if named:
        connection.execute(sa.insert(AuditSubject), named)
