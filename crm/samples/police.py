"""A fictional prefectural police: headquarters, a station with its town, and a small neighbor."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from crm.agencies.models import Agency, UnitKind
from crm.kernel.actor import AgencyKind, Role
from crm.samples.crew import Crew, Login, Tester, put_assignments, put_sample_account
from crm.samples.home import Home, Order, put_home
from crm.samples.offices import LARGE_STATION, SMALL_STATION, Calendar, Called, put_unit
from crm.samples.people import last_spring
from crm.samples.rows import Row, Rows, dice
from crm.samples.sizes import NEIGHBOR
from crm.samples.town import Municipality, Setting

AGENCY = "若葉県警察"
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
_MINATO = Setting(
    (
        Municipality("みなと市", "ミナトシ", "99201"),
        Municipality("汐風町", "シオカゼチョウ", "99302"),
    ),
    first_stem=0,
    cells_east=0,
)
_MISAKI = Municipality("岬町", "ミサキチョウ", "99303")
_WAKABA_TESTERS = (
    Tester("box", Role.OFFICER, "佐藤 彩", "サトウ アヤ", "officer"),
    Tester("生活安全課", Role.OFFICER, "山口 進", "ヤマグチ ススム", "seian"),
    Tester("地域課", Role.SECTION_CHIEF, "中村 誠", "ナカムラ マコト", "chief"),
    Tester("station", Role.STATION_CHIEF, "小林 剛", "コバヤシ ツヨシ", "station-chief"),
)
_MISAKI_TESTERS = (
    Tester("地域交通課", Role.SECTION_CHIEF, "木村 豊", "キムラ ユタカ", "misaki-chief"),
    Tester("box", Role.OFFICER, "伊藤 学", "イトウ マナブ", "misaki"),
)


class Sample(NamedTuple):
    """Everything to be stored, and the accounts to try it with."""

    tables: Mapping[str, list[Row]]
    logins: Sequence[Login]


def build_sample(order: Order) -> Sample:
    """Return a whole sample; the same order gives the same rows, key by key."""
    calendar = calendar_of(order.today)
    rng = dice(order.seed, "agency")
    agency_id = Rows(rng, UUID(int=0)).key(calendar.opened)
    rows = Rows(rng, agency_id)
    rows.put(Agency, calendar.opened, id=agency_id, kind=AgencyKind.PREFECTURAL_POLICE, name=AGENCY)
    top, logins = _put_headquarters(rows, order, calendar)
    wakaba = Home(
        Called("若葉警察署", "ワカバケイサツショ"),
        LARGE_STATION,
        _MINATO,
        order.size,
        _WAKABA_TESTERS,
        merger=True,
    )
    misaki = Home(
        Called("岬警察署", "ミサキケイサツショ"),
        SMALL_STATION,
        # one cell of water between the two towns
        Setting((_MISAKI,), first_stem=63, cells_east=order.size.columns + 1),
        NEIGHBOR,
        _MISAKI_TESTERS,
    )
    of_wakaba = put_home(rows, order, calendar, top, wakaba)
    of_misaki = put_home(rows, order, calendar, top, misaki)
    return Sample(rows.tables, [*of_wakaba, *logins, *of_misaki])


def calendar_of(today: dt.date) -> Calendar:
    """Return the days a sample turns on: five years back, and a merger of boxes a year ago."""
    return Calendar(
        today=today,
        opened=dt.date(today.year - 12, 4, 1),
        begins=today - dt.timedelta(days=_DAYS),
        merged=dt.date(today.year - 1, today.month, 1),
    )


def _put_headquarters(rows: Rows, order: Order, calendar: Calendar) -> tuple[UUID, Sequence[Login]]:
    top = put_unit(rows, UnitKind.HEADQUARTERS, _HEADQUARTERS, calendar.opened, parent_id=None)
    units = {_HEADQUARTERS.name: top}
    for called in _DIVISIONS:
        units[called.name] = put_unit(
            rows, UnitKind.HQ_DIVISION, called, calendar.opened, parent_id=top
        )
    crew, day = Crew(), last_spring(order.today)
    for who in _HEADQUARTERS_TESTERS:
        put_sample_account(rows, crew, units[who.where], who, day, order.password_hash)
    put_assignments(rows, crew)
    return top, [Login(who.role, who.name, who.where, who.login) for who in _HEADQUARTERS_TESTERS]
