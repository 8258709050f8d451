"""What is forgotten without anybody deciding it."""

import datetime as dt

from crm.jobs.errands import errand
from crm.kernel.db import Database
from crm.retention.sweep_queries import disposed_since, forget_searches

EVERY = dt.timedelta(hours=1)
AT_NIGHT = dt.time(3, 15)
DAY = dt.timedelta(days=1)


@errand("retention.forget_searches", every=EVERY)
def forget_old_searches(database: Database, now: dt.datetime) -> None:
    """Forget what was searched for in sign-ins long over."""
    with database.writing(None) as db:
        forget_searches(db, now)


@errand("retention.scrub", at=AT_NIGHT)
def scrub_after_disposals(database: Database, now: dt.datetime) -> None:
    """Overwrite what disposals of the last day deleted; at night, for it stops writing a while."""
    with database.reading(None) as db:
        is_due = disposed_since(db, now - DAY)
    if is_due:
        database.scrub()
