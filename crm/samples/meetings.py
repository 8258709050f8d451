"""Two years of meetings: what was held, alone or within another gathering, and what comes."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from crm.consents.models import ConsentScope
from crm.contacts.models import Holder
from crm.meetings.models import (
    CancelReason,
    Channel,
    Meeting,
    MeetingKind,
    MeetingParty,
    MeetingState,
    Presence,
    Reply,
    Style,
)
from crm.meetings.ways import may_take
from crm.samples.network import Network
from crm.samples.offices import Station
from crm.samples.rows import Rows, moment

_EVERY = 45
_BACK = 730
_AHEAD = (12, 33)
_SNOWED_IN = (4, 13)
_INVITED = 14
_REGULAR = "連合自治会 定例会"
_HALL = "地区交流センター 大会議室"
_PRESENCE = (
    *(Presence.PRESENT,) * 7,
    *(Presence.PROXY,) * 2,
    *(Presence.EXCUSED,) * 2,
    Presence.ABSENT,
)


def put_meetings(rows: Rows, station: Station, network: Network) -> None:
    """Put the station's meetings into `rows`: one in three by itself, the others held with."""
    today = station.calendar.today
    for number, ago in enumerate(range(_BACK, 0, -_EVERY)):
        day = today - dt.timedelta(days=ago)
        if number in _SNOWED_IN:
            _put(rows, station, day, number, state=MeetingState.CANCELED, because=CancelReason.SNOW)
        else:
            meeting_id = _put(rows, station, day, number, state=MeetingState.HELD)
            _invite(rows, network, meeting_id, day, came=True)
    for number, ahead in enumerate(_AHEAD):
        day = today + dt.timedelta(days=ahead)
        meeting_id = _put(rows, station, day, number, state=MeetingState.PLANNED, made_on=today)
        _invite(rows, network, meeting_id, today, came=False)


def _put(
    rows: Rows,
    station: Station,
    day: dt.date,
    number: int,
    *,
    state: MeetingState,
    because: CancelReason | None = None,
    made_on: dt.date | None = None,
) -> UUID:
    alone = number % 3 == 0
    made_on = made_on or day - dt.timedelta(days=14)
    return rows.put(
        Meeting,
        made_on,
        kind=MeetingKind.REGIONAL_SAFETY,
        title=f"{station.called.name}管内 地域安全の会（{day.month}月）",
        starts_at=moment(day, 19),
        ends_at=moment(day, 20, 30),
        place=_HALL,
        style=Style.IN_PERSON,
        unit_id=station.network_office,
        held_with="" if alone else _REGULAR,
        state=state,
        canceled_because=because,
        visitors=rows.rng.randrange(6) if state is MeetingState.HELD else 0,
        client_key=rows.key(made_on),
    )


def _invite(rows: Rows, network: Network, meeting_id: UUID, day: dt.date, *, came: bool) -> None:
    rng = rows.rng
    invited_on = day - dt.timedelta(days=10) if came else day
    agreed = _agreed(rows, invited_on)
    for party in rng.sample(network.active, min(_INVITED, len(network.active))):
        reply = rng.choice((Reply.COMES, Reply.COMES, Reply.SENDS_PROXY, Reply.DECLINES, None))
        channel = rng.choice((Channel.POST, Channel.PHONE, Channel.VISIT))
        may = may_take(Holder(**party.columns), channel, agreed.get(party.id, ()))
        rows.put(
            MeetingParty,
            day,
            meeting_id=meeting_id,
            invited_on=invited_on,
            channel=channel if may else Channel.VISIT,
            reply=reply,
            presence=rng.choice(_PRESENCE) if came else None,
            **party.columns,
        )


def _agreed(rows: Rows, day: dt.date) -> dict[UUID, set[ConsentScope]]:
    """Return what people agree to on a day, as their newest answer says."""
    records = [row for row in rows.tables["consent_record"] if row["decided_on"] <= day]
    records.sort(key=lambda row: row["decided_on"])
    newest = {row["person_id"]: row["id"] for row in records}
    granted = defaultdict[UUID, set[ConsentScope]](set)
    for row in rows.tables["consent_grant"]:
        granted[row["record_id"]].add(row["scope"])
    return {person_id: granted[record_id] for person_id, record_id in newest.items()}
