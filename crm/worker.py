"""The composition of a worker: carries out jobs in a process of its own, woken through Redis."""

import asyncio
import contextlib
import signal

from crm import features
from crm.jobs.bell import listen
from crm.jobs.runner import Crew, Pace, Runner
from crm.kernel.db import Database
from crm.kernel.memory import given_back, keep_little


async def work(database: Database, redis_url: str, pace: Pace | None = None) -> None:
    """Carry out jobs until told to stop; what is in hand then ends or goes back to the queue."""
    features.require_rules()
    keep_little()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with given_back(), Crew.at_work(Runner(database, pace or Pace())) as crew:
        listening = asyncio.create_task(listen(redis_url, crew.ring))
        await stop.wait()
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening
