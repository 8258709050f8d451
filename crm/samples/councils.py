"""A council of the station with its members, and the series in which it meets."""

import datetime as dt
from uuid import UUID, uuid5

from dateutil.relativedelta import relativedelta

from crm.bodies.models import Body, BodyKind, BodyMember, BodyRole
from crm.kernel.kana import kana_sort_key
from crm.meetings.models import Meeting, MeetingKind, MeetingSeries, Rhythm, Style
from crm.meetings.rhythm import Course, days_of
from crm.samples.network import Network
from crm.samples.offices import Station
from crm.samples.rows import Rows, moment

MONTHS = 6
"""How far ahead the meetings of the series are planned."""
_SEATS = 7
_ROLES = {0: BodyRole.CHAIR, 1: BodyRole.VICE_CHAIR}
_EVERY = 2
_HOUR = 14
_LASTS = 90


def put_councils(rows: Rows, station: Station, network: Network) -> None:
    """Put the council into `rows`: entered today, its members' terms since the spring."""
    today = station.calendar.today
    name = f"{station.called.name}連絡協議会"
    kana = f"{station.called.kana}レンラクキョウギカイ"
    body_id = rows.put(
        Body,
        today,
        kind=BodyKind.KOBAN_COUNCIL,
        name=name,
        kana=kana,
        kana_sort=kana_sort_key(kana),
        legal_basis="交番・駐在所連絡協議会設置要綱 第2条",
        secretariat_unit_id=station.network_office,
        client_key=rows.key(today),
    )
    _seat(rows, body_id, network, today)
    _meet(rows, station, body_id, name)


def _seat(rows: Rows, body_id: UUID, network: Network, today: dt.date) -> None:
    spring = dt.date(today.year if today.month > 3 else today.year - 1, 4, 1)  # noqa: PLR2004 - the fiscal year begins in April
    common = {"body_id": body_id, "valid_from": spring, "valid_to": None}
    for number, party in enumerate(network.active[:_SEATS]):
        role = _ROLES.get(number, BodyRole.MEMBER)
        rows.put(BodyMember, today, **common, **party.columns, role=role, words="")
    words = "市役所 くらし安全課長"
    rows.put(BodyMember, today, **common, role=BodyRole.ADVISER, words=words)


def _meet(rows: Rows, station: Station, body_id: UUID, name: str) -> None:
    today = station.calendar.today
    first = (today + dt.timedelta(days=20)).replace(day=14)
    if first <= today:
        first += relativedelta(months=1)
    key = rows.key(today)
    common = {
        "kind": MeetingKind.KOBAN_COUNCIL,
        "title": f"{name} 定例会",
        "place": "地区交流センター 会議室",
        "style": Style.IN_PERSON,
        "unit_id": station.network_office,
        "body_id": body_id,
    }
    course = Course(Rhythm.MONTHLY_WEEKDAY, _EVERY, first)
    series_id = rows.put(
        MeetingSeries,
        today,
        **common,
        rhythm=course.rhythm,
        every=course.every,
        first_at=moment(first, _HOUR),
        lasts_minutes=_LASTS,
        client_key=key,
    )
    for day in days_of(course, first, max(first, today + relativedelta(months=MONTHS))):
        starts_at = moment(day, _HOUR)
        rows.put(
            Meeting,
            today,
            **common,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=_LASTS),
            series_id=series_id,
            series_day=day,
            client_key=uuid5(key, day.isoformat()),
        )
