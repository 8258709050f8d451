"""The audit trail: who saw, changed, exported, signed in or was refused; rows are only ever added.

An entry says which record and which fields, never their content: it must not become a second
place where personal data lives.
"""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col

from crm.kernel.actor import Actor, Role
from crm.kernel.columns import Identified, Key, Moment
from crm.kernel.scope import Rule, ScopedSession, register


class AuditEntry(Identified, table=True):
    """One thing somebody did or was refused. `action` is `noun.verb_past`."""

    __tablename__ = "audit_entry"

    at: dt.datetime = Field(sa_type=Moment, index=True)
    action: str = Field(max_length=60, index=True)
    account_id: UUID | None = Field(default=None, sa_type=Key, index=True)
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


def entry_of(
    actor: Actor,
    action: str,
    *,
    now: dt.datetime,
    subject: tuple[str, UUID] | None = None,
    outcome: str = "done",
    **detail: Any,  # noqa: ANN401 - small JSON facts: counts, field names, ids
) -> AuditEntry:
    """Make the entry that says `actor` did `action` to `subject`."""
    return AuditEntry(
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


def record(
    db: ScopedSession,
    actor: Actor,
    action: str,
    *,
    now: dt.datetime,
    subject: tuple[str, UUID] | None = None,
    **detail: Any,  # noqa: ANN401 - as entry_of
) -> None:
    """Add an entry to the transaction of the change it tells of."""
    db.add(entry_of(actor, action, now=now, subject=subject, **detail))
