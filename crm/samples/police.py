"""A fictional prefectural police: headquarters, and station after station with its town."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from crm.agencies.models import Agency, UnitKind
from crm.kernel.actor import AgencyKind, Role
from crm.samples.crew import Crew, Login, Tester, put_assignments, put_sample_account
from crm.samples.home import Order, put_home
from crm.samples.offices import AGENCY, Calendar, Called, put_unit
from crm.samples.people import last_spring
from crm.samples.rows import Row, Rows, dice
from crm.samples.sheets import put_division_sheets

_DAYS = 5 * 365 - 1
"""How far back the sample goes: notes older than five years are not taken by the product."""

_HEADQUARTERS = Called("警察本部", "ケイサツホンブ")
_DIVISIONS = (
    Called("地域企画課", "チイキキカクカ"),
    Called("生活安全企画課", "セイカツアンゼンキカクカ"),
)
_HEADQUARTERS_TESTERS = (
    Tester("地域企画課", Role.HQ_VIEWER, "本田 由紀", "ホンダ ユキ", "hq"),
    Tester("警察本部", Role.SYSTEM_ADMINISTRATOR, "大原 健吾", "オオハラ ケンゴ", "admin"),
    Tester("警察本部", Role.AUDITOR, "水谷 栞", "ミズタニ シオリ", "auditor"),
)


class Sample(NamedTuple):
    """Rows to be stored by table, and the accounts to try them with."""

    tables: Mapping[str, list[Row]]
    logins: Sequence[Login]


def build_sample(order: Order) -> Sample:
    """Return a whole sample; the same order gives the same rows, key by key."""
    tables: dict[str, list[Row]] = defaultdict(list)
    logins: list[Login] = []
    for part in parts_of(order):
        for name, rows in part.tables.items():
            tables[name] += rows
        logins += part.logins
    return Sample(tables, logins)


def parts_of(order: Order) -> Iterator[Sample]:
    """Yield a sample in parts to be stored one after the other: headquarters, then each station.

    A part refers to itself and to parts before it, and each is made of a randomness of its own.
    """
    calendar = calendar_of(order.today)
    rng = dice(order.seed, "agency")
    agency_id = Rows(rng, UUID(int=0)).key(calendar.opened)
    rows = Rows(rng, agency_id)
    rows.put(Agency, calendar.opened, id=agency_id, kind=AgencyKind.PREFECTURAL_POLICE, name=AGENCY)
    top, logins = _put_headquarters(rows, order, calendar)
    yield Sample(rows.tables, logins)
    for home in order.homes:
        part = rows.set_down()
        logins = put_home(part, order, calendar, top, home)
        yield Sample(part.tables, logins)


def calendar_of(today: dt.date) -> Calendar:
    """Return the days a sample turns on: five years back, and a merger of boxes a year ago."""
    return Calendar(
        today=today,
        opened=dt.date(today.year - 12, 4, 1),
        begins=today - dt.timedelta(days=_DAYS),
        merged=dt.date(today.year - 1, today.month, 1),
        shared=dt.date(today.year - 4, today.month, 1),
    )


def _put_headquarters(rows: Rows, order: Order, calendar: Calendar) -> tuple[UUID, Sequence[Login]]:
    top = put_unit(rows, UnitKind.HEADQUARTERS, _HEADQUARTERS, calendar.opened, parent_id=None)
    units = {_HEADQUARTERS.name: top}
    for called in _DIVISIONS:
        units[called.name] = put_unit(
            rows, UnitKind.HQ_DIVISION, called, calendar.opened, parent_id=top
        )
    division = _DIVISIONS[-1]
    put_division_sheets(rows, units[division.name], division, calendar)
    crew, day = Crew(), last_spring(order.today)
    for who in _HEADQUARTERS_TESTERS:
        put_sample_account(rows, crew, units[who.where], who, day, order.password_hash)
    put_assignments(rows, crew)
    return top, [Login(who.role, who.name, who.where, who.login) for who in _HEADQUARTERS_TESTERS]
