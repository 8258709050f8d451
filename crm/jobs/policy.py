"""A job and its file are their requester's alone; the runner's statements are the system's.

A file is its requester's only at the station it was made at: after a transfer, be it on the same
day, it is gone.
"""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from crm.jobs.models import Errand, Job, JobFile
from crm.kernel.actor import Actor
from crm.kernel.scope import Rule, nobody_reads, nobody_writes, register


def _own(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - a job or its file
    return (row.account_id, row.agency_id) == (actor.account_id, actor.agency_id)


register(
    Job,
    Rule(
        read=lambda actor: col(Job.account_id) == actor.account_id,
        write=_own,
        fixed=("agency_id", "account_id", "name", "args", "request_key"),
    ),
)
register(
    JobFile,
    Rule(
        read=lambda actor: sa.and_(
            col(JobFile.account_id) == actor.account_id,
            # where both have none, at headquarters, they are the same
            col(JobFile.station_id).is_not_distinct_from(actor.station_id),
        ),
        write=lambda actor, made: _own(actor, made) and made.station_id == actor.station_id,
        fixed=("agency_id", "account_id", "station_id", "job_id", "content", "sha256"),
    ),
)
register(Errand, Rule(read=nobody_reads, write=nobody_writes))
