"""What shifts left is forgotten after a month, also where nobody looks any more."""

import datetime as dt

from crm.jobs.errands import errand, for_each_office
from crm.kernel.actor import Actor
from crm.kernel.db import Database
from crm.shifts.queries import forget_old

AT_NIGHT = dt.time(0, 45)


@errand("shifts.forget", at=AT_NIGHT)
def forget_everywhere(database: Database, now: dt.datetime) -> None:
    """Delete what every office no longer keeps."""
    for_each_office(database, now, _forget)


def _forget(database: Database, office: Actor, now: dt.datetime) -> None:
    with database.writing(office) as db:
        forget_old(db, now)
