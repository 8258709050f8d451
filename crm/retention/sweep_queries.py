"""Emptying and deleting what is due, table by table, inside the transaction of a disposal.

These statements are the system's own: they reach records that are only ever added, which the
database lets through while the disposal is running and at no other time (docs/decisions/0011).
Keys, dates and units stay, so that every count of earlier days comes out as before.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.access.models import StoredFilter
from crm.candidates.models import CandidateStep
from crm.consents.models import ConsentRecord
from crm.contacts.models import Appointment, Person, Telephone
from crm.exports.models import ExportSubject
from crm.intake.models import IntakeBatch, IntakeChange, IntakeRow
from crm.kernel.clock import start_of_day
from crm.kernel.scope import ScopedSession
from crm.liaisons.models import AcceptanceRecord, Approach, LiaisonCandidate, LiaisonTerm
from crm.minutes.models import (
    AgendaItem,
    MeetingMatter,
    MeetingPaper,
    MinutesSection,
    MinutesVersion,
)
from crm.notes.models import (
    ActivityNote,
    NoteCompanion,
    NoteCorrection,
    NoteOrganization,
    NotePerson,
)
from crm.requests.models import (
    CommunityRequest,
    PublishedProgress,
    PublishedRequest,
    PublishedSite,
    RequestParty,
    RequestStep,
    SiteIssue,
    SitePhoto,
)
from crm.retention.models import Disposal, Holding
from crm.rosters.models import RosterDocument, RosterIssue
from crm.search.models import StoredSearch
from crm.sharing.models import ContactLink, Disclosure, PublishedContact, PublishedNote
from crm.visiting.models import QuietPeriod, VisitCadence

DISPOSAL = {"system": "a disposal two people agreed on", "synchronize_session": False}
AT_ONCE = 500
DISPOSED = "廃棄済"
SEARCHES_KEPT = dt.timedelta(days=1)
"""Longer than any sign-in lasts, and a search opens in the sign-in that made it alone."""

NOBODY = {
    "family_name": "",
    "given_name": "",
    "family_kana": "",
    "given_kana": "",
    "name_as_given": "",
    "kana_sort": "",
    "kana_row": "他",
    "search_key": "",
    "address": "",
    "longitude": None,
    "latitude": None,
    "care_note": "",
    "provenance": None,
}


def sweep(db: ScopedSession, disposal: Disposal, keys: Sequence[UUID]) -> dict[str, int]:
    """Empty and delete what a disposal covers; return how many rows of which table."""
    steps = _STEPS[disposal.holding]
    done: Counter[str] = Counter()
    for start in range(0, len(keys), AT_ONCE):
        for step in steps(keys[start : start + AT_ONCE]):
            done[step.table.name] += _carry_out(db, step)
    if disposal.holding is Holding.CONTACTS:
        for step in (*_of_intake(disposal), _of_rosters(disposal)):
            done[step.table.name] += _carry_out(db, step)
    return {table: count for table, count in sorted(done.items()) if count}


def sweep_person(db: ScopedSession, person_id: UUID) -> dict[str, int]:
    """Empty and delete what is held of one person; return how many rows of which table.

    Of notes and requests, those that are about nobody else: what others said with them stays.
    """
    keys = [person_id]
    alone = [row[0] for row in db.exec(_alone(person_id).execution_options(**DISPOSAL))]
    done: Counter[str] = Counter()
    for step in (*_of_intake_of(person_id), *_of_notes(alone), *_of_people(keys)):
        done[step.table.name] += _carry_out(db, step)
    return {table: count for table, count in sorted(done.items()) if count}


def forget_searches(db: ScopedSession, now: dt.datetime) -> None:
    """Delete what was searched for, and lists narrowed by, before any sign-in of today."""
    for table in (StoredSearch, StoredFilter):
        _carry_out(db, sa.delete(table).where(col(table.created_at) < now - SEARCHES_KEPT))


def disposed_since(db: ScopedSession, since: dt.datetime) -> bool:
    """Whether any station disposed of something since `since`."""
    found = select(Disposal.id).where(col(Disposal.done_at) >= since).limit(1)
    return db.exec(found.execution_options(**DISPOSAL)).first() is not None


def _carry_out(db: ScopedSession, step: Any) -> int:  # noqa: ANN401 - an update or a delete
    done: Any = db.exec(step.execution_options(**DISPOSAL))
    return int(done.rowcount)


def _alone(person_id: UUID) -> Any:  # noqa: ANN401 - a union of keys
    """Select the notes and requests that are about one person and nobody else."""
    own = sa.select(col(NotePerson.note_id)).where(col(NotePerson.person_id) == person_id)
    others = sa.select(col(NotePerson.note_id)).where(col(NotePerson.person_id) != person_id)
    bodies = sa.select(col(NoteOrganization.note_id))
    asked = sa.select(col(RequestParty.request_id)).where(col(RequestParty.person_id) == person_id)
    besides = sa.select(col(RequestParty.request_id)).where(
        sa.or_(
            col(RequestParty.organization_id).is_not(None),
            col(RequestParty.person_id) != person_id,
        )
    )
    notes = select(ActivityNote.id).where(
        col(ActivityNote.id).in_(own),
        col(ActivityNote.id).not_in(others),
        col(ActivityNote.id).not_in(bodies),
    )
    requests = select(CommunityRequest.id).where(
        col(CommunityRequest.id).in_(asked), col(CommunityRequest.id).not_in(besides)
    )
    return notes.union(requests)


def _of_intake_of(person_id: UUID) -> Iterator[Any]:
    """Yield what lists left behind of one person: the rows of the sheets, what they changed."""
    records = sa.select(col(Telephone.id)).where(col(Telephone.person_id) == person_id)
    posts = sa.select(col(Appointment.id)).where(col(Appointment.person_id) == person_id)
    about = sa.or_(
        col(IntakeChange.record_id) == person_id,
        col(IntakeChange.record_id).in_(records),
        col(IntakeChange.record_id).in_(posts),
    )
    changed = sa.select(col(IntakeChange.batch_id), col(IntakeChange.number)).where(about)
    named = sa.tuple_(col(IntakeRow.batch_id), col(IntakeRow.number))
    yield sa.delete(IntakeRow).where(named.in_(changed))
    yield sa.delete(IntakeChange).where(about)


def _of_people(keys: Any) -> Iterator[Any]:  # noqa: ANN401 - keys, or a select of them
    references = sa.select(col(ContactLink.reference)).where(col(ContactLink.person_id).in_(keys))
    yield _rosters_naming(keys)
    yield sa.delete(PublishedNote).where(col(PublishedNote.reference).in_(references))
    yield sa.delete(PublishedContact).where(col(PublishedContact.reference).in_(references))
    yield sa.delete(ContactLink).where(col(ContactLink.person_id).in_(keys))
    yield sa.delete(QuietPeriod).where(col(QuietPeriod.person_id).in_(keys))
    yield sa.delete(VisitCadence).where(col(VisitCadence.person_id).in_(keys))
    yield sa.delete(Telephone).where(col(Telephone.person_id).in_(keys))
    yield _emptied(Appointment, keys, title="")
    yield _emptied(ConsentRecord, keys, signatory="", capacity="")
    proposed = sa.select(col(LiaisonCandidate.id)).where(col(LiaisonCandidate.person_id).in_(keys))
    yield from _without_reasons(proposed)
    yield _emptied(Approach, keys, again_reason="")
    yield _emptied(LiaisonTerm, keys, remark="")
    yield _emptied(Disclosure, keys, reason="")
    asked = sa.select(col(RequestParty.request_id)).where(col(RequestParty.person_id).in_(keys))
    yield (
        sa.update(CommunityRequest)
        .where(col(CommunityRequest.id).in_(asked))
        .values(answered_to=_gone(col(CommunityRequest.answered_to)))
    )
    yield sa.update(Person).where(col(Person.id).in_(keys)).values(NOBODY)


def _of_candidates(keys: Sequence[UUID]) -> Iterator[Any]:
    """Yield what ends with proposals that came to nothing, and whoever was known by them alone."""
    yield from _without_reasons(keys)
    yield from _of_people(_known_only_as_candidates(keys))


def _without_reasons(candidates: Any) -> Iterator[Any]:  # noqa: ANN401 - keys, or a select of them
    """Yield what empties proposals of all they say."""
    said = {"reason": "", "known_by": "", "avoid": "", "post": ""}
    yield (
        sa.update(CandidateStep)
        .where(col(CandidateStep.candidate_id).in_(candidates))
        .values(text="")
    )
    yield sa.update(LiaisonCandidate).where(col(LiaisonCandidate.id).in_(candidates)).values(said)


def _known_only_as_candidates(keys: Sequence[UUID]) -> Any:  # noqa: ANN401 - a select of keys
    """Select the people behind proposals who have no other tie to the station.

    Whoever wishes never to be asked again stays known, or the wish could not be kept.
    """
    proposed = sa.select(col(LiaisonCandidate.person_id)).where(
        col(LiaisonCandidate.id).in_(keys), col(LiaisonCandidate.person_id).is_not(None)
    )
    ties: list[Any] = [
        *(Appointment.person_id, LiaisonTerm.person_id, LiaisonTerm.contact_person_id),
        *(NotePerson.person_id, ConsentRecord.person_id, RequestParty.person_id),
        *(Disclosure.person_id, ContactLink.person_id),
    ]
    others = [sa.select(col(tie)).where(col(tie).is_not(None)) for tie in ties]
    wishes = sa.select(col(AcceptanceRecord.person_id)).where(
        col(AcceptanceRecord.person_id).is_not(None), col(AcceptanceRecord.asks_no_more).is_(True)
    )
    again = sa.select(col(LiaisonCandidate.person_id)).where(
        col(LiaisonCandidate.person_id).is_not(None),
        col(LiaisonCandidate.id).not_in(keys),
        col(LiaisonCandidate.reason) != "",
    )
    return sa.select(col(Person.id)).where(
        col(Person.id).in_(proposed),
        *(col(Person.id).not_in(tied) for tied in (*others, wishes, again)),
    )


def _of_notes(keys: Sequence[UUID]) -> Iterator[Any]:
    yield sa.delete(PublishedNote).where(col(PublishedNote.note_id).in_(keys))
    yield sa.delete(NoteCorrection).where(col(NoteCorrection.note_id).in_(keys))
    requests = sa.select(col(CommunityRequest.id)).where(
        sa.or_(col(CommunityRequest.note_id).in_(keys), col(CommunityRequest.id).in_(keys))
    )
    references = sa.select(col(PublishedRequest.reference)).where(
        col(PublishedRequest.request_id).in_(requests)
    )
    yield sa.delete(PublishedProgress).where(col(PublishedProgress.reference).in_(references))
    yield sa.delete(PublishedSite).where(col(PublishedSite.request_id).in_(requests))
    yield sa.delete(PublishedRequest).where(col(PublishedRequest.request_id).in_(requests))
    yield sa.update(RequestStep).where(col(RequestStep.request_id).in_(requests)).values(text="")
    yield sa.delete(SitePhoto).where(col(SitePhoto.request_id).in_(requests))
    nowhere = {"longitude": None, "latitude": None}
    yield sa.update(SiteIssue).where(col(SiteIssue.request_id).in_(requests)).values(nowhere)
    yield _without_words().where(col(CommunityRequest.id).in_(requests))
    yield sa.update(NoteCompanion).where(col(NoteCompanion.note_id).in_(keys)).values(names="")
    gone = {"heard": "", "told": "", "advice": ""}
    yield sa.update(ActivityNote).where(col(ActivityNote.id).in_(keys)).values(gone)
    yield from _of_meetings(keys)


def _of_meetings(keys: Sequence[UUID]) -> Iterator[Any]:
    """Yield what empties meetings of what was said there."""
    versions = sa.select(col(MinutesVersion.id)).where(col(MinutesVersion.meeting_id).in_(keys))
    yield (
        sa.update(MinutesSection)
        .where(col(MinutesSection.version_id).in_(versions))
        .values(title="", text="")
    )
    done = _gone(col(MeetingMatter.done_words))
    yield (
        sa.update(MeetingMatter)
        .where(col(MeetingMatter.meeting_id).in_(keys))
        .values(words="", owner_words="", done_words=done)
    )
    yield sa.delete(MeetingPaper).where(col(MeetingPaper.meeting_id).in_(keys))
    yield sa.update(AgendaItem).where(col(AgendaItem.meeting_id).in_(keys)).values(speaker="")


def _of_intake(disposal: Disposal) -> Iterator[Any]:
    """Yield what lists taken in before the cutoff left behind to be undone by."""
    old = sa.select(col(IntakeBatch.id)).where(
        col(IntakeBatch.station_id) == disposal.station_id,
        col(IntakeBatch.uploaded_at) < start_of_day(disposal.cutoff),
    )
    yield sa.delete(IntakeChange).where(col(IntakeChange.batch_id).in_(old))
    yield sa.delete(IntakeRow).where(col(IntakeRow.batch_id).in_(old))


def _of_rosters(disposal: Disposal) -> Any:  # noqa: ANN401 - a delete
    """Delete the documents of rosters issued before the cutoff; their record stays."""
    old = sa.select(col(RosterIssue.id)).where(
        col(RosterIssue.station_id) == disposal.station_id,
        col(RosterIssue.issued_at) < start_of_day(disposal.cutoff),
    )
    return sa.delete(RosterDocument).where(col(RosterDocument.issue_id).in_(old))


def _rosters_naming(keys: Any) -> Any:  # noqa: ANN401 - a delete
    """Delete the documents of rosters that name somebody who is forgotten."""
    naming = (
        sa.select(col(RosterIssue.id))
        .join(ExportSubject, col(ExportSubject.export_id) == col(RosterIssue.export_id))
        .where(col(ExportSubject.person_id).in_(keys))
    )
    return sa.delete(RosterDocument).where(col(RosterDocument.issue_id).in_(naming))


def _without_words() -> Any:  # noqa: ANN401 - an update
    """Empty what requests say; where the database asks for words, say that they are gone."""
    said = ("outcome_text", "passed_to", "answer", "answered_to", "no_answer_reason")
    gone = {name: _gone(getattr(CommunityRequest, name)) for name in said}
    return sa.update(CommunityRequest).values(words="", place="", source_words="", **gone)


def _gone(words: Any) -> sa.Case[str]:  # noqa: ANN401 - a column
    return sa.case((words != "", DISPOSED), else_="")


def _emptied(table: Any, keys: Any, **values: str) -> Any:  # noqa: ANN401 - a table about a person
    return sa.update(table).where(table.person_id.in_(keys)).values(**values)


_STEPS = {
    Holding.CONTACTS: _of_people,
    Holding.NOTES: _of_notes,
    Holding.CANDIDATES: _of_candidates,
}
