"""Reading a roster within what was agreed, and the issues already made.

Nothing that was not agreed to is read at all: names are loaded only of holders who agreed to the
recipient, telephones only of those who agreed to be called. A row cannot show what it never had.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import BOXES, Staff, Unit, UnitJurisdiction, UnitPlacement
from crm.areas.models import Area
from crm.consents.models import ConsentScope
from crm.consents.queries import grants_in_force
from crm.contacts.models import Appointment, Holder, HolderKeys, Organization, Person, Telephone
from crm.contacts.post_queries import held_on, posts_where
from crm.kernel.actor import Actor
from crm.kernel.columns import holds
from crm.kernel.kana import furigana, kana_sort_key
from crm.kernel.phone import PhoneKind, national
from crm.kernel.scope import ScopedSession
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea
from crm.liaisons.queries import ActiveTerm, active_terms
from crm.rosters.models import RosterFormat, RosterIssue, RosterProfile
from crm.rosters.rows import Facts, Name, Places, Post, Roster, joined

RECIPIENT_SCOPES = {
    RosterProfile.STATION: ConsentScope.WITHIN_STATION,
    RosterProfile.MEETING: ConsentScope.OTHER_LIAISONS,
}
"""What a holder must have agreed to in order to stand on a roster of each profile."""

Scopes = Mapping[Holder, frozenset[ConsentScope]]


class IssueLine(NamedTuple):
    """A roster that was issued, as the history lists it."""

    number: str
    issued_at: dt.datetime
    profile: RosterProfile
    as_of: dt.date
    purpose: str
    format: RosterFormat
    issued_by: str
    persons: int
    organizations: int


def roster_on(
    db: ScopedSession, actor: Actor, profile: RosterProfile, day: dt.date, *, today: dt.date
) -> Roster:
    """Return the roster of the actor's station as of `day`, in 五十音 order.

    A grant counts when it is in force on `day` and still is `today`: whoever took an agreement
    back is on no roster made since, of whatever day. At most seven statements, however many rows.
    """
    terms = _terms_by_holder(active_terms(db, day))
    contacts = {
        Holder(person_id=term.contact_person_id)
        for held in terms.values()
        for term in held
        if term.contact_person_id
    }
    agreed = _agreed(db, {*terms, *contacts}, day, today)
    scope = RECIPIENT_SCOPES[profile]
    listed = {holder: held for holder, held in terms.items() if scope in agreed[holder]}
    named = {contact for contact in contacts if scope in agreed[contact]}
    called = {holder for holder in listed if ConsentScope.BY_PHONE in agreed[holder]}
    facts = Facts(
        names=_names(db, listed),
        places=_places(db, actor, listed.values(), day),
        posts=_posts(db, {*listed, *named}, day),
        phones=_phones(db, called) if profile is RosterProfile.STATION else {},
        named=named,
        shows_remarks=profile is RosterProfile.STATION,
    )
    order = sorted(listed, key=lambda holder: facts.names[holder].order)
    rows = tuple(facts.row(number, each, listed[each]) for number, each in enumerate(order, 1))
    return Roster(profile, day, rows, len(terms) - len(listed))


def office_name(db: ScopedSession, station_id: UUID, day: dt.date) -> str:
    """Return what the unit that owns the station's roster is called on `day`; empty if none."""
    found = db.exec(
        select(UnitPlacement.name)
        .join(Unit, col(Unit.id) == UnitPlacement.unit_id)
        .where(
            col(Unit.network_office),
            UnitPlacement.station_id == station_id,
            holds(UnitPlacement, day),
        )
        .order_by(col(UnitPlacement.name))
    ).first()
    return found or ""


def lock_numbers(db: ScopedSession, station_id: UUID) -> None:
    """Let no other transaction take a 一覧表番号 of the station until this one ends."""
    db.exec(select(Unit.id).where(Unit.id == station_id).with_for_update(key_share=True)).one()


def issues_numbered(db: ScopedSession, prefix: str) -> int:
    """Return how many issues of the station have a number that begins with `prefix`."""
    return db.exec(
        select(sa.func.count())
        .select_from(RosterIssue)
        .where(col(RosterIssue.number).startswith(prefix, autoescape=True))
    ).one()


def recent_issues(db: ScopedSession, limit: int) -> Sequence[IssueLine]:
    """Return the station's issues, newest first."""
    rows = db.rows(
        sa.select(
            col(RosterIssue.number),
            col(RosterIssue.issued_at),
            col(RosterIssue.profile),
            col(RosterIssue.as_of),
            col(RosterIssue.purpose),
            col(RosterIssue.format),
            col(Staff.family_name),
            col(Staff.given_name),
            col(RosterIssue.persons),
            col(RosterIssue.organizations),
        )
        .join(Staff, col(Staff.id) == RosterIssue.issued_by)
        .order_by(col(RosterIssue.issued_at).desc(), col(RosterIssue.number).desc())
        .limit(limit)
    )
    return [
        IssueLine(
            row.number,
            row.issued_at,
            row.profile,
            row.as_of,
            row.purpose,
            row.format,
            f"{row.family_name} {row.given_name}".strip(),
            row.persons,
            row.organizations,
        )
        for row in rows
    ]


def _terms_by_holder(terms: Iterable[ActiveTerm]) -> dict[Holder, list[ActiveTerm]]:
    found: dict[Holder, list[ActiveTerm]] = {}
    for term in terms:
        found.setdefault(term.holder, []).append(term)
    return found


def _agreed(db: ScopedSession, holders: Collection[Holder], day: dt.date, today: dt.date) -> Scopes:
    then = grants_in_force(db, holders, day)
    if day == today:
        return then
    still = grants_in_force(db, holders, today)
    return {holder: then[holder] & still[holder] for holder in holders}


def _names(db: ScopedSession, listed: Mapping[Holder, Sequence[ActiveTerm]]) -> dict[Holder, Name]:
    rows = db.rows(
        sa.select(
            col(LiaisonTerm.person_id),
            col(LiaisonTerm.organization_id),
            col(Person.family_name),
            col(Person.given_name),
            col(Person.family_kana),
            col(Person.given_kana),
            col(Organization.name),
            col(Organization.kana),
            sa.func.coalesce(col(Person.kana_sort), col(Organization.kana_sort)).label("kana_sort"),
        )
        .outerjoin(Person, col(Person.id) == LiaisonTerm.person_id)
        .outerjoin(Organization, col(Organization.id) == LiaisonTerm.organization_id)
        .where(col(LiaisonTerm.id).in_([term.id for held in listed.values() for term in held]))
    )
    found: dict[Holder, Name] = {}
    for row in rows:
        holder = Holder(row.person_id, row.organization_id)
        text = row.name or f"{row.family_name} {row.given_name}".strip()
        kana = row.kana if row.name else f"{row.family_kana} {row.given_kana}".strip()
        # a row that was never given a key has no reading, and stands with those at the end
        order = (row.kana_sort or kana_sort_key(""), text, str(holder.subject[1]))
        found[holder] = Name(text, furigana(kana), order)
    return found


def _places(
    db: ScopedSession, actor: Actor, listed: Iterable[Sequence[ActiveTerm]], day: dt.date
) -> dict[UUID, Places]:
    """Return each term's areas, and the station's boxes responsible for them on `day`."""
    rows = db.rows(
        sa.select(col(LiaisonTermArea.term_id), col(Area.name), col(UnitPlacement.name))
        .join(Area, col(Area.id) == LiaisonTermArea.area_id)
        .outerjoin(
            UnitJurisdiction,
            sa.and_(col(UnitJurisdiction.area_id) == Area.id, holds(UnitJurisdiction, day)),
        )
        .outerjoin(
            Unit,
            sa.and_(col(Unit.id) == UnitJurisdiction.unit_id, col(Unit.kind).in_(BOXES)),
        )
        .outerjoin(
            UnitPlacement,
            sa.and_(
                col(UnitPlacement.unit_id) == Unit.id,
                col(UnitPlacement.station_id) == actor.station_id,
                holds(UnitPlacement, day),
            ),
        )
        .where(col(LiaisonTermArea.term_id).in_([term.id for held in listed for term in held]))
        .order_by(col(LiaisonTermArea.position), col(Area.name), col(UnitPlacement.name))
    )
    found: dict[UUID, list[tuple[str, str | None]]] = {}
    for term_id, area, box in rows:
        found.setdefault(term_id, []).append((area, box))
    return {
        term_id: Places(joined(area for area, _ in pairs), joined(box for _, box in pairs))
        for term_id, pairs in found.items()
    }


def _posts(db: ScopedSession, holders: Collection[Holder], day: dt.date) -> dict[UUID, list[Post]]:
    ids = HolderKeys.of(holders).people
    found: dict[UUID, list[Post]] = {}
    for line in posts_where(db, col(Appointment.person_id).in_(ids), held_on(day)):
        post = Post(
            line.organization_id,
            line.label,
            joined([line.organization_name, line.post]),
            joined([line.post, line.person_name]),
        )
        found.setdefault(line.person_id, []).append(post)
    return found


def _phones(db: ScopedSession, holders: Collection[Holder]) -> dict[Holder, str]:
    """Return the numbers at which each of `holders` is called; a fax is another agreement."""
    rows = db.rows(
        sa.select(
            col(Telephone.person_id),
            col(Telephone.organization_id),
            col(Telephone.raw),
            col(Telephone.e164),
            col(Telephone.extension),
        )
        .where(
            HolderKeys.of(holders).are_of(Telephone),
            col(Telephone.kind) != PhoneKind.FAX,
        )
        .order_by(col(Telephone.position), col(Telephone.id))
    )
    found: dict[Holder, list[str]] = {}
    for person_id, organization_id, raw, e164, extension in rows:
        number = national(e164, extension or None) if e164 else raw
        found.setdefault(Holder(person_id, organization_id), []).append(number)
    return {holder: joined(numbers) for holder, numbers in found.items()}
