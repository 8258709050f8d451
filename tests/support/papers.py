"""Every document of the product, made of the sample station: judged in tests, shown in docs."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.access.models import Account
from crm.access.queries import actor_of_account
from crm.approvals.queries import pending
from crm.approvals.service import approve
from crm.candidates.letters import MAKE as LETTER
from crm.exports.models import Export, ExportContent
from crm.exports.service import Making, Taking, craft_of
from crm.formats.imprint import Imprint
from crm.handovers import paper as handovers
from crm.jobs.asking import PaperOrder
from crm.jobs.models import JobFile
from crm.jobs.runner import Runner
from crm.jobs.service import enqueue
from crm.kernel.clock import local_day
from crm.kernel.db import Database
from crm.kernel.quarters import quarter_of
from crm.kernel.scope import ScopedSession
from crm.liaisons.models import LiaisonCandidate, LiaisonTerm
from crm.meetings import printing
from crm.meetings.models import Meeting, MeetingState
from crm.meetings.printing import Paper as MeetingPaper
from crm.meetings.printing import Wanted
from crm.minutes import paper as minutes
from crm.minutes.models import MinutesVersion
from crm.oversight.dossier import dossier_of
from crm.oversight.dossier_pages import PURPOSE, RECIPIENT
from crm.oversight.dossier_paper import paper_of
from crm.oversight.dossier_queries import everything_about
from crm.requests.reports import MAKE as VOICES
from crm.requests.site_papers import MAKE as SITES
from crm.rosters.issuing import ask_for_roster
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.selection import EVERYBODY, Selection
from crm.rosters.service import RosterOrder
from crm.sharing.models import PublishedContact
from crm.strengthening import paper as strengthening
from crm.strengthening.models import StrengtheningTarget
from crm.strengthening.month_paper import MAKE as MONTH
from crm.strengthening.months import month_of
from crm.today import printing as rounds
from crm.today.queries import tour_of
from crm.today.route import stops_of
from tests.minutes.acts import entered_s4
from tests.support.world import World

WITHIN = Taking("署内", plain_reason="見本のため")
PURPOSE_OF_ROSTER = "第３回地域安全の会"
AGO = dt.timedelta(days=400)
CHIEF, OFFICER, DECIDER = "chief", "officer", "station-chief"
Make = Callable[["Station"], bytes]
Asking = Callable[[ScopedSession, "Station"], Export]
A4, ACROSS, ENVELOPE = (210, 297), (297, 210), (235, 120)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: where it is made, and what an office expects of its sheet."""

    maker: str
    make: Make
    size: tuple[int, int] = A4
    caution: str = ""
    says: Sequence[str] = ()
    is_filed: bool = True
    is_numbered: bool = True


@dataclass(frozen=True, slots=True)
class Station:
    """The sample's station at one moment; nothing that is made of it stays."""

    world: World
    now: dt.datetime

    def key(self, statement: Any, who: str = CHIEF) -> Any:
        """Return the first of what a statement finds."""
        with self.world.reading(who) as db:
            return db.exec(statement).first()


def station_of(database: Database, now: dt.datetime) -> Station:
    """Return the station of a loaded sample, whose roster was issued once before."""
    world = World(database)
    with database.system("the sample's accounts") as connection:
        rows = connection.execute(sa.select(col(Account.login), col(Account.id))).all()
    with database.reading(None) as db:
        for login, account_id in rows:
            if actor := actor_of_account(db, account_id, local_day(now)):
                world.actors[login] = actor
    station = Station(world, now)
    before = RosterOrder(
        "前回の会議", RosterProfile.STATION, local_day(now - AGO), RosterFormat.CSV
    )
    _asked(station, CHIEF, lambda db, _: _roster(db, station, before), keep=True)
    return station


@contextmanager
def _taking_back(station: Station, who: str, export: Export, found: list[bytes]) -> Iterator[Any]:
    """Open the transaction an export is kept in, read its file, and keep nothing."""
    with station.world.writing(who) as db:
        yield db
        content = select(ExportContent.content).where(ExportContent.export_id == export.id)
        found.append(db.exec(content).one())
        db.rollback()


def _asked(station: Station, who: str, ask: Asking, *, keep: bool = False) -> bytes:
    """Return the file of an export, made as its maker makes it."""
    world, now, found = station.world, station.now, list[bytes]()
    with world.writing(who) as db:
        export = ask(db, station)
        db.expunge(export)
    if export.needs_approval:
        _approved(station)
    opening = (
        partial(world.writing, who) if keep else partial(_taking_back, station, who, export, found)
    )
    reading = partial(world.reading, who)
    craft_of(export.kind).make(Making(export, world.actors[who], now, reading, opening))
    return found[0] if found else b""


def _approved(station: Station) -> None:
    with station.world.writing(DECIDER) as db:
        for line in pending(db):
            approve(db, station.world.actors[DECIDER], line.id, now=station.now)


def _job(name: str, args: Callable[[Station], dict[str, Any]], who: str = CHIEF) -> Make:
    def make(station: Station) -> bytes:
        world, now = station.world, station.now
        with world.writing(who) as db:
            job_id = enqueue(db, world.actors[who], name, args(station), title="見本", now=now).id
        Runner(world.database, clock=lambda: now).take(job_id)
        with world.reading(who) as db:
            return db.exec(select(JobFile.content).where(JobFile.job_id == job_id)).one()

    return make


def _export(ask: Asking, who: str = CHIEF) -> Make:
    return lambda station: _asked(station, who, ask)


def _roster(db: ScopedSession, station: Station, order: RosterOrder) -> Export:
    return ask_for_roster(db, station.world.actors[CHIEF], order, WITHIN, now=station.now)


def _roster_of(
    profile: RosterProfile,
    selected: Callable[[Station], Selection] = lambda _: EVERYBODY,
    *,
    with_changes: bool = False,
) -> Make:
    def ask(db: ScopedSession, station: Station) -> Export:
        order = RosterOrder(
            PURPOSE_OF_ROSTER,
            profile,
            None,
            RosterFormat.PDF,
            selection=selected(station),
            with_changes=with_changes,
        )
        return _roster(db, station, order)

    return _export(ask)


def _for_meeting(paper: MeetingPaper) -> Make:
    def ask(db: ScopedSession, station: Station) -> Export:
        actor, wanted = station.world.actors[CHIEF], Wanted(paper)
        meeting_id = _coming(station)
        return printing.ask_for_paper(db, actor, meeting_id, wanted, WITHIN, now=station.now)

    return _export(ask)


def _coming(station: Station) -> UUID:
    planned = select(Meeting.id).where(Meeting.state == MeetingState.PLANNED)
    key: UUID = station.key(planned.order_by(col(Meeting.starts_at)))
    return key


def _minutes(db: ScopedSession, station: Station) -> Export:
    meeting_id = station.key(select(MinutesVersion.meeting_id))
    actor = station.world.actors[CHIEF]
    return minutes.ask_for_minutes(db, actor, meeting_id, WITHIN, now=station.now)


def _handover(db: ScopedSession, station: Station) -> Export:
    actor, now = station.world.actors[CHIEF], station.now
    unit_id = station.world.actors[OFFICER].unit_id
    return handovers.ask_for_paper(db, actor, unit_id, local_day(now), WITHIN, now=now)


def _visits(db: ScopedSession, station: Station) -> Export:
    found = select(StrengtheningTarget.day_id, StrengtheningTarget.unit_id)
    day_id, unit_id = station.key(found)
    actor = station.world.actors[CHIEF]
    return strengthening.ask_for_list(db, actor, day_id, unit_id, WITHIN, now=station.now)


def _round(db: ScopedSession, station: Station) -> Export:
    actor, now = station.world.actors[OFFICER], station.now
    stops = stops_of(tour_of(db, actor, now=now, revisit_days=90), {})
    chosen = [stop.who.holder for stop in stops]
    return rounds.ask_for_paper(
        db, actor, chosen, revisit_days=90, kept_hours=24, order=PaperOrder(), now=now
    )


def _dossier(station: Station) -> bytes:
    actor = station.world.actors[CHIEF]
    person_id = station.key(select(LiaisonTerm.person_id).where(col(LiaisonTerm.person_id) != None))  # noqa: E711 - SQL's own
    with station.world.reading(CHIEF) as db:
        dossier = dossier_of(everything_about(db, actor, person_id))
    imprint = Imprint(station.now, actor.office, PURPOSE, "若葉-2026-0001", RECIPIENT)
    return paper_of(dossier, actor, imprint).typeset({}, timeout_s=60, now=station.now)


def _provided(station: Station) -> Selection:
    """Choose an office that holds copies of the station's liaisons."""
    mine = PublishedContact.giver_station_id == station.world.actors[CHIEF].station_id
    held = select(PublishedContact.recipient_station_id).where(mine, PublishedContact.is_liaison)
    return Selection(recipient_id=station.key(held))


def _quarter_before(station: Station) -> dict[str, int]:
    """Name the quarter before the running one: a whole one."""
    running = quarter_of(local_day(station.now))
    before = quarter_of(running.first - dt.timedelta(days=1))
    return {"year": before.year, "number": before.number}


ROSTER, MEETING, MINUTES = (
    "crm/rosters/files.py",
    "crm/meetings/printing.py",
    "crm/minutes/paper.py",
)
PAPERS = {
    "roster": Paper(
        ROSTER,
        _roster_of(RosterProfile.STATION, with_changes=True),
        ACROSS,
        "取扱注意・署内限り",
        ("地域安全連絡員一覧表", "変更表", "敬称略", "一覧表番号", "作成目的", "作成日時"),
    ),
    "roster-meeting": Paper(
        ROSTER,
        _roster_of(RosterProfile.MEETING),
        ACROSS,
        "取扱注意",
        ("敬称略", "一覧表番号", "作成目的", "作成日時", "決裁"),
    ),
    "roster-city": Paper(
        ROSTER,
        _roster_of(RosterProfile.MUNICIPALITY, _provided),
        ACROSS,
        "取扱注意・提供先限り",
        ("一覧表番号", "提供先", "作成目的", "作成日時"),
    ),
    "seating": Paper(
        ROSTER,
        _roster_of(RosterProfile.SEATING, lambda station: Selection(meeting_id=_coming(station))),
        ACROSS,
        "取扱注意",
        ("座席表", "一覧表番号", "作成目的"),
    ),
    "attendance": Paper(
        MEETING,
        _for_meeting(MeetingPaper.ATTENDANCE),
        caution="取扱注意",
        says=("出席簿", "日時", "場所", "署名", "書出番号", "作成目的", "作成"),
    ),
    "badges": Paper(MEETING, _for_meeting(MeetingPaper.BADGES), is_filed=False, is_numbered=False),
    "labels": Paper(
        MEETING,
        _for_meeting(MeetingPaper.LABELS),
        says=("御中",),
        is_filed=False,
        is_numbered=False,
    ),
    "envelope": Paper(
        MEETING,
        _for_meeting(MeetingPaper.ENVELOPES),
        ENVELOPE,
        says=("御中",),
        is_filed=False,
        is_numbered=False,
    ),
    "agenda": Paper(
        MINUTES,
        _job(minutes.MAKE, lambda station: {"meeting_id": str(_coming(station))}),
        caution="取扱注意",
        says=("次第", "日時", "場所", "前回から引き継いだ事項", "作成"),
    ),
    "minutes": Paper(
        MINUTES,
        _export(_minutes),
        caution="取扱注意",
        says=("議事録", "出席", "決定事項", "対応事項", "書出番号", "作成目的", "作成"),
    ),
    "letter": Paper(
        "crm/candidates/letters.py",
        _job(
            LETTER,
            lambda station: {"candidate_id": str(station.key(select(LiaisonCandidate.id)))},
        ),
        says=("地域安全連絡員のお願い", "担当"),
        is_numbered=False,
    ),
    "voices": Paper(
        "crm/requests/reports.py",
        _job(VOICES, _quarter_before),
        says=("意見・要望のまとめ", "作成"),
    ),
    "sites": Paper(
        "crm/requests/site_papers.py",
        _job(SITES, lambda _: {"district": ""}),
        says=("場所のある意見・要望", "作成"),
    ),
    "round": Paper(
        "crm/today/printing.py",
        _export(_round, OFFICER),
        ACROSS,
        "取扱注意・署内限り",
        ("書出番号", "作成目的", "裁断"),
        is_filed=False,
    ),
    "visits": Paper(
        "crm/strengthening/paper.py",
        _export(_visits),
        caution="取扱注意・署内限り",
        says=("書出番号", "作成目的", "廃棄"),
    ),
    "strengthening": Paper(
        "crm/strengthening/month_paper.py",
        _job(MONTH, lambda station: month_of(local_day(station.now))._asdict()),
        says=("訪問強化日の計画と結果", "作成"),
    ),
    "handover": Paper(
        "crm/handovers/paper.py",
        _export(_handover),
        caution="取扱注意・署内限り",
        says=("受持区引継書", "書出番号", "作成目的"),
    ),
    "dossier": Paper(
        "crm/oversight/dossier_paper.py",
        _dossier,
        says=("保有個人情報の開示資料", "書出番号", "提供先", "作成目的"),
    ),
}
"""By the name of its picture. A maker of paper missing here fails tests/formats."""
AGENDA_OF_S4 = Paper(
    MINUTES,
    _job(minutes.MAKE, lambda station: {"meeting_id": str(entered_s4(station.world).id)}),
)
"""The 次第 of a meeting that was held (S4), to be laid beside the original."""


def workbook(station: Station) -> bytes:
    """Return the station's roster as a workbook without a password."""
    order = RosterOrder(PURPOSE_OF_ROSTER, RosterProfile.STATION, None, RosterFormat.XLSX)
    return _asked(station, CHIEF, lambda db, _: _roster(db, station, order))
