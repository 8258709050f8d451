"""Files that take seconds are made beside the request; files nobody fetched are shredded."""

import datetime as dt
from functools import partial
from uuid import UUID

from crm.exports import queries
from crm.exports.models import Export
from crm.exports.service import Making, craft_of, require_unmade
from crm.jobs.errands import errand
from crm.jobs.models import Job
from crm.jobs.service import Work, enqueue, job
from crm.kernel.actor import Actor
from crm.kernel.db import Database
from crm.kernel.scope import ScopedSession

MAKE = "export.make"
SWEEP_EVERY = dt.timedelta(minutes=5)


def ask_for_file(db: ScopedSession, actor: Actor, export: Export, *, now: dt.datetime) -> Job:
    """Ask for the file of `export`; asking again is the same job."""
    args = {"export_id": str(export.id)}
    return enqueue(db, actor, MAKE, args, title=export.title, request_key=export.id, now=now)


@job(MAKE, timeout_s=150)
def make(work: Work) -> None:
    """Make the file of an export; the file, its record and the job's end are one transaction."""
    with work.reading() as db:
        export = queries.own_export(db, work.actor.account_id, UUID(work.args["export_id"]))
        require_unmade(db, export)
        db.expunge(export)
    making = Making(export, work.actor, work.now, work.reading, partial(work.finishing, None))
    craft_of(export.kind).make(making)


@errand("exports.shred", every=SWEEP_EVERY)
def shred(database: Database, now: dt.datetime) -> None:
    """Shred the files whose time is over."""
    with database.writing(None) as db:
        queries.shred_expired(db, now)
