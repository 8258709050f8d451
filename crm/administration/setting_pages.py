"""設定: what the agency decides for itself, by date."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from litestar import Response, get, post

from crm.access.desk import CurrentDesk
from crm.access.queries import require_administrator
from crm.administration.forms import SettingForm
from crm.administration.page_parts import REFUSED, SAVED, STALE, carry_out
from crm.agencies.models import AgencySetting, SettingKey
from crm.agencies.queries import settings_of
from crm.agencies.settings import decide_setting
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound
from crm.kernel.forms import Submission, blank
from crm.web.pages import page, saved
from crm.web.visit import Visit


@get("/administration/settings", name="administration.settings", sync_to_thread=True)
def settings(desk: CurrentDesk) -> Response[str]:
    """Show each setting: what holds today, what held, what is to come."""
    with desk.reads() as visit:
        _require_police_administrator(visit.actor)
        known = blank(day=local_day(visit.now).isoformat())
        return _settings_page(visit, desk.settings.revisit_days, known, 200)


@post("/administration/settings", name="administration.setting_decide", sync_to_thread=True)
def setting_decide(desk: CurrentDesk) -> Response[Any]:
    """Decide after how many days a visit is proposed, from a day on."""
    with desk.writes() as visit:
        _require_police_administrator(visit.actor)
        return carry_out(
            visit,
            SettingForm,
            lambda form: decide_setting(
                visit.db,
                visit.actor,
                SettingKey.REVISIT_DAYS,
                form.value,
                day=form.day,
                revision=form.revision,
                now=visit.now,
            ),
            show=partial(_settings_page, visit, desk.settings.revisit_days),
            done=lambda _: saved(visit, "administration.settings", SAVED),
        )


def _require_police_administrator(actor: Actor) -> None:
    """Hide the page where nothing would take effect: liaisons are visited by the police alone."""
    require_administrator(actor)
    if not actor.is_police:
        raise NotFound


def _settings_page(visit: Visit, default: int, sub: Submission[Any], status: int) -> Response[str]:
    rows = settings_of(visit.db, SettingKey.REVISIT_DAYS)
    newest = sum(row.revision for row in rows)
    today = local_day(visit.now)
    return page(
        visit,
        "administration/settings.html",
        block="form",
        status=status,
        sub=sub,
        today=today,
        default=default,
        holding=_holding(rows, visit, default),
        decisions=[(row.value, row.valid_from, row.valid_to) for row in reversed(rows)],
        revision=sub.values.get("revision", newest) if status == REFUSED else newest,
        stale=status == STALE,
    )


def _holding(rows: Sequence[AgencySetting], visit: Visit, default: int) -> int:
    today = local_day(visit.now)
    return next((int(row.value) for row in rows if row.holds_on(today)), default)


HANDLERS = [settings, setting_decide]
