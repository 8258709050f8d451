"""Jobs of the tests' own, and the process that carries them out until it is killed.

python -m tests.support.jobs_sample serve DATABASE_URL PORT
python -m tests.support.jobs_sample worker DATABASE_URL REDIS_URL POLL_S
python -m tests.support.jobs_sample errand DATABASE_URL
"""

import asyncio
import sys
import time
from dataclasses import replace

from crm.jobs.errands import DAY, Duty, ErrandRunner
from crm.jobs.runner import Pace
from crm.jobs.service import Made, Work, job
from crm.kernel import audit
from crm.kernel.clock import utc_now
from crm.kernel.db import Database
from crm.kernel.errors import Refused
from crm.kernel.settings import Settings
from crm.worker import work as work_until_stopped

PACE = Pace(lease_s=1, poll_s=0.1, sweep_s=0.3, backoff_s=0.05, max_attempts=3)
STEP_S = 0.05
EFFECT = "sample.made"
ERRAND = "sample.endless"
REFUSAL = "%(count)s件では作成できません。件数を減らしてください。"


@job("sample.slow", timeout_s=30)
def slow(work: Work) -> None:
    """Take `steps` steps, then leave one effect and one file."""
    for step in range(work.args["steps"]):
        time.sleep(STEP_S)
        work.report(step, work.args["steps"])
    with work.finishing(Made("見本.txt", "text/plain", b"made")) as db:
        audit.record(db, work.actor, EFFECT, now=work.now)


@job("sample.refused")
def refused(work: Work) -> None:
    """Say no in a sentence."""
    raise Refused(REFUSAL, count=work.args["count"])


@job("sample.broken")
def broken(work: Work) -> None:
    """Break, as only a fault of ours does."""
    raise RuntimeError(work.args["fault"])


@job("sample.wordless")
def wordless(work: Work) -> None:
    """Make no file."""
    del work


def serve(url: str, port: str) -> None:
    """Serve the product with a runner inside."""
    import uvicorn

    from crm.app import create_app  # slow import: a worker has no use for the pages

    settings = Settings(database_url=url, port=int(port))
    app = create_app(settings, pace=PACE)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="error")


def worker(url: str, redis_url: str, poll_s: str) -> None:
    """Be a worker that looks by itself every `poll_s`."""
    database = Database(Settings(database_url=url))
    pace = replace(PACE, poll_s=float(poll_s))
    asyncio.run(work_until_stopped(database, redis_url, pace))
    database.close()


def errand(url: str) -> None:
    """Take up an errand, and never come to its end."""
    endless = Duty(ERRAND, lambda *_: time.sleep(600), DAY, None, timeout_s=600)
    database = Database(Settings(database_url=url))
    ErrandRunner(database, PACE, utc_now, {ERRAND: endless}).take_next()


if __name__ == "__main__":
    {"serve": serve, "worker": worker, "errand": errand}[sys.argv[1]](*sys.argv[2:])
