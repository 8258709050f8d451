"""The verbs about what a series has yet to hold: all of it said anew at once, or given up."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm.kernel.actor import Actor
from crm.kernel.clock import JST, local_day, start_of_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.meetings import series_queries
from crm.meetings.models import (
    CancelReason,
    Meeting,
    MeetingKind,
    MeetingSeries,
    MeetingState,
    Style,
)
from crm.meetings.recurring import MINUTE, put_on_record
from crm.meetings.service import MeetingFacts, check, touch

HELD, CANCELED, OVER, APART = N_("開催済"), N_("中止"), N_("過ぎた回"), N_("個別に変更した回")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFacts:
    """What the meetings of a series have in common, and at what hours they begin and end."""

    kind: MeetingKind
    title: str
    place: str
    style: Style
    starts_at: dt.time
    ends_at: dt.time | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw before they decided: the series' revision, and its meetings' mark."""

    since: dt.date
    revision: int
    mark: str


def change_remaining(
    db: ScopedSession,
    actor: Actor,
    series_id: UUID,
    facts: SeriesFacts,
    *,
    seen: Seen,
    now: dt.datetime,
) -> int:
    """Say anew what, where and when a series is from a day on; return how many meetings change.

    What does not differ from the series is left as each meeting has it; what stays as it is says
    `why_it_stays`. Conflict where the series or one of the meetings is not as it was `seen`.
    """
    series, meetings = _as_seen(db, series_id, seen)
    check(db, _on(facts, seen.since))
    before, after = facts_of(series), facts
    if before == after:
        raise Refused(N_("変えるところを直してから、変更してください。"))
    changed = [one for one in meetings if not why_it_stays(one, now)]
    for meeting in changed:
        _change(meeting, before, after)
        touch(meeting, actor, now)
    for name in ("kind", "title", "place", "style"):
        setattr(series, name, getattr(after, name))
    series.first_at = _at(local_day(series.first_at), after.starts_at)
    series.lasts_minutes = _lasts(after)
    touch(series, actor, now)
    put_on_record(db, actor, "series.changed", series, len(changed), now)
    return len(changed)


def give_up_remaining(
    db: ScopedSession,
    actor: Actor,
    series_id: UUID,
    because: CancelReason,
    *,
    seen: Seen,
    now: dt.datetime,
) -> int:
    """End a series before a day; return how many planned meetings are canceled by it, and why.

    One that was changed on its own is given up as well; past, held and canceled ones stay.
    """
    series, meetings = _as_seen(db, series_id, seen)
    given_up = [one for one in meetings if why_it_stays(one, now) in ("", APART)]
    for meeting in given_up:
        meeting.state, meeting.canceled_because = MeetingState.CANCELED, because
        touch(meeting, actor, now)
    series.ended_on = seen.since - dt.timedelta(days=1)
    touch(series, actor, now)
    put_on_record(db, actor, "series.ended", series, len(given_up), now)
    return len(given_up)


def why_it_stays(meeting: Meeting, now: dt.datetime) -> str:
    """Return why a meeting of a series is not changed with the others, a msgid; "" if it is."""
    if meeting.state is MeetingState.HELD:
        return HELD
    if meeting.state is MeetingState.CANCELED:
        return CANCELED
    if meeting.starts_at <= now:
        return OVER
    return APART if meeting.is_apart else ""


def mark_of(meetings: Iterable[Meeting]) -> str:
    """Return a mark that is another as soon as any of `meetings` is: answered, moved, held."""
    said = sorted(f"{one.id}:{one.revision}" for one in meetings)
    return hashlib.sha256(" ".join(said).encode()).hexdigest()


def facts_of(series: MeetingSeries) -> SeriesFacts:
    """Return what a series says of its meetings."""
    starts = series.first_at.astimezone(JST)
    lasts = series.lasts_minutes
    return SeriesFacts(
        kind=series.kind,
        title=series.title,
        place=series.place,
        style=series.style,
        starts_at=starts.time(),
        ends_at=None if lasts is None else (starts + lasts * MINUTE).time(),
    )


def _as_seen(
    db: ScopedSession, series_id: UUID, seen: Seen
) -> tuple[MeetingSeries, Sequence[Meeting]]:
    """Return a series and its meetings from the day on, both locked."""
    series = series_queries.series_of(db, series_id, to_change=True)
    meetings = series_queries.meetings_since(db, series_id, start_of_day(seen.since))
    if (series.revision, mark_of(meetings)) != (seen.revision, seen.mark):
        raise Conflict
    return series, meetings


def _change(meeting: Meeting, before: SeriesFacts, after: SeriesFacts) -> None:
    for name in ("kind", "title", "place", "style"):
        if getattr(before, name) != getattr(after, name):
            setattr(meeting, name, getattr(after, name))
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
        day, lasts = local_day(meeting.starts_at), _lasts(after)
        meeting.starts_at = _at(day, after.starts_at)
        meeting.ends_at = None if lasts is None else meeting.starts_at + lasts * MINUTE


def _on(facts: SeriesFacts, day: dt.date) -> MeetingFacts:
    said: dict[str, Any] = {
        name: getattr(facts, name) for name in ("kind", "title", "place", "style")
    }
    ends = None if facts.ends_at is None else _at(day, facts.ends_at)
    return MeetingFacts(**said, starts_at=_at(day, facts.starts_at), ends_at=ends)


def _lasts(facts: SeriesFacts) -> int | None:
    starts, ends = facts.starts_at, facts.ends_at
    return None if ends is None else 60 * (ends.hour - starts.hour) + ends.minute - starts.minute


def _at(day: dt.date, hour: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, hour, JST)
