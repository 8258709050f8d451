"""Finding what is due: whose last tie lies before the cutoff, which notes were made before it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import SettingKey
from crm.agencies.queries import settings_of
from crm.bodies.models import BodyMember
from crm.consents.models import ConsentRecord
from crm.contacts.models import Appointment, Person
from crm.kernel.clock import local_day, start_of_day
from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import fiscal_year
from crm.liaisons.models import (
    AcceptanceRecord,
    Approach,
    CandidateState,
    LiaisonCandidate,
    LiaisonTerm,
)
from crm.meetings.models import Meeting
from crm.minutes.models import (
    AgendaItem,
    MatterKind,
    MeetingMatter,
    MeetingPaper,
    MinutesSection,
    MinutesVersion,
)
from crm.notes.models import NOTE_SAYS, ActivityNote, NotePerson
from crm.requests.models import IS_OPEN, CommunityRequest
from crm.retention.models import Disposal, Holding

DEFAULT_YEARS = {Holding.CONTACTS: 5, Holding.NOTES: 5, Holding.CANDIDATES: 1}
"""The usual period of such documents, where the agency has decided no other; of whoever never
accepted no longer than need be (個人情報保護法61条2項)."""
KEYS = {
    Holding.CONTACTS: SettingKey.RETENTION_CONTACTS_YEARS,
    Holding.NOTES: SettingKey.RETENTION_NOTES_YEARS,
    Holding.CANDIDATES: SettingKey.RETENTION_CANDIDATES_YEARS,
}
APRIL = 4


class Due(NamedTuple):
    """What a disposal would take, under which period and before which day."""

    holding: Holding
    years: int
    cutoff: dt.date
    keys: Sequence[UUID]
    by_year: dict[int, int]


def years_kept(db: ScopedSession, holding: Holding, day: dt.date) -> int:
    """Return how many years a holding is kept, as the agency decided for `day`."""
    decided = [row.value for row in settings_of(db, KEYS[holding]) if row.holds_on(day)]
    return int(decided[-1]) if decided else DEFAULT_YEARS[holding]


def cutoff_of(day: dt.date, years: int) -> dt.date:
    """Return the day before which the last tie must lie: periods run from the next 1 April."""
    return dt.date(fiscal_year(day) - years, APRIL, 1)


def due_on(db: ScopedSession, holding: Holding, day: dt.date) -> Due:
    """Return what of a holding is due on `day`; nothing is changed."""
    years = years_kept(db, holding, day)
    return due_before(db, holding, years, cutoff_of(day, years))


def due_before(db: ScopedSession, holding: Holding, years: int, cutoff: dt.date) -> Due:
    """Return what of a holding of the own station ended before `cutoff`."""
    ends = dict(_ENDED[holding](db, cutoff))
    by_year = Counter(fiscal_year(day) for day in ends.values())
    return Due(holding, years, cutoff, list(ends), dict(sorted(by_year.items())))


def disposals(db: ScopedSession) -> Sequence[Disposal]:
    """Return the disposals of the own station, the newest first."""
    return db.exec(select(Disposal).order_by(col(Disposal.drafted_at).desc())).all()


def disposal(db: ScopedSession, disposal_id: UUID, *, to_change: bool = False) -> Disposal:
    """Return one disposal of the own station; NotFound for another's.

    `to_change` holds it until the transaction ends: of two who carry it further one is late.
    """
    wanted = select(Disposal).where(Disposal.id == disposal_id)
    found = db.exec(wanted.with_for_update() if to_change else wanted).first()
    if found is None:
        raise NotFound
    return found


def open_ties() -> sa.ColumnElement[bool]:
    """Return the condition that a person holds a post, sits on a body or serves, with no end."""
    holds_post = sa.select(col(Appointment.id)).where(
        col(Appointment.person_id) == col(Person.id), col(Appointment.valid_to).is_(None)
    )
    serves = sa.select(col(LiaisonTerm.id)).where(
        sa.or_(
            col(LiaisonTerm.person_id) == col(Person.id),
            col(LiaisonTerm.contact_person_id) == col(Person.id),
        ),
        col(LiaisonTerm.valid_to).is_(None),
    )
    sits = sa.select(col(BodyMember.id)).where(
        col(BodyMember.person_id) == col(Person.id), col(BodyMember.valid_to).is_(None)
    )
    return sa.or_(holds_post.exists(), serves.exists(), sits.exists())


def _people(db: ScopedSession, cutoff: dt.date) -> Iterator[tuple[UUID, dt.date]]:
    """Yield everybody with no tie left and the day of the last one."""
    rows = db.rows(
        sa.select(col(Person.id), col(Person.updated_at), *_last_ties()).where(
            col(Person.family_name) != "",
            col(Person.updated_at) < start_of_day(cutoff),
            ~open_ties(),
        )
    )
    for row in rows:
        days = [_day(value) for value in row[1:] if value is not None]
        if (last := max(days)) < cutoff:
            yield row.id, last


def _last_ties() -> list[Any]:
    """Return, for each person, the last day of each kind of tie."""
    return [
        _latest(Appointment, col(Appointment.valid_to)),
        _latest(BodyMember, col(BodyMember.valid_to)),
        _latest(LiaisonTerm, col(LiaisonTerm.valid_to)),
        _latest(NotePerson, col(NotePerson.happened_at)),
        _latest(Approach, col(Approach.asked_on)),
        _latest(AcceptanceRecord, col(AcceptanceRecord.decided_on)),
        _latest(ConsentRecord, col(ConsentRecord.decided_on)),
        _latest(LiaisonCandidate, col(LiaisonCandidate.noticed_on)),
        _spoke_until(),
    ]


def _latest(table: Any, ends: Any) -> sa.ScalarSelect[Any]:  # noqa: ANN401 - a table about a person
    return (
        sa.select(sa.func.max(ends))
        .where(table.person_id == col(Person.id))
        .correlate(Person)
        .scalar_subquery()
    )


def _spoke_until() -> sa.ScalarSelect[Any]:
    return (
        sa.select(sa.func.max(col(LiaisonTerm.valid_to)))
        .where(col(LiaisonTerm.contact_person_id) == col(Person.id))
        .correlate(Person)
        .scalar_subquery()
    )


def _old_notes(db: ScopedSession, cutoff: dt.date) -> Iterator[tuple[UUID, dt.date]]:
    """Yield the notes made before `cutoff` that still say something and owe nobody an answer."""
    owing = sa.select(col(CommunityRequest.id)).where(
        col(CommunityRequest.note_id) == col(ActivityNote.id), IS_OPEN
    )
    rows = db.rows(
        sa.select(col(ActivityNote.id), col(ActivityNote.happened_at)).where(
            col(ActivityNote.happened_at) < start_of_day(cutoff),
            sa.or_(*(col(said) != "" for said in NOTE_SAYS)),
            ~owing.exists(),
        )
    )
    for row in rows:
        yield row.id, local_day(row.happened_at)
    requests = db.rows(
        sa.select(col(CommunityRequest.id), col(CommunityRequest.heard_on)).where(
            col(CommunityRequest.heard_on) < cutoff,
            col(CommunityRequest.note_id).is_(None),
            col(CommunityRequest.words) != "",
            ~IS_OPEN,
        )
    )
    for row in requests:
        yield row.id, row.heard_on
    yield from _old_meetings(db, cutoff)


def _old_meetings(db: ScopedSession, cutoff: dt.date) -> Iterator[tuple[UUID, dt.date]]:
    """Yield the meetings before `cutoff` of which something is still said and nothing is open."""
    said = sa.select(col(MinutesVersion.meeting_id)).join(
        MinutesSection,
        sa.and_(
            col(MinutesSection.version_id) == col(MinutesVersion.id), col(MinutesSection.text) != ""
        ),
    )
    settled = sa.select(col(MeetingMatter.meeting_id)).where(col(MeetingMatter.words) != "")
    papers = sa.select(col(MeetingPaper.meeting_id))
    spoke = sa.select(col(AgendaItem.meeting_id)).where(col(AgendaItem.speaker) != "")
    waits = sa.select(col(MeetingMatter.meeting_id)).where(
        col(MeetingMatter.kind) == MatterKind.ACTION, col(MeetingMatter.done_on).is_(None)
    )
    rows = db.rows(
        sa.select(col(Meeting.id), col(Meeting.starts_at)).where(
            col(Meeting.starts_at) < start_of_day(cutoff),
            sa.or_(*(col(Meeting.id).in_(each) for each in (said, settled, papers, spoke))),
            col(Meeting.id).not_in(waits),
        )
    )
    for row in rows:
        yield row.id, local_day(row.starts_at)


def _candidates(db: ScopedSession, cutoff: dt.date) -> Iterator[tuple[UUID, dt.date]]:
    """Yield the candidates who never accepted, of whom something is still said, and their end."""
    candidate = LiaisonCandidate
    words = (candidate.reason, candidate.known_by, candidate.avoid, candidate.post)
    rows = db.rows(
        sa.select(col(candidate.id), col(candidate.state_on)).where(
            col(candidate.state_on) < cutoff,
            col(candidate.state) != CandidateState.ACCEPTED,
            sa.or_(*(col(said) != "" for said in words)),
        )
    )
    for row in rows:
        yield row.id, row.state_on


_ENDED = {
    Holding.CONTACTS: _people,
    Holding.NOTES: _old_notes,
    Holding.CANDIDATES: _candidates,
}


def _day(value: dt.date | dt.datetime) -> dt.date:
    if isinstance(value, dt.datetime):
        return local_day(value if value.tzinfo else value.replace(tzinfo=dt.UTC))
    return value
