"""Asking the audit trail: who saw somebody, what an account did, what left, what is unusual.

An auditor reads entries and keys. Three questions need records an auditor may not read: which key
a typed name has, which people the viewer's unit has to do with, and who bears a colleague's name.
Their statements are the system's own and give keys alone. A station's dossier and its weekly check
read the trail the same way, narrowed here to the own people and the own units.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.access.models import Account
from crm.agencies.models import Staff, UnitPlacement
from crm.contacts.models import Person
from crm.kernel.actor import Actor
from crm.kernel.audit import AuditEntry, AuditSubject
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import ScopedSession
from crm.notes.models import ActivityNote, NotePerson
from crm.oversight.lines import OTHERWISE, SHOWN_BY_ACTION, Doing, Sighting
from crm.oversight.models import LeakCase, ReadingCheck

OVERSIGHT = {"system": "oversight"}
MOST_NAMESAKES = 20
MOST_SIGHTINGS = 1_000
MOST_AT_ONCE = dt.timedelta(days=31)
VIEWS = ("person.viewed", "note.viewed", "liaison.viewed", "search.made", "person.opened")
FILES = ("roster.issued", "job.fetched", "export.fetched", "export.asked", "intake.rejected")
OUTFLOW = (
    *FILES,
    *("copy.published", "copy.changed", "note.published", "disclosure.decided"),
    *("information.provided", "information.downloaded", "dossier.issued"),
)
"""What takes something out of the house, or gives it to another agency."""

_SEEN = (
    col(AuditEntry.id),
    col(AuditEntry.at),
    col(AuditEntry.action),
    col(AuditEntry.actor_name),
    col(AuditEntry.unit_name),
    col(AuditEntry.address),
    col(AuditEntry.outcome),
    col(AuditEntry.detail),
)
_DONE = (
    col(AuditEntry.account_id),
    col(AuditEntry.actor_name),
    col(AuditEntry.unit_name),
    col(AuditEntry.at),
    col(AuditEntry.action),
    col(AuditEntry.subject_id),
)


def sightings_of(db: ScopedSession, subject_id: UUID, number: int) -> Page[Sighting]:
    """Return one page of who was shown a person or changed something, newest first."""
    wanted = _about(subject_id)
    total = db.exec(select(sa.func.count(col(AuditEntry.id))).where(wanted)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        sa.select(*_SEEN)
        .where(wanted)
        .order_by(col(AuditEntry.id).desc())
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    )
    return Page([_sighting(row) for row in rows], total, number)


def sightings_for_dossier(
    db: ScopedSession, actor: Actor, subject_id: UUID
) -> tuple[Sequence[Sighting], int]:
    """Return the newest sightings of one of the own people, and how many there are in all.

    The caller has shown that the person is the actor's to read.
    """
    wanted = sa.and_(_about(subject_id), col(AuditEntry.agency_id) == actor.agency_id)
    total = db.exec(
        select(sa.func.count(col(AuditEntry.id))).where(wanted).execution_options(**OVERSIGHT)
    ).one()
    rows = db.rows(
        sa.select(*_SEEN)
        .where(wanted)
        .order_by(col(AuditEntry.id).desc())
        .limit(MOST_SIGHTINGS)
        .execution_options(**OVERSIGHT)
    )
    return [_sighting(row) for row in rows], total


def people_called(
    db: ScopedSession, actor: Actor, name: str, station: str, day: dt.date
) -> Sequence[UUID]:
    """Return the keys of the people of a station with exactly this name, spaces aside."""
    typed = "".join(name.split())
    return db.exec(
        select(Person.id)
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(Person.station_id))
        .where(
            col(Person.agency_id) == actor.agency_id,
            col(Person.family_name) + col(Person.given_name) == typed,
            col(UnitPlacement.name) == station,
            col(UnitPlacement.valid_from) <= day,
        )
        .distinct()
        .order_by(col(Person.id))
        .limit(MOST_NAMESAKES)
        .execution_options(**OVERSIGHT)
    ).all()


def account_called(db: ScopedSession, actor: Actor, login: str) -> UUID | None:
    """Return the account of the own agency that signs in as `login`."""
    return db.exec(
        select(Account.id)
        .where(Account.login == login, Account.agency_id == actor.agency_id)
        .execution_options(**OVERSIGHT)
    ).first()


def login_of(db: ScopedSession, actor: Actor, account_id: UUID) -> str:
    """Return what an account of the own agency signs in as; nothing where there is none."""
    found = db.exec(
        select(Account.login)
        .where(Account.id == account_id, Account.agency_id == actor.agency_id)
        .execution_options(**OVERSIGHT)
    ).first()
    return found or ""


def busiest_accounts(db: ScopedSession, since: dt.datetime) -> Sequence[Any]:
    """Return the accounts that did most since `since`, with the name and unit of then."""
    times = sa.func.count(col(AuditEntry.id)).label("times")
    return db.rows(
        sa.select(
            col(AuditEntry.account_id),
            sa.func.max(col(AuditEntry.actor_name)).label("actor_name"),
            sa.func.max(col(AuditEntry.unit_name)).label("unit_name"),
            times,
        )
        .where(col(AuditEntry.at) >= since, col(AuditEntry.account_id).is_not(None))
        .group_by(col(AuditEntry.account_id))
        .order_by(times.desc(), col(AuditEntry.account_id))
        .limit(MOST_NAMESAKES)
    )


def doings_of(db: ScopedSession, account_id: UUID, number: int) -> Page[AuditEntry]:
    """Return one page of what an account did, newest first."""
    return _entries(db, [col(AuditEntry.account_id) == account_id], number)


def outflow(
    db: ScopedSession, since: dt.datetime, until: dt.datetime, number: int
) -> Page[AuditEntry]:
    """Return one page of what left the house in a span of time, newest first."""
    between = col(AuditEntry.at).between(since, until)
    return _entries(db, [between, col(AuditEntry.action).in_(OUTFLOW)], number)


def views_since(db: ScopedSession, since: dt.datetime) -> Sequence[Doing]:
    """Return every page of people shown since `since`."""
    return _doings(db, col(AuditEntry.at) >= since, col(AuditEntry.action).in_(VIEWS))


def files_since(db: ScopedSession, since: dt.datetime) -> Sequence[Doing]:
    """Return every file taken out since `since`."""
    return _doings(db, col(AuditEntry.at) >= since, col(AuditEntry.action).in_(FILES))


def strangers_since(db: ScopedSession, actor: Actor, since: dt.datetime) -> Sequence[Doing]:
    """Return the person pages shown to somebody whose unit has no note with that person."""
    had_to_do = (
        sa.select(col(NotePerson.id))
        .join(ActivityNote, col(ActivityNote.id) == col(NotePerson.note_id))
        .where(
            col(NotePerson.person_id) == col(AuditEntry.subject_id),
            col(ActivityNote.unit_id) == col(AuditEntry.unit_id),
        )
        .exists()
    )
    return _system_doings(db, actor, since, ~had_to_do)


def colleagues_since(db: ScopedSession, actor: Actor, since: dt.datetime) -> Sequence[Doing]:
    """Return the person pages of people who bear the name of a member of the agency's staff."""
    names = sa.select(col(Staff.family_name), col(Staff.given_name)).where(
        col(Staff.agency_id) == actor.agency_id
    )
    namesakes = sa.select(col(Person.id)).where(
        col(Person.agency_id) == actor.agency_id,
        sa.tuple_(col(Person.family_name), col(Person.given_name)).in_(names),
    )
    return _system_doings(db, actor, since, col(AuditEntry.subject_id).in_(namesakes))


def station_views(
    db: ScopedSession, actor: Actor, since: dt.datetime, until: dt.datetime
) -> Sequence[UUID]:
    """Return the entries of people shown to others of the own station in a span of time."""
    own_units = sa.select(col(UnitPlacement.unit_id)).where(
        col(UnitPlacement.station_id) == actor.station_id
    )
    return db.exec(
        select(AuditEntry.id)
        .where(
            col(AuditEntry.at) >= since,
            col(AuditEntry.at) < until,
            col(AuditEntry.unit_id).in_(own_units),
            col(AuditEntry.account_id) != actor.account_id,
            col(AuditEntry.action).in_(VIEWS),
        )
        .execution_options(**OVERSIGHT)
    ).all()


def entries_of(db: ScopedSession, keys: Collection[UUID]) -> Sequence[AuditEntry]:
    """Return the entries of a station's weekly sample, oldest first."""
    return db.exec(
        select(AuditEntry)
        .where(col(AuditEntry.id).in_(keys))
        .order_by(col(AuditEntry.id))
        .execution_options(**OVERSIGHT)
    ).all()


def checks_of(db: ScopedSession, keys: Collection[UUID]) -> Mapping[UUID, ReadingCheck]:
    """Return what the chiefs of the own station said of these entries."""
    found = db.exec(select(ReadingCheck).where(col(ReadingCheck.entry_id).in_(keys))).all()
    return {check.entry_id: check for check in found}


def leak_cases(db: ScopedSession, number: int) -> Page[LeakCase]:
    """Return one page of the leak cases, newest first."""
    total = db.exec(select(sa.func.count(col(LeakCase.id)))).one()
    number = min(max(1, number), Page((), total).last)
    found = db.exec(
        select(LeakCase)
        .order_by(col(LeakCase.id).desc())
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    ).all()
    return Page(found, total, number)


def leak_case(db: ScopedSession, case_id: UUID) -> LeakCase:
    """Return one leak case; NotFound where it is not the auditor's."""
    found = db.exec(select(LeakCase).where(LeakCase.id == case_id)).first()
    if found is None:
        raise NotFound
    return found


def cases_numbered(db: ScopedSession, prefix: str) -> int:
    """Return how many cases have a number beginning with `prefix`; cases are never deleted."""
    return db.exec(
        select(sa.func.count(col(LeakCase.id))).where(
            col(LeakCase.number).startswith(prefix, autoescape=True)
        )
    ).one()


def fields_shown(action: str, detail: Mapping[str, Any]) -> Sequence[str]:
    """Return the fields an entry says it showed, or what its page always shows."""
    said = detail.get("fields")
    return said if isinstance(said, list) else SHOWN_BY_ACTION.get(action, OTHERWISE)


def _about(subject_id: UUID) -> sa.ColumnElement[bool]:
    named = sa.select(col(AuditSubject.entry_id)).where(col(AuditSubject.subject_id) == subject_id)
    return sa.or_(col(AuditEntry.subject_id) == subject_id, col(AuditEntry.id).in_(named))


def _sighting(row: Any) -> Sighting:  # noqa: ANN401 - a row of _SEEN
    return Sighting(
        row.id,
        row.at,
        row.action,
        row.actor_name,
        row.unit_name,
        row.address,
        row.outcome,
        fields_shown(row.action, row.detail),
    )


def _entries(
    db: ScopedSession, wanted: Sequence[sa.ColumnElement[bool]], number: int
) -> Page[AuditEntry]:
    total = db.exec(select(sa.func.count(col(AuditEntry.id))).where(*wanted)).one()
    number = min(max(1, number), Page((), total).last)
    found = db.exec(
        select(AuditEntry)
        .where(*wanted)
        .order_by(col(AuditEntry.id).desc())
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    ).all()
    return Page(found, total, number)


def _doings(db: ScopedSession, *wanted: sa.ColumnElement[bool]) -> Sequence[Doing]:
    rows = db.rows(sa.select(*_DONE).where(*wanted, col(AuditEntry.account_id).is_not(None)))
    return [Doing(*row) for row in rows]


def _system_doings(
    db: ScopedSession, actor: Actor, since: dt.datetime, unusual: sa.ColumnElement[bool]
) -> Sequence[Doing]:
    rows = db.rows(
        sa.select(*_DONE)
        .where(
            col(AuditEntry.agency_id) == actor.agency_id,
            # a span with two ends is what the planner takes for narrow
            col(AuditEntry.at).between(since, since + MOST_AT_ONCE),
            col(AuditEntry.action) == "person.viewed",
            col(AuditEntry.account_id).is_not(None),
            unusual,
        )
        .execution_options(**OVERSIGHT)
    )
    return [Doing(*row) for row in rows]
