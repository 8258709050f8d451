"""Reading what a tour needs: answers owed, visits promised or long ago, what is new, the beat."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from crm.breakglass.queries import openings_to_review
from crm.bulletins.queries import items_lately
from crm.candidates.queries import news_rows
from crm.contacts.models import Holder, HolderKeys
from crm.contacts.naming import named_of
from crm.contacts.post_queries import posts_beside, posts_by_holder, posts_in_order
from crm.kernel.actor import Actor, Role
from crm.kernel.clock import local_day, start_of_day, tour_day
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.meetings.lines import ComingMeeting
from crm.meetings.queries import coming_rows
from crm.minutes.queries import DueAction, due_action_rows, due_actions
from crm.notes import queries as notes
from crm.notes.burden import NOTHING, PLANS_LAST, burdens_of
from crm.requests.lines import subject_of
from crm.requests.models import state_label
from crm.requests.queries import newly_assigned, results_come_back
from crm.rosters.issue_queries import copies_out
from crm.shifts.lines import MessageLine
from crm.shifts.queries import SHOWN_FOR, message_lines, message_rows
from crm.strengthening.running_queries import running_rows
from crm.today import row_queries
from crm.today.tour import (
    Beat,
    BeatArea,
    Item,
    News,
    OpenReply,
    Owed,
    RunningDay,
    Tour,
    beat_of,
    count_beat,
    replies_owed,
)
from crm.today.visits import (
    Aimed,
    Cadences,
    Promise,
    Promised,
    Proposed,
    Regular,
    Visit,
    VisitLine,
    aimed_visits,
    promised_visits,
    proposed_visits,
)
from crm.visiting.queries import resting_rows

MOST_VISITS = 30
NEW_FOR = dt.timedelta(days=14)
"""How long a sheet is shown as new."""
NEWS_FOR = dt.timedelta(days=7)
MOST_NEWS = 5
MEETINGS_WITHIN = dt.timedelta(days=8)
"""Meetings of today and the week after it."""
ACTIONS_WITHIN = dt.timedelta(days=14)
"""How long before its day an action is shown to whoever sees to it."""


class _Open(NamedTuple):
    """What is open for the station on a day, as plain values."""

    liaisons: Sequence[Regular]
    regulars: Sequence[Regular]
    of_holders: Mapping[Holder, int | None]
    of_areas: Mapping[UUID, int | None]
    promises: Sequence[Promise]
    resting: Collection[Holder]
    owed: Sequence[Owed]
    messages: Sequence[MessageLine]
    items: Sequence[Item]
    news: Sequence[News]
    openings: int
    candidates: int
    meetings: Sequence[ComingMeeting]
    running: Sequence[RunningDay]
    aims: Sequence[Aimed]
    copies: int
    actions: Sequence[DueAction]


def tour_of(db: ScopedSession, actor: Actor, *, now: dt.datetime, revisit_days: int) -> Tour:
    """Return 本日の当務 of `actor`: four statements, however long the lists are.

    At 2 a.m. it is still the tour that began yesterday. `revisit_days` is the installation's: what
    the agency decided for that day comes before it.
    """
    day = tour_day(now)
    units = notes.unit_book(db, actor.station_id)
    own_units = units.below(actor.unit_id, day) | {actor.unit_id}
    areas, decided = _ground(db, actor, units.units(), day)
    beat = beat_of(actor.unit_id, areas, units, day)
    found = _what_is_open(db, actor, beat, own_units, day, now)
    # who answers for the whole station sees which boxes go out, not whom each of them is to see
    boxes = set() if beat.is_whole_station else {*own_units, *units.above(actor.unit_id, day)}
    promised, proposed, aimed = _visits(found, own_units, boxes, decided or revisit_days, day)
    is_chief = actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    replies = replies_owed(found.owed, own_units, units, of_station=is_chief)
    shown = [
        proposed.due[:MOST_VISITS],
        proposed.resting[:MOST_VISITS],
        promised.own[:MOST_VISITS],
        promised.left[:MOST_VISITS],
        aimed[:MOST_VISITS],
        _askers(replies),
    ]
    due, resting, own, left, aimed_lines, askers = _lines(db, actor, shown, units, now, day)
    return Tour(
        day=day,
        beat=beat,
        counts=count_beat(beat, found.liaisons),
        replies=replies,
        due=due,
        due_in_all=len(proposed.due),
        resting=resting,
        promised=own,
        left=left,
        messages=[line for line in found.messages if line.awaits(actor.staff_id)],
        items=found.items,
        news=found.news,
        openings=found.openings,
        candidates=found.candidates,
        meetings=found.meetings,
        running=[one for one in found.running if beat.is_whole_station or one.unit_id in boxes],
        aimed=aimed_lines,
        copies=found.copies if is_chief else 0,
        actions=found.actions,
        askers={line.visit.who.holder: line for line in askers},
        places={
            **{one.who.holder: one.areas for one in found.regulars},
            **{one.who.holder: one.areas for one in aimed if one.areas},
        },
    )


def _askers(replies: Iterable[OpenReply]) -> list[Visit]:
    """Return who awaits an answer, each once: to answer somebody is to call on them."""
    whom = {who.holder: who for reply in replies for who in reply.from_whom}
    return [Visit(who, None, None, is_liaison=False) for who in whom.values()]


def _visits(
    found: _Open,
    own_units: frozenset[UUID],
    boxes: Collection[UUID],
    default_days: int,
    day: dt.date,
) -> tuple[Promised, Proposed, Sequence[Visit]]:
    """Return what was promised, what is proposed, and whom `boxes` see on a strengthening day."""
    promised = promised_visits(found.promises, found.regulars, own_units, day=day)
    spoken_for = {visit.who.holder for visit in (*promised.own, *promised.left)}
    aimed = aimed_visits(found.aims, found.regulars, boxes, promised=spoken_for)
    proposed = proposed_visits(
        found.regulars,
        Cadences(default_days, found.of_holders, found.of_areas),
        spoken_for={*spoken_for, *(visit.who.holder for visit in aimed)},
        resting=found.resting,
        day=day,
    )
    return promised, proposed, aimed


def _ground(
    db: ScopedSession, actor: Actor, units: Collection[UUID], day: dt.date
) -> tuple[Sequence[BeatArea], int | None]:
    """Return the areas of each of `units` on `day`, and after how many days a visit is proposed.

    The areas come in reading order; the days are None where the agency decided nothing. One
    statement for both: the agency is always there to hang them on.
    """
    asked = {"units": list(units), "agency": actor.agency_id, "day": day}
    rows = db.rows(row_queries.ground_rows(), asked)
    return [BeatArea(*row[:4]) for row in rows if row.id], rows[0].value


def _what_is_open(
    db: ScopedSession,
    actor: Actor,
    beat: Beat,
    own_units: Collection[UUID],
    day: dt.date,
    now: dt.datetime,
) -> _Open:
    """Return a beat's liaisons on `day` with when they were last met, and all that is open.

    Open are the station's notes that plan a visit and its requests that await an answer, one for
    each party. `openings` counts the emergency openings that await a review: their rule tells the
    chiefs alone; `candidates` those of the actor's with news.
    """
    asked: dict[str, Any] = {
        # who became a liaison after midnight is one in the same night
        "day": local_day(now),
        "tour_day": day,
        "planned_since": start_of_day(day - PLANS_LAST),
        "issued_since": day - NEW_FOR,
        "news_since": now - NEWS_FOR,
        "own_units": list(own_units),
        "unit": actor.unit_id,
        "left_since": now - SHOWN_FOR,
        "staff_id": actor.staff_id,
        "meets_from": start_of_day(day),
        "meets_to": start_of_day(day + MEETINGS_WITHIN),
        "acts_until": day + ACTIONS_WITHIN,
    }
    if not beat.is_whole_station:
        asked["areas"] = list(beat.areas)
    rows = together(db, _open_selects(whole_station=beat.is_whole_station), **asked)
    serving, cadences, promises, resting, owed, left, items, assigned, results, *counted = rows
    here = [row for row in serving if beat.is_whole_station or row.area_id in beat.areas]
    liaisons = _regulars(sorted(here, key=lambda row: row.kana_sort), is_liaison=True)
    known = {one.who.holder for one in liaisons}
    kept = _regulars([row for row in cadences if row.of_area_id is None], is_liaison=False)
    others = [one for one in kept if one.who.holder not in known and _on(beat, one)]
    return _Open(
        liaisons=liaisons,
        regulars=[*liaisons, *others],
        of_holders={
            named_of(row).holder: row.every_days for row in cadences if row.of_area_id is None
        },
        of_areas={row.of_area_id: row.every_days for row in cadences if row.of_area_id},
        promises=[_promise(row) for row in promises],
        resting={Holder(row.person_id, row.organization_id) for row in resting},
        owed=[_owed(row) for row in owed],
        messages=message_lines(left),
        items=_items(items),
        news=_news(assigned, results),
        openings=len(counted[0]),
        candidates=len(counted[1]),
        meetings=_meetings(counted[2]),
        running=_running(counted[3], counted[4]),
        aims=_aims(counted[3], counted[5]),
        copies=len(counted[6]),
        actions=due_actions(counted[-1]),
    )


@cache
def _open_selects(*, whole_station: bool) -> tuple[AnySelect, ...]:
    return (
        row_queries.liaison_rows(whole_station=whole_station),
        row_queries.cadence_rows(),
        row_queries.promise_rows(),
        resting_rows(),
        row_queries.owed_rows(),
        message_rows(),
        items_lately(),
        newly_assigned(),
        results_come_back(),
        openings_to_review(),
        news_rows(),
        coming_rows(),
        *running_rows(),
        copies_out(),
        due_action_rows(),
    )


def _on(beat: Beat, one: Regular) -> bool:
    """Whether somebody is on a beat; whose area nobody knows is the whole station's."""
    return beat.is_whole_station or not one.areas.isdisjoint(beat.areas)


def _regulars(rows: Iterable[Any], *, is_liaison: bool) -> list[Regular]:
    found: dict[Holder, Regular] = {}
    for row in rows:
        who = named_of(row)
        before = found[who.holder].areas if who.holder in found else frozenset[UUID]()
        areas = before | {row.area_id} if row.area_id else before
        found[who.holder] = Regular(who, areas, row.last_at or row.last_there_at, is_liaison)
    return list(found.values())


def _items(rows: Iterable[Any]) -> list[Item]:
    newest = sorted(rows, key=lambda row: (row.valid_from, row.id), reverse=True)
    return [Item(*row) for row in newest[:MOST_NEWS]]


def _meetings(rows: Iterable[Any]) -> list[ComingMeeting]:
    return sorted((ComingMeeting(*row) for row in rows), key=lambda one: (one.starts_at, one.id))


def _running(parts: Iterable[Any], areas: Iterable[Any]) -> list[RunningDay]:
    limits: dict[tuple[UUID, UUID], list[str]] = {}
    for row in sorted(areas, key=lambda row: (row.kana_sort, row.area_name)):
        limits.setdefault((row.day_id, row.unit_id), []).append(row.area_name)
    days = (
        RunningDay(
            *(row.id, row.first_on, row.last_on, row.purpose, row.unit_id, row.unit_name),
            limits.get((row.id, row.unit_id), ()),
        )
        for row in parts
    )
    return sorted(days, key=lambda day: (day.first_on, day.day_id, day.unit_name))


def _aims(parts: Iterable[Any], aims: Iterable[Any]) -> list[Aimed]:
    since = {row.id: row.first_on for row in parts}
    return [
        Aimed(
            named_of(row),
            row.unit_id,
            since[row.day_id],
            row.last_at or row.last_there_at,
            row.area_id,
        )
        for row in aims
    ]


def _news(assigned: Iterable[Any], results: Iterable[Any]) -> list[News]:
    """Return the newest word of each request, the newest first."""
    told = [
        *(News(one.at, one.request_id, subject_of(one.words), one.by, None) for one in assigned),
        *(
            News(one.at, one.request_id, subject_of(one.words), one.by, one.outcome)
            for one in results
        ),
    ]
    told.sort(key=lambda news: (news.at, news.request_id), reverse=True)
    return list({news.request_id: news for news in reversed(told)}.values())[::-1][:MOST_NEWS]


def _lines(
    db: ScopedSession,
    actor: Actor,
    lists: Sequence[Sequence[Visit]],
    units: notes.UnitBook,
    now: dt.datetime,
    day: dt.date,
) -> list[list[VisitLine]]:
    """Return each list of visits with what to know before them; one statement for all."""
    holders = {visit.who.holder for visits in lists for visit in visits}
    burdens, (held,) = burdens_of(
        db,
        actor,
        holders,
        units,
        now=now,
        day=day,
        beside=(posts_beside("person_id"),),
        owners=HolderKeys.of(holders).people,
    )
    posts = posts_by_holder(posts_in_order(held))
    return [
        [
            VisitLine(
                visit,
                posts.get(visit.who.holder, ""),
                burdens.get(visit.who.holder, NOTHING),
            )
            for visit in visits
        ]
        for visits in lists
    ]


def _promise(row: Any) -> Promise:  # noqa: ANN401 - a row of promise_rows
    return Promise(
        row.note_id,
        row.unit_id,
        row.happened_at,
        row.next_on,
        named_of(row),
        row.last_at or row.last_there_at,
        row.author_stays,
    )


def _owed(row: Any) -> Owed:  # noqa: ANN401 - a row of owed_rows
    return Owed(
        row.request_id,
        row.unit_id,
        row.heard_unit_id,
        row.heard_on,
        row.due_on,
        row.words,
        state_label(row.state, row.outcome),
        named_of(row) if row.person_id or row.organization_id else None,
    )
