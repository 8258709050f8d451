"""Reading what somebody agreed to, on any day, for one holder or many."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.agencies.models import Staff
from crm.consents.models import ConsentGrant, ConsentMethod, ConsentRecord, ConsentScope
from crm.contacts.models import Holder, about
from crm.kernel.scope import AnySelect, ScopedSession


class Grant(NamedTuple):
    """One thing agreed to; `recipient` names agency and items where the scope asks for them."""

    scope: ConsentScope
    recipient: str


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
    if not asked:
        return found
    newest: dict[Holder, UUID] = {}
    # in the order they were decided: each later record replaces the whole of the earlier one
    for record_id, person_id, organization_id, scope in db.rows(_decided_by(asked, day)):
        holder = Holder(person_id, organization_id)
        if newest.get(holder) != record_id:
            newest[holder] = record_id
            found[holder] = frozenset()
        if scope is not None:
            found[holder] |= {scope}
    return found


def current_consent(db: ScopedSession, holder: Holder, day: dt.date) -> Consent | None:
    """Return the consent record in force on `day`; None where the holder was never asked."""
    return in_force(consent_history(db, holder), day)


def in_force(history: Sequence[Consent], day: dt.date) -> Consent | None:
    """Return the newest record of `history` that was decided by `day`."""
    decided = [consent for consent in history if consent.decided_on <= day]
    return decided[-1] if decided else None


def consent_history(db: ScopedSession, holder: Holder) -> Sequence[Consent]:
    """Return every consent record of `holder` in the order they were decided; one statement."""
    records: dict[UUID, Consent] = {}
    granted: dict[UUID, list[Grant]] = {}
    for row in db.rows(_history_of(holder)):
        grants = granted.setdefault(row.id, [])
        if row.scope is not None:
            grants.append(Grant(row.scope, row.recipient))
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


def _place_on_form(grant: Grant) -> int:
    return list(ConsentScope).index(grant.scope)


def _decided_by(holders: Collection[Holder], day: dt.date) -> AnySelect:
    people = [holder.person_id for holder in holders if holder.person_id]
    organizations = [holder.organization_id for holder in holders if holder.organization_id]
    return (
        sa.select(
            col(ConsentRecord.id),
            col(ConsentRecord.person_id),
            col(ConsentRecord.organization_id),
            col(ConsentGrant.scope),
        )
        .outerjoin(
            ConsentGrant,
            sa.and_(
                col(ConsentGrant.record_id) == col(ConsentRecord.id),
                col(ConsentGrant.valid_from) <= day,
                sa.or_(col(ConsentGrant.valid_to).is_(None), col(ConsentGrant.valid_to) >= day),
            ),
        )
        .where(
            sa.or_(
                col(ConsentRecord.person_id).in_(people),
                col(ConsentRecord.organization_id).in_(organizations),
            ),
            col(ConsentRecord.decided_on) <= day,
        )
        .order_by(*_ORDER)
    )


def _history_of(holder: Holder) -> AnySelect:
    return (
        sa.select(
            col(ConsentRecord.id),
            col(ConsentRecord.decided_on),
            col(ConsentRecord.method),
            col(ConsentRecord.signatory),
            col(ConsentRecord.capacity),
            col(ConsentRecord.form_version),
            col(Staff.family_name),
            col(Staff.given_name),
            col(ConsentGrant.scope),
            col(ConsentGrant.recipient),
        )
        .join(Staff, col(Staff.id) == col(ConsentRecord.recorded_by))
        .outerjoin(ConsentGrant, col(ConsentGrant.record_id) == col(ConsentRecord.id))
        .where(about(ConsentRecord, holder))
        .order_by(*_ORDER)
    )


_ORDER = (
    col(ConsentRecord.decided_on),
    col(ConsentRecord.recorded_at),
    col(ConsentRecord.id),
)
