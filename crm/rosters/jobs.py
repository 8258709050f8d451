"""The roster on paper: typesetting takes seconds, so it is made beside the request that asks."""

import datetime as dt
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from crm.jobs.models import Job
from crm.jobs.service import Made, Work, enqueue, job
from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki
from crm.rosters.files import MEDIA_TYPES, TITLE, file_name, write_file
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.service import RosterFile, RosterOrder, draft_roster, issue_roster

ISSUE = "roster.issue"


def ask_for_roster(
    db: ScopedSession, actor: Actor, order: RosterOrder, *, request_key: UUID, now: dt.datetime
) -> Job:
    """Ask for the file of `order`, after a look that it can be met today.

    Raises what `draft_roster` raises. The same `request_key` sent again is the same file.
    """
    day = draft_roster(db, order, now=now).roster.day
    args: dict[str, Any] = {
        "purpose": order.purpose,
        "profile": order.profile.value,
        "as_of": day.isoformat(),
        "format": order.format.value,
    }
    title = f"{TITLE}　{wareki(day)}現在"
    return enqueue(db, actor, ISSUE, args, title=title, request_key=request_key, now=now)


@job(ISSUE, timeout_s=150)
def issue(work: Work) -> None:
    """Make the roster asked for; its number, its record and its file come in one transaction."""
    order = RosterOrder(
        work.args["purpose"],
        RosterProfile(work.args["profile"]),
        dt.date.fromisoformat(work.args["as_of"]),
        RosterFormat(work.args["format"]),
    )

    def finishes(made: RosterFile) -> AbstractContextManager[ScopedSession]:
        name = file_name(made.number, made.format)
        return work.finishing(Made(name, MEDIA_TYPES[made.format], made.content))

    issue_roster(order, reads=work.reading, finishes=finishes, write=write_file, now=work.now)
