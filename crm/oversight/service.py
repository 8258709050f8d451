"""Verbs of oversight: working out a leak, checking a week's readings."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from uuid import UUID

from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day, start_of_day
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import fiscal_year, fiscal_year_label
from crm.oversight.leak_queries import Leak, export_numbered, worksheet_of
from crm.oversight.models import LeakCase, LeakSource, ReadingCheck
from crm.oversight.policy import require_checker
from crm.oversight.queries import account_called, cases_numbered, checks_of, station_views

SAMPLE_SIZE = 10
"""Ten a week can be looked at in a quarter of an hour, and reach everybody in a few months."""
REPORTED_ABOVE = 100
"""More people than this make a leak one that is reported (個人情報保護法68条, 規則43条)."""
WEEK = dt.timedelta(days=7)


def record_leak(
    db: ScopedSession,
    actor: Actor,
    leak: Leak,
    *,
    is_malicious: bool,
    now: dt.datetime,
) -> LeakCase:
    """Work out whom a leak concerns and keep it as a case with a number of its own.

    `leak.source` is what was typed: a sign-in name, an address, the number of a file.
    """
    leak = leak._replace(source=_source_key(db, actor, leak))
    found = worksheet_of(db, leak)
    case = LeakCase(
        agency_id=actor.agency_id,
        number=_next_number(db, local_day(now)),
        source_kind=leak.kind,
        source=leak.source,
        since=leak.since,
        until=leak.until,
        is_malicious=is_malicious,
        persons=found.persons,
        organizations=found.organizations,
        entries=found.entries,
        recorded_at=now,
        recorded_by=actor.account_id,
        recorder_name=actor.name,
    )
    db.add(case)
    audit.record(
        db,
        actor,
        "leak.recorded",
        now=now,
        subject=("leak", case.id),
        number=case.number,
        persons=case.persons,
        organizations=case.organizations,
    )
    return case


def leak_of(case: LeakCase) -> Leak:
    """Return what a case was worked out from."""
    return Leak(case.source_kind, case.source, case.since, case.until)


def is_reported(case: LeakCase) -> bool:
    """Whether a leak must be reported: more than a hundred people, or one with ill intent."""
    return case.persons > REPORTED_ABOVE or (case.is_malicious and case.persons > 0)


def week_of(day: dt.date) -> dt.date:
    """Return the Monday of the last whole week before `day`."""
    return day - dt.timedelta(days=day.weekday()) - WEEK


def sample_of_week(db: ScopedSession, actor: Actor, week: dt.date) -> list[UUID]:
    """Return the entries of a week the chiefs of a station look at (読取り点検).

    Drawn by the fingerprint of each entry's key: nobody chooses them, and every chief who opens
    the page finds the same.
    """
    require_checker(actor)
    found = station_views(db, actor, start_of_day(week), start_of_day(week + WEEK))
    return sorted(found, key=_draw)[:SAMPLE_SIZE]


def check_readings(
    db: ScopedSession,
    actor: Actor,
    week: dt.date,
    verdicts: Iterable[tuple[UUID, bool]],
    *,
    remark: str,
    now: dt.datetime,
) -> int:
    """Record what a chief found of entries of the week's sample; each is checked once."""
    sample = frozenset(sample_of_week(db, actor, week))
    station_id = _station_of(actor)
    known = checks_of(db, sample)
    given = {key: in_order for key, in_order in verdicts if key in sample and key not in known}
    if not given:
        raise Refused(N_("確認した記録を選んでください。"), field="entries")
    if not (all(given.values()) or remark):
        raise Refused(N_("確認を要する理由を入力してください。"), field="remark")
    db.add_all(
        ReadingCheck(
            agency_id=actor.agency_id,
            station_id=station_id,
            week=week,
            entry_id=key,
            is_in_order=in_order,
            remark="" if in_order else remark,
            checked_at=now,
            checked_by=actor.account_id,
            checker_name=actor.name,
        )
        for key, in_order in given.items()
    )
    audit.record(db, actor, "readings.checked", now=now, as_of=str(week), count=len(given))
    return len(given)


def _station_of(actor: Actor) -> UUID:
    if actor.station_id is None:  # pragma: no cover - require_checker has seen to it
        raise LookupError("a checker has a station")
    return actor.station_id


def _draw(key: UUID) -> bytes:
    return hashlib.sha256(key.bytes).digest()


def _source_key(db: ScopedSession, actor: Actor, leak: Leak) -> str:
    if leak.since > leak.until:
        raise Refused(N_("終わりは始まりより後にしてください。"), field="until")
    if leak.kind is LeakSource.ACCOUNT:
        account_id = account_called(db, actor, leak.source)
        if account_id is None:
            raise Refused(N_("このアカウントは登録されていません。"), field="source")
        return str(account_id)
    if leak.kind is LeakSource.FILE and export_numbered(db, leak.source) is None:
        raise Refused(N_("この番号の書き出しはありません。"), field="source")
    return leak.source


def _next_number(db: ScopedSession, today: dt.date) -> str:
    label = fiscal_year_label(fiscal_year(today)).removesuffix("年度")
    prefix = f"漏えい等-{label}-"
    return f"{prefix}{cases_numbered(db, prefix) + 1:04d}"
