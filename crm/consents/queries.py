"""Reading what somebody agreed to, on any day, for one holder or many."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.agencies.models import Agency, Staff
from crm.consents.models import (
    ConsentGrant,
    ConsentMethod,
    ConsentRecord,
    ConsentScope,
    SharedField,
)
from crm.contacts.models import Holder, any_of, named
from crm.kernel.actor import Actor
from crm.kernel.columns import DAY, holds
from crm.kernel.scope import AnySelect, ScopedSession


class AgencyLine(NamedTuple):
    """Another agency of this installation, to be named in a consent."""

    id: UUID
    name: str


class Grant(NamedTuple):
    """One thing agreed to; `recipient` names who is meant where the scope asks for it.

    With `agency_id` it is an agency of this installation, which may have `fields`; without, the
    items stand in the words of `recipient`.
    """

    scope: ConsentScope
    recipient: str
    agency_id: UUID | None = None
    fields: tuple[SharedField, ...] = ()


class Provision(NamedTuple):
    """What one other agency may have by consent, since `decided_on` and until `valid_to`."""

    agency_id: UUID
    name: str
    fields: frozenset[SharedField]
    decided_on: dt.date
    valid_to: dt.date | None


class Consent(NamedTuple):
    """A consent record as a whole, with what it grants in the order of the form."""

    id: UUID
    decided_on: dt.date
    method: ConsentMethod
    recorded_by: str
    signatory: str
    capacity: str
    form_version: str
    grants: tuple[Grant, ...]

    @property
    def scopes(self) -> frozenset[ConsentScope]:
        """What the record agrees to."""
        return frozenset(grant.scope for grant in self.grants)


def grants_in_force(
    db: ScopedSession, holders: Iterable[Holder], day: dt.date
) -> dict[Holder, frozenset[ConsentScope]]:
    """Return what each of `holders` agrees to on `day`; nothing where no record says so.

    The newest record decided by then is in force as a whole. One statement, however many holders.
    """
    asked = frozenset(holders)
    found: dict[Holder, frozenset[ConsentScope]] = dict.fromkeys(asked, frozenset())
    for holder, rows in _rows_in_force(db, asked, day).items():
        found[holder] = frozenset(row.scope for row in rows)
    return found


def provisions_in_force(
    db: ScopedSession, holders: Iterable[Holder], day: dt.date
) -> dict[Holder, dict[UUID, Provision]]:
    """Return by agency what each of `holders` lets it have on `day`; as `grants_in_force`."""
    return {
        holder: {
            row.recipient_agency_id: Provision(
                row.recipient_agency_id,
                row.recipient,
                frozenset(map(SharedField, row.fields)),
                row.decided_on,
                row.valid_to,
            )
            for row in rows
            if row.recipient_agency_id
        }
        for holder, rows in _rows_in_force(db, frozenset(holders), day).items()
    }


def holders_naming(db: ScopedSession, agency_id: UUID | None = None) -> set[Holder]:
    """Return who ever named another agency (`agency_id`, or any) in a consent; one statement."""
    named = col(ConsentGrant.recipient_agency_id)
    rows = db.rows(
        sa.select(col(ConsentRecord.person_id), col(ConsentRecord.organization_id))
        .join(ConsentGrant, col(ConsentGrant.record_id) == col(ConsentRecord.id))
        .where(named == agency_id if agency_id else named.is_not(None))
        .distinct()
    )
    return {Holder(*row) for row in rows}


def other_agencies(db: ScopedSession, actor: Actor) -> Sequence[AgencyLine]:
    """Return the other agencies of this installation, by name."""
    rows = db.rows(
        sa.select(col(Agency.id), col(Agency.name))
        .where(col(Agency.id) != actor.agency_id)
        .order_by(col(Agency.kind), col(Agency.name))
    )
    return [AgencyLine(*row) for row in rows]


def current_consent(db: ScopedSession, holder: Holder, day: dt.date) -> Consent | None:
    """Return the consent record in force on `day`; None where the holder was never asked."""
    return in_force(consent_history(db, holder), day)


def in_force(history: Sequence[Consent], day: dt.date) -> Consent | None:
    """Return the newest record of `history` that was decided by `day`."""
    decided = [consent for consent in history if consent.decided_on <= day]
    return decided[-1] if decided else None


def consent_history(db: ScopedSession, holder: Holder) -> Sequence[Consent]:
    """Return every consent record of `holder` in the order they were decided; one statement."""
    return history_from(db.rows(history_rows(), named(holder)))


def history_from(rows: Iterable[Any]) -> Sequence[Consent]:
    """Return the records behind `rows` of `history_rows`, in the order they were decided."""
    records: dict[UUID, Consent] = {}
    granted: dict[UUID, list[Grant]] = {}
    for row in sorted(rows, key=lambda row: (row.decided_on, row.recorded_at, row.id)):
        grants = granted.setdefault(row.id, [])
        if row.scope is not None:
            agency_id, fields = row.recipient_agency_id, tuple(map(SharedField, row.fields))
            grants.append(Grant(row.scope, row.recipient, agency_id, fields))
        records[row.id] = Consent(
            row.id,
            row.decided_on,
            row.method,
            f"{row.family_name} {row.given_name}".strip(),
            row.signatory,
            row.capacity,
            row.form_version,
            tuple(sorted(grants, key=_place_on_form)),
        )
    return list(records.values())


@cache
def history_rows() -> AnySelect:
    """Select every consent record of `named` holders, a row for each thing agreed to."""
    return (
        sa.select(
            col(ConsentRecord.id),
            col(ConsentRecord.decided_on),
            col(ConsentRecord.recorded_at),
            col(ConsentRecord.method),
            col(ConsentRecord.signatory),
            col(ConsentRecord.capacity),
            col(ConsentRecord.form_version),
            col(Staff.family_name),
            col(Staff.given_name),
            *_GRANTED,
        )
        .join(Staff, col(Staff.id) == col(ConsentRecord.recorded_by))
        .outerjoin(ConsentGrant, col(ConsentGrant.record_id) == col(ConsentRecord.id))
        .where(any_of(ConsentRecord))
    )


def _place_on_form(grant: Grant) -> tuple[int, str]:
    return list(ConsentScope).index(grant.scope), grant.recipient


def _rows_in_force(
    db: ScopedSession, holders: Collection[Holder], day: dt.date
) -> dict[Holder, list[sa.Row[Any]]]:
    """Return the grants of each holder's newest record; none of them where it grants nothing."""
    if not holders:
        return {}
    newest: dict[Holder, UUID] = {}
    found: dict[Holder, list[sa.Row[Any]]] = {}
    # in the order they were decided: each later record replaces the whole of the earlier one
    for row in db.rows(_decided_by(), {**named(*holders), "day": day}):
        holder = Holder(row.person_id, row.organization_id)
        if newest.get(holder) != row.id:
            newest[holder] = row.id
            found[holder] = []
        if row.scope is not None:
            found[holder].append(row)
    return found


@cache
def _decided_by() -> AnySelect:
    """Select what `named` holders had agreed to by a day, and what of it held on that day."""
    return (
        sa.select(
            col(ConsentRecord.id),
            col(ConsentRecord.person_id),
            col(ConsentRecord.organization_id),
            col(ConsentRecord.decided_on),
            *_GRANTED,
            col(ConsentGrant.valid_to),
        )
        .outerjoin(
            ConsentGrant,
            sa.and_(
                col(ConsentGrant.record_id) == col(ConsentRecord.id),
                holds(ConsentGrant),
            ),
        )
        .where(
            any_of(ConsentRecord),
            col(ConsentRecord.decided_on) <= DAY,
        )
        .order_by(*_ORDER)
    )


_GRANTED = (
    col(ConsentGrant.scope),
    col(ConsentGrant.recipient),
    col(ConsentGrant.recipient_agency_id),
    col(ConsentGrant.fields),
)
_ORDER = (
    col(ConsentRecord.decided_on),
    col(ConsentRecord.recorded_at),
    col(ConsentRecord.id),
)
