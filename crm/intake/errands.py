"""Lists nobody came back to are forgotten on their day, also where no other list is taken in."""

import datetime as dt

from crm.intake.service import forget_old
from crm.jobs.errands import errand, for_each_office
from crm.kernel.actor import Actor
from crm.kernel.db import Database

AT_NIGHT = dt.time(0, 15)


@errand("intake.forget", at=AT_NIGHT)
def forget_everywhere(database: Database, now: dt.datetime) -> None:
    """Delete the rows of every office's old lists."""
    for_each_office(database, now, _forget)


def _forget(database: Database, office: Actor, now: dt.datetime) -> None:
    with database.writing(office) as db:
        forget_old(db, now)
