"""A strengthening day that was held, with the notes of it, and one that is to come."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from crm.notes.models import Occasion, Outcome
from crm.samples import phrases
from crm.samples.crew import Crew
from crm.samples.network import Network, Party
from crm.samples.offices import Box, Station
from crm.samples.places import SPOTS
from crm.samples.records import Contact, put_note
from crm.samples.rows import Rows
from crm.strengthening.models import (
    StrengtheningArea,
    StrengtheningDay,
    StrengtheningTarget,
    StrengtheningUnit,
    TargetReason,
)

_HELD_AGO, _AHEAD = 9, 12
_MOST_TARGETS = 5
_PURPOSES = ("年末の防犯情報の配布", "新しい自治会長へのあいさつ")
_WENT = (Outcome.MET, Outcome.MET, Outcome.ABSENT, None, Outcome.MET)
"""What came of a visit, by lot; None where nobody went."""
_REASONS = (TargetReason.CHOSEN, TargetReason.DORMANT, TargetReason.CHOSEN)
_DIVERTED = ("", "交通整理", "", "事案対応")


def put_strengthening(rows: Rows, station: Station, crew: Crew, network: Network) -> None:
    """Put both days of a station into `rows`, with whom each box was and is to see."""
    today = station.calendar.today
    held = _weekday(today - dt.timedelta(days=_HELD_AGO))
    for box, targets in _put_day(rows, station, network, held, _PURPOSES[0]).items():
        _put_visits(rows, crew, box, targets, held)
    _put_day(rows, station, network, _weekday(today + dt.timedelta(days=_AHEAD)), _PURPOSES[1])


def _put_day(
    rows: Rows, station: Station, network: Network, day: dt.date, purpose: str
) -> Mapping[UUID, Sequence[Party]]:
    """Put a day, its boxes and its targets into `rows`, and return the targets by box.

    On a day to come the first box goes to the areas of its targets alone.
    """
    today = station.calendar.today
    planned = min(day, today) - dt.timedelta(days=7)
    day_id = rows.put(
        StrengtheningDay,
        planned,
        first_on=day,
        last_on=day,
        purpose=purpose,
        request_key=rows.key(planned),
        revision=2,
    )
    found = {}
    open_boxes = [box for box in station.boxes if not box.closed]
    for order, box in enumerate(open_boxes):
        hours = _hours(order) if day < today else {}
        rows.put(
            StrengtheningUnit,
            planned,
            day_id=day_id,
            unit_id=box.id,
            unit_name=box.called.name,
            **hours,
        )
        found[box.id] = _targets(rows, station, network, box)
        if day > today and order == 0:
            _limit(rows, planned, day_id, box, found[box.id])
        for number, party in enumerate(found[box.id]):
            rows.put(
                StrengtheningTarget,
                planned,
                day_id=day_id,
                unit_id=box.id,
                reason=_REASONS[number % len(_REASONS)],
                **party.columns,
            )
    return found


def _limit(rows: Rows, planned: dt.date, day_id: UUID, box: Box, targets: Sequence[Party]) -> None:
    for area_id, name in {party.place.id: party.place.name for party in targets}.items():
        rows.put(
            StrengtheningArea,
            planned,
            day_id=day_id,
            unit_id=box.id,
            area_id=area_id,
            area_name=name,
        )


def _hours(order: int) -> dict[str, object]:
    diverted_to = _DIVERTED[order % len(_DIVERTED)]
    return {
        "hours_secured": 6 + order % 3,
        "hours_diverted": 2 if diverted_to else 0,
        "diverted_to": diverted_to,
    }


def _targets(rows: Rows, station: Station, network: Network, box: Box) -> Sequence[Party]:
    near = [
        party
        for party in network.active
        if station.after[party.place.id] is box and box is not station.quiet
    ]
    return near[-rows.rng.randint(2, _MOST_TARGETS) :]


def _put_visits(
    rows: Rows, crew: Crew, box_id: UUID, targets: Sequence[Party], day: dt.date
) -> None:
    present = crew.at(box_id, day)
    for order, party in enumerate(targets if present else ()):
        outcome = rows.rng.choice(_WENT)
        if outcome is None:
            continue
        author = present[order % len(present)]
        topic = phrases.WATCHING[order % len(phrases.WATCHING)]
        spot = SPOTS[order % len(SPOTS)]
        met = outcome is Outcome.MET
        contact = Contact(
            day=day,
            unit_id=box_id,
            author_id=author,
            account=crew.accounts.get(author),
            occasion=Occasion.PATROL_VISIT,
            outcome=outcome,
            persons=[party.person.id] if party.person else [],
            organizations=[party.organization.id] if party.organization else [],
            heard=topic.heard[0].format(spot=spot, town=party.place.name) if met else "",
            told=topic.told[0] if met else phrases.ABSENT[0],
        )
        put_note(rows, contact)


def _weekday(day: dt.date) -> dt.date:
    """Return the day, or the Friday before where it is on a weekend."""
    return day - dt.timedelta(days=max(0, day.weekday() - 4))
