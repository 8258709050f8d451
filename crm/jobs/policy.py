"""A job and its file are their requester's alone; the runner's statements are the system's."""

from typing import Any

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
        read=lambda actor: col(JobFile.account_id) == actor.account_id,
        write=_own,
        fixed=("agency_id", "account_id", "job_id", "content", "sha256"),
    ),
)
register(Errand, Rule(read=nobody_reads, write=nobody_writes))
