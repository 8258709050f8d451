"""What cannot be true of a contact: refused before anything is put on record."""

import datetime as dt
from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from crm.kernel.clock import local_day, tour_day
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.notes.models import GroupProblem, Outcome

CLOCKS_DIFFER = dt.timedelta(minutes=5)
OLDEST_YEARS = 5


class Content(Protocol):
    """What a note says."""

    @property
    def outcome(self) -> Outcome:
        """Whether the two sides exchanged anything."""

    @property
    def happened_at(self) -> dt.datetime:
        """When."""

    @property
    def heard(self) -> str:
        """What was heard."""

    @property
    def told(self) -> str:
        """What was told."""

    @property
    def advice(self) -> str:
        """Which advice or support was given."""

    @property
    def problem(self) -> str:
        """The group's problem it answers."""


class Plans(Protocol):
    """What a new note asks for besides what it says."""

    @property
    def needs_reply(self) -> bool:
        """Whether what was heard is a request."""

    @property
    def heard(self) -> str:
        """What was heard."""

    @property
    def next_on(self) -> dt.date | None:
        """When to meet next."""

    @property
    def person_ids(self) -> Collection[UUID]:
        """The people who took part."""

    @property
    def organization_ids(self) -> Collection[UUID]:
        """The organizations that took part."""

    @property
    def area_id(self) -> UUID | None:
        """Where, among people nobody knows by name."""


def require_credible(content: Content, now: dt.datetime, *, handed: bool) -> None:
    """Raise Refused for a contact that says nothing, or happened at no possible time.

    `handed` where something was handed over: that says enough.
    """
    said = content.heard or content.told or content.advice or handed
    if content.outcome is not Outcome.ABSENT and not said:
        raise Refused("聞いたこと、または伝えたことを一文で入力してください。", field="heard")
    if content.happened_at > now + CLOCKS_DIFFER:
        raise Refused("日時は、今より前を入力してください。", field="happened_at")
    if local_day(content.happened_at) < _years_before(local_day(now), OLDEST_YEARS):
        raise Refused(
            "日時は、%(years)s年前より後を入力してください。",
            field="happened_at",
            years=OLDEST_YEARS,
        )
    if content.advice and not content.problem:
        raise Refused(N_("どの課題への助言・支援かを選んでください。"), field="problem")
    if content.problem and not content.advice:
        raise Refused(N_("助言・支援の内容を入力してください。"), field="advice")


def require_possible(plans: Plans, now: dt.datetime) -> None:
    """Raise Refused for a request nobody made, a visit planned for the past, or nobody met."""
    if plans.needs_reply and not plans.heard:
        raise Refused("回答が必要なときは、聞いたことを入力してください。", field="heard")
    if plans.next_on is not None and plans.next_on < tour_day(now):
        raise Refused("次回の予定は、今日以後の日付を入力してください。", field="next_on")
    if not plans.person_ids and not plans.organization_ids and plans.area_id is None:
        raise Refused("相手を一人または一団体以上選んでください。", field="person_ids")


def require_listed(problem: str, own: Collection[str]) -> None:
    """Raise Refused for a problem neither everybody's list nor the station's `own` words name."""
    if problem and problem not in set(GroupProblem) and problem not in own:
        raise Refused(N_("どの課題への助言・支援かを選んでください。"), field="problem")


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
