"""The verbs of minutes: write, confirm; each leaves a version, and no text is ever lost."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from crm.approvals.service import carry_out
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.meetings.models import Meeting, MeetingState
from crm.meetings.queries import meeting_of
from crm.minutes import version_queries
from crm.minutes.decisions import confirmation_matter, needs_decision
from crm.minutes.lines import Section
from crm.minutes.models import MinutesSection, MinutesState, MinutesVersion

NOT_WRITTEN = N_("議事録はまだ書かれていません。")
TOO_LATE = N_(
    "他の職員が先に議事録を登録しました。両方の文章を残しています。見比べて、もう一度登録してください。"
)


def write_minutes(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    sections: Sequence[Section],
    *,
    revision: int,
    reason: str = "",
    now: dt.datetime,
) -> None:
    """Leave the minutes as `sections` say them; nothing happens where nothing differs.

    Minutes confirmed once ask for a reason. They stay confirmed, but where the station has them
    decided (決裁): the decision was about other words, and another is asked for. Written from
    another `revision` than the newest, the text is put aside as a version of its own and Conflict
    is raised: let the transaction end well, so that both are kept.
    """
    meeting = _meeting(db, meeting_id)
    versions = version_queries.versions_of(db, meeting_id)
    newest = _newest(versions)
    if newest and _same(version_queries.sections_of(db, newest.id), sections):
        return
    if revision != (newest.serial if newest else 0):
        _put_aside(db, actor, meeting, versions, sections, now)
        raise Conflict(TOO_LATE)
    was_confirmed = any(one.state is MinutesState.CONFIRMED for one in versions)
    if was_confirmed and not reason.strip():
        raise Refused(N_("確定した議事録を直す理由を入力してください。"), field="reason")
    state = newest.state if newest else MinutesState.DRAFT
    if state is MinutesState.CONFIRMED and needs_decision(db, actor, local_day(now)):
        state = MinutesState.DRAFT
    why = reason if was_confirmed else ""
    _add(db, actor, meeting, versions, sections, state=state, reason=why, now=now)
    audit.record(db, actor, "minutes.written", now=now, subject=("meeting", meeting.id))


def confirm_minutes(
    db: ScopedSession, actor: Actor, meeting_id: UUID, *, revision: int, now: dt.datetime
) -> None:
    """Confirm the minutes as they stand; from then on a change asks for a reason.

    Conflict where somebody wrote since `revision`. Raises DecisionNeeded where the station has
    minutes decided (決裁) and nobody decided about exactly these.
    """
    meeting = _meeting(db, meeting_id)
    versions = version_queries.versions_of(db, meeting_id)
    newest = _newest(versions)
    if newest is None:
        raise Refused(NOT_WRITTEN)
    if newest.state is MinutesState.CONFIRMED:
        return
    if newest.serial != revision:
        raise Conflict
    sections = version_queries.sections_of(db, newest.id)
    if not any(section.text.strip() for section in sections):
        raise Refused(NOT_WRITTEN)
    carry_out(db, actor, confirmation_matter(meeting, newest), now=now)
    _add(db, actor, meeting, versions, sections, state=MinutesState.CONFIRMED, now=now)
    audit.record(db, actor, "minutes.confirmed", now=now, subject=("meeting", meeting.id))


def _meeting(db: ScopedSession, meeting_id: UUID) -> Meeting:
    meeting = meeting_of(db, meeting_id, to_change=True)
    if meeting.state is MeetingState.CANCELED:
        raise Refused(N_("中止した会議の議事録は書けません。"))
    return meeting


def _newest(versions: Sequence[MinutesVersion]) -> MinutesVersion | None:
    kept = [one for one in versions if one.state is not MinutesState.ASIDE]
    return kept[-1] if kept else None


def _put_aside(
    db: ScopedSession,
    actor: Actor,
    meeting: Meeting,
    versions: Sequence[MinutesVersion],
    sections: Sequence[Section],
    now: dt.datetime,
) -> None:
    """Keep a text that came too late; the same form sent again is kept once."""
    last = versions[-1] if versions else None
    if last is not None and last.state is MinutesState.ASIDE:
        is_own = last.written_by == actor.staff_id
        if is_own and _same(version_queries.sections_of(db, last.id), sections):
            return
    _add(db, actor, meeting, versions, sections, state=MinutesState.ASIDE, now=now)
    audit.record(db, actor, "minutes.shelved", now=now, subject=("meeting", meeting.id))


def _same(one: Sequence[Section], other: Sequence[Section]) -> bool:
    return _said(one) == _said(other)


def _said(sections: Sequence[Section]) -> dict[UUID | None, str]:
    return {one.agenda_item_id: one.text for one in sections if one.text}


def _add(
    db: ScopedSession,
    actor: Actor,
    meeting: Meeting,
    versions: Sequence[MinutesVersion],
    sections: Sequence[Section],
    *,
    state: MinutesState,
    reason: str = "",
    now: dt.datetime,
) -> None:
    owner = {"agency_id": meeting.agency_id, "station_id": meeting.station_id}
    version = MinutesVersion(
        **owner,
        meeting_id=meeting.id,
        serial=versions[-1].serial + 1 if versions else 1,
        state=state,
        reason=reason,
        written_by=actor.staff_id,
        writer_name=actor.name,
        unit_name=actor.unit_name,
        written_at=now,
    )
    db.add(version)
    db.flush()
    for position, said in enumerate(sections):
        if said.text:
            section = MinutesSection(
                **owner,
                version_id=version.id,
                agenda_item_id=said.agenda_item_id,
                position=position,
                title=said.title,
                text=said.text,
            )
            db.add(section)
    db.flush()
