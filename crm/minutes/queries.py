"""Reading agendas and minutes: one meeting's in one piece, what it carries over, what is due."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from crm.agencies.models import Staff, UnitPlacement
from crm.kernel.clock import local_day
from crm.kernel.columns import Key, Moment
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.meetings.models import Meeting, MeetingState
from crm.minutes.lines import (
    AskedLine,
    Carried,
    GuestsLine,
    ItemLine,
    MatterLine,
    PaperLine,
    Section,
    VersionLine,
    Whole,
)
from crm.minutes.models import (
    AgendaItem,
    MatterKind,
    MeetingGuests,
    MeetingMatter,
    MeetingPaper,
    MeetingSequel,
    MinutesSection,
    MinutesState,
    MinutesVersion,
)
from crm.requests.models import CommunityRequest

MOST_CHOICES = 30


class DueAction(NamedTuple):
    """An action that waits to be done, as a day shows it."""

    id: UUID
    words: str
    due_on: dt.date
    meeting_title: str


def whole_of(db: ScopedSession, meeting_id: UUID) -> Whole:
    """Return everything a meeting was about; one statement."""
    found = together(db, _whole_selects(), meeting=meeting_id, meetings=[meeting_id])
    items, papers, guests, matters, requests, versions, sections, sequels = found
    return Whole(
        items=sorted((ItemLine(*row) for row in items), key=_by_position),
        papers=sorted((PaperLine(*row) for row in papers), key=lambda one: one.id),
        guests=sorted((GuestsLine(*row) for row in guests), key=lambda one: one.id),
        matters=_matters(matters),
        requests=_asked(requests),
        versions=sorted((VersionLine(*row) for row in versions), key=lambda one: one.serial),
        sections=[
            Section(*row[1:]) for row in sorted(sections, key=lambda section: section.position)
        ],
        previous_id=sequels[0].previous_id if sequels else None,
    )


def carried_to(db: ScopedSession, meeting: Meeting) -> Carried:
    """Return what the meetings before this one left open until its day; two statements, or one.

    Those of its series or body, and those it goes on from. An action done, or a request answered,
    on its day or later was open when it began.
    """
    earlier = earlier_meetings(db, meeting)
    if not earlier:
        return Carried()
    day = local_day(meeting.starts_at)
    asked = together(db, (_matter_rows(), _asked_rows()), meetings=list(earlier))
    actions = [
        one
        for one in _matters(asked[0])
        if one.kind is MatterKind.ACTION and (one.done_on is None or one.done_on >= day)
    ]
    requests = [
        one
        for one in _asked(asked[1])
        if one.is_open or (one.answered_on is not None and one.answered_on >= day)
    ]
    return Carried(actions, requests)


def earlier_meetings(db: ScopedSession, meeting: Meeting) -> frozenset[UUID]:
    """Return the meetings a meeting goes on from, however far back; one statement.

    Those of its series before it, or of its body where it has none, and those it is said to follow.
    """
    sequels, same = together(
        db,
        (_sequel_rows(), _series_rows()),
        series=meeting.series_id,
        body=None if meeting.series_id else meeting.body_id,
        before=meeting.starts_at,
    )
    links = {row.meeting_id: row.previous_id for row in sequels}
    found = {row.id for row in same}
    previous = links.get(meeting.id)
    walked = {meeting.id}
    while previous is not None and previous not in walked:
        walked.add(previous)
        found.add(previous)
        previous = links.get(previous)
    return frozenset(found)


def agenda_to_change(db: ScopedSession, meeting_id: UUID) -> Sequence[AgendaItem]:
    """Return the lines of an agenda in their order, to be changed."""
    return db.exec(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(col(AgendaItem.position), col(AgendaItem.id))
    ).all()


def item_of(db: ScopedSession, agenda_item_id: UUID) -> AgendaItem:
    """Return a line of an agenda of the own station; NotFound otherwise."""
    found = db.exec(select(AgendaItem).where(col(AgendaItem.id) == agenda_item_id)).first()
    if found is None:
        raise NotFound
    return found


def paper_of(db: ScopedSession, paper_id: UUID) -> MeetingPaper:
    """Return a paper with its content; NotFound where it is not the own station's."""
    found = db.exec(select(MeetingPaper).where(col(MeetingPaper.id) == paper_id)).first()
    if found is None:
        raise NotFound
    return found


def papers_under(db: ScopedSession, agenda_item_id: UUID) -> Sequence[MeetingPaper]:
    """Return the papers of one line of an agenda, to be changed."""
    return db.exec(select(MeetingPaper).where(MeetingPaper.agenda_item_id == agenda_item_id)).all()


def sequel_of(db: ScopedSession, meeting_id: UUID) -> MeetingSequel | None:
    """Return from which meeting a meeting goes on, where somebody said so."""
    return db.exec(select(MeetingSequel).where(MeetingSequel.meeting_id == meeting_id)).first()


def guests_of(db: ScopedSession, meeting_id: UUID) -> Sequence[MeetingGuests]:
    """Return which offices of other agencies came to a meeting."""
    return db.exec(select(MeetingGuests).where(MeetingGuests.meeting_id == meeting_id)).all()


def guests_named(db: ScopedSession, guests_id: UUID) -> MeetingGuests:
    """Return one office that came to a meeting of the own station; NotFound otherwise."""
    found = db.exec(select(MeetingGuests).where(col(MeetingGuests.id) == guests_id)).first()
    if found is None:
        raise NotFound
    return found


def matter_of(db: ScopedSession, matter_id: UUID, *, to_change: bool = False) -> MeetingMatter:
    """Return a decision or an action of the own station; NotFound otherwise."""
    wanted = select(MeetingMatter).where(col(MeetingMatter.id) == matter_id)
    found = db.exec(wanted.with_for_update() if to_change else wanted).first()
    if found is None:
        raise NotFound
    return found


def matter_made_of(
    db: ScopedSession, meeting_id: UUID, kind: MatterKind, words: str
) -> MeetingMatter | None:
    """Return what a line was made into already."""
    return db.exec(
        select(MeetingMatter).where(
            MeetingMatter.meeting_id == meeting_id,
            MeetingMatter.kind == kind,
            MeetingMatter.words == words,
        )
    ).first()


def titles_of(db: ScopedSession, meeting_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Return what meetings of the own station are called."""
    rows = db.rows(
        sa.select(col(Meeting.id), col(Meeting.title)).where(col(Meeting.id).in_(meeting_ids))
    )
    return {row.id: row.title for row in rows}


def meetings_before(db: ScopedSession, meeting: Meeting) -> Sequence[tuple[UUID, str]]:
    """Return the last meetings before one, from which it may go on."""
    rows = db.rows(
        sa.select(col(Meeting.id), col(Meeting.title), col(Meeting.starts_at))
        .where(
            col(Meeting.starts_at) < meeting.starts_at,
            col(Meeting.state) != MeetingState.CANCELED,
        )
        .order_by(col(Meeting.starts_at).desc(), col(Meeting.id).desc())
        .limit(MOST_CHOICES)
    )
    return [(row.id, f"{local_day(row.starts_at):%Y-%m-%d}　{row.title}") for row in rows]


@cache
def due_action_rows() -> AnySelect:
    """Select the open actions of `own_units`, or of `staff_id`, due by `acts_until`; built once."""
    return (
        sa.select(
            col(MeetingMatter.id).label("matter_id"),
            col(MeetingMatter.words),
            col(MeetingMatter.due_on),
            col(Meeting.title).label("meeting_title"),
        )
        .join(Meeting, col(Meeting.id) == col(MeetingMatter.meeting_id))
        .where(
            col(MeetingMatter.kind) == MatterKind.ACTION,
            col(MeetingMatter.done_on).is_(None),
            col(MeetingMatter.due_on) <= sa.bindparam("acts_until", type_=sa.Date()),
            sa.or_(
                col(MeetingMatter.unit_id).in_(
                    sa.bindparam("own_units", type_=Key(), expanding=True)
                ),
                col(MeetingMatter.staff_id) == sa.bindparam("staff_id", type_=Key()),
            ),
        )
    )


def due_actions(rows: Iterable[Any]) -> list[DueAction]:
    """Return rows of `due_action_rows`, what is due first at the top."""
    return sorted((DueAction(*row) for row in rows), key=lambda one: (one.due_on, one.id))


@cache
def _whole_selects() -> tuple[AnySelect, ...]:
    return (
        _rows_of(AgendaItem, ItemLine._fields),
        _paper_rows(),
        _rows_of(MeetingGuests, GuestsLine._fields),
        _matter_rows(),
        _asked_rows(),
        _rows_of(MinutesVersion, VersionLine._fields),
        _newest_section_rows(),
        _rows_of(MeetingSequel, ("id", "previous_id")),
    )


def _rows_of(table: Any, columns: Collection[str]) -> AnySelect:  # noqa: ANN401 - a table of a meeting
    return sa.select(*(getattr(table, name) for name in columns)).where(
        table.meeting_id == sa.bindparam("meeting", type_=Key())
    )


def _newest_section_rows() -> AnySelect:
    meeting = sa.bindparam("meeting", type_=Key())
    newest = (
        sa.select(sa.func.max(col(MinutesVersion.serial)))
        .where(
            col(MinutesVersion.meeting_id) == meeting,
            col(MinutesVersion.state) != MinutesState.ASIDE,
        )
        .scalar_subquery()
    )
    version = aliased(MinutesVersion)
    return (
        sa.select(
            col(MinutesSection.position),
            col(MinutesSection.agenda_item_id),
            col(MinutesSection.title),
            col(MinutesSection.text),
        )
        .join(version, col(version.id) == col(MinutesSection.version_id))
        .where(col(version.meeting_id) == meeting, col(version.serial) == newest)
    )


def _paper_rows() -> AnySelect:
    return sa.select(
        col(MeetingPaper.id),
        col(MeetingPaper.agenda_item_id),
        col(MeetingPaper.name),
        col(MeetingPaper.handling),
        sa.func.length(col(MeetingPaper.content), type_=sa.Integer()).label("size"),
    ).where(col(MeetingPaper.meeting_id) == sa.bindparam("meeting", type_=Key()))


_MEETINGS = sa.bindparam("meetings", type_=Key(), expanding=True)


@cache
def _matter_rows() -> AnySelect:
    named: dict[str, Any] = {
        "unit_name": col(UnitPlacement.name),
        "family_name": col(Staff.family_name),
        "given_name": col(Staff.given_name),
        "meeting_title": col(Meeting.title),
    }
    columns = [
        named[name] if name in named else getattr(MeetingMatter, name)
        for name in MatterLine._fields
    ]
    return (
        sa.select(
            *(column.label(name) for name, column in zip(MatterLine._fields, columns, strict=True))
        )
        .select_from(MeetingMatter)
        .join(Meeting, col(Meeting.id) == col(MeetingMatter.meeting_id))
        .outerjoin(
            UnitPlacement,
            sa.and_(
                col(UnitPlacement.unit_id) == col(MeetingMatter.unit_id),
                col(UnitPlacement.valid_to).is_(None),
            ),
        )
        .outerjoin(Staff, col(Staff.id) == col(MeetingMatter.staff_id))
        .where(col(MeetingMatter.meeting_id).in_(_MEETINGS))
    )


@cache
def _asked_rows() -> AnySelect:
    columns = [field.name for field in fields(AskedLine)][:-1]
    return (
        sa.select(
            *(getattr(CommunityRequest, name) for name in columns),
            col(Meeting.title).label("meeting_title"),
        )
        .join(Meeting, col(Meeting.id) == col(CommunityRequest.meeting_id))
        .where(col(CommunityRequest.meeting_id).in_(_MEETINGS))
    )


@cache
def _sequel_rows() -> AnySelect:
    return sa.select(col(MeetingSequel.meeting_id), col(MeetingSequel.previous_id))


@cache
def _series_rows() -> AnySelect:
    return sa.select(col(Meeting.id)).where(
        sa.or_(
            col(Meeting.series_id) == sa.bindparam("series", type_=Key()),
            col(Meeting.body_id) == sa.bindparam("body", type_=Key()),
        ),
        col(Meeting.starts_at) < sa.bindparam("before", type_=Moment()),
    )


def _matters(rows: Iterable[Any]) -> Sequence[MatterLine]:
    """Return matters, what is due first at the top."""
    found = [MatterLine(*row) for row in rows]
    return sorted(found, key=lambda one: (one.due_on or dt.date.max, one.id))


def _asked(rows: Iterable[Any]) -> Sequence[AskedLine]:
    return sorted((AskedLine(*row) for row in rows), key=lambda one: (one.year, one.serial))


def _by_position(item: ItemLine) -> tuple[int, UUID]:
    return item.position, item.id
