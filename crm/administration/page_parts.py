"""What the pages of the administration share: the day asked for, and a change carried out."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from litestar import Response
from litestar.datastructures import MultiDict

from crm.access.queries import require_administrator
from crm.administration.forms import DayQuestion
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Form, Submission, read_form
from crm.kernel.i18n import N_
from crm.web.pages import page
from crm.web.visit import Visit

F = TypeVar("F", bound=Form)
STALE = Conflict.status
REFUSED = Refused.status


@dataclass(frozen=True, slots=True)
class AskedDay:
    """The day a page shows, what was typed for it, and whether it could be read."""

    day: dt.date
    today: dt.date
    sub: Submission[DayQuestion]

    @property
    def status(self) -> int:
        """The status of the page: a day that cannot be read shows today and says so."""
        return REFUSED if self.sub.errors else 200

    @property
    def query(self) -> str:
        """What a link needs to stay on this day; nothing for today."""
        return "" if self.day == self.today else f"as_of={self.day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One form that changes one thing: where it is sent, what stands now, which fields it has."""

    title: str
    about: str
    route: str
    back: str
    fields: str
    send: str
    keys: Mapping[str, UUID | str] = field(default_factory=dict)
    back_keys: Mapping[str, UUID | str] = field(default_factory=dict)
    revision: int | None = None
    current: Sequence[tuple[str, str]] = ()
    note: str = ""
    is_danger: bool = False


def asked_day(visit: Visit, as_of: str) -> AskedDay:
    """Return the day a page is asked for; only the administrator's pages are."""
    require_administrator(visit.actor)
    today = local_day(visit.now)
    sub = read_form(DayQuestion, MultiDict({"as_of": as_of}))
    day = sub.form.as_of if sub.form and sub.form.as_of else today
    typed = sub.values if sub.errors else {"as_of": day.isoformat()}
    return AskedDay(day, today, Submission(typed, sub.form, sub.errors))


def show_change(
    visit: Visit,
    change: Change,
    sub: Submission[Any],
    *,
    status: int = 200,
    **more: object,
) -> Response[str]:
    """Show the form of a change; after a conflict beside what stands now."""
    revision = change.revision
    if status == REFUSED:
        revision = sub.values.get("revision", revision)
    return page(
        visit,
        "administration/change.html",
        block="form",
        status=status,
        change=change,
        sub=sub,
        revision=revision,
        stale=status == STALE,
        **more,
    )


def carry_out(
    visit: Visit,
    form_type: type[F],
    act: Callable[[F], object],
    *,
    show: Callable[[Submission[F], int], Response[Any]],
    done: Callable[[F], Response[Any]],
) -> Response[Any]:
    """Read a form and act by it; show it again with what was refused, or with what came first.

    `act` refuses before it changes anything.
    """
    sub = read_form(form_type, visit.sent)
    if sub.form is None:
        return show(sub, REFUSED)
    try:
        act(sub.form)
    except Refused as refusal:
        return show(sub.refused(refusal), REFUSED)
    except Conflict:
        return show(sub, STALE)
    return done(sub.form)


SAVED = N_("登録しました。")
