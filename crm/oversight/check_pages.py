"""The weekly check (読取り点検): a chief looks at a sample of who read what at the own station."""

import datetime as dt
from typing import Any

from litestar import Response, get, post

from crm.access.desk import CurrentDesk
from crm.access.trail_lines import trail_line
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.oversight import queries, service
from crm.oversight.forms import CheckForm
from crm.web.pages import page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]


@get("/readings", name="oversight.readings", sync_to_thread=True)
def readings(desk: CurrentDesk) -> Response[str]:
    """Show last week's sample with what was said of it so far."""
    with desk.reads() as visit:
        return _readings(visit, blank())


@post("/readings", name="oversight.readings_check", sync_to_thread=True)
def check(desk: CurrentDesk) -> Answer:
    """Record what was looked at."""
    with desk.writes() as visit:
        sub = read_form(CheckForm, visit.sent)
        if sub.form is None:
            return _readings(visit, sub, status=422)
        doubtful = frozenset(sub.form.doubtful)
        looked_at = frozenset(sub.form.entries) | doubtful
        try:
            service.check_readings(
                visit.db,
                visit.actor,
                _week(visit),
                [(key, key not in doubtful) for key in looked_at],
                remark=sub.form.remark,
                now=visit.now,
            )
        except Refused as refusal:
            return _readings(visit, sub.refused(refusal), status=422)
        return saved(visit, "oversight.readings", N_("確認済を記録しました。"))


def _week(visit: Visit) -> dt.date:
    return service.week_of(local_day(visit.now))


def _readings(visit: Visit, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    week = _week(visit)
    sample = service.sample_of_week(visit.db, visit.actor, week)
    entries = queries.entries_of(visit.db, sample)
    checks = queries.checks_of(visit.db, sample)
    visit.seen("readings.viewed", as_of=str(week), count=len(entries))
    return page(
        visit,
        "oversight/readings.html",
        status=status,
        sub=sub,
        week=week,
        last=week + service.WEEK - dt.timedelta(days=1),
        lines=[(entry.id, trail_line(entry), checks.get(entry.id)) for entry in entries],
        open_count=len(entries) - len(checks),
    )


HANDLERS = [readings, check]
