"""The bell between the web server and its workers: all that knows arq and Redis.

A message is a job's id and nothing else, as JSON. Losing one, or Redis with all of them, costs the
moment until a worker next looks at the rows; nothing here may fail a request or a job.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool

log = logging.getLogger("crm.jobs")

Ring = Callable[[Sequence[UUID]], None]
QUEUE = "crm:jobs"
MESSAGE = "job_asked"
KEPT_BACK = 1_000
"""Messages held while Redis is slow; the rest go unsaid."""
HEARD_EVERY_S = 0.1
AWAY_S = 1.0
PATIENCE_S = 5.0


class RedisBell:
    """The web server's end: takes ids from request threads and tells Redis on the event loop."""

    def __init__(self, url: str) -> None:
        self._redis = _connect(url)
        self._loop = asyncio.get_running_loop()
        self._unsaid: asyncio.Queue[UUID] = asyncio.Queue(KEPT_BACK)

    @classmethod
    @asynccontextmanager
    async def hung(cls, url: str) -> AsyncIterator[Ring]:
        """Give the function that rings; Redis need not be there, now or later."""
        bell = cls(url)
        teller = asyncio.create_task(bell._tell())
        try:
            yield bell._ring
        finally:
            teller.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await teller
            await bell._redis.aclose(close_connection_pool=True)

    def _ring(self, job_ids: Sequence[UUID]) -> None:
        with contextlib.suppress(RuntimeError):
            # the loop may have ended: a worker finds the rows
            self._loop.call_soon_threadsafe(self._keep, job_ids)

    def _keep(self, job_ids: Sequence[UUID]) -> None:
        for job_id in job_ids:
            with contextlib.suppress(asyncio.QueueFull):
                self._unsaid.put_nowait(job_id)

    async def _tell(self) -> None:
        while True:
            job_id = await self._unsaid.get()
            try:
                await self._redis.enqueue_job(MESSAGE, str(job_id), _job_id=str(job_id))
            except Exception as fault:  # noqa: BLE001 - whatever is wrong with Redis, the row stands
                log.warning("Redis was not told of job %s: %s", job_id, type(fault).__name__)


async def listen(url: str, ring: Ring) -> None:
    """Ring for every message until cancelled, through every absence of Redis."""

    async def job_asked(ctx: dict[str, Any], job_id: str) -> None:
        del ctx
        ring([UUID(job_id)])

    while True:
        worker = Worker(
            [func(job_asked, name=MESSAGE, keep_result=0, max_tries=1)],
            redis_pool=_connect(url),
            queue_name=QUEUE,
            handle_signals=False,
            poll_delay=HEARD_EVERY_S,
            job_serializer=_dumps,
            job_deserializer=json.loads,
        )
        try:
            await worker.async_run()
        except Exception as fault:  # noqa: BLE001 - as above; the crew goes on looking at the rows
            log.warning("Redis is away: %s", type(fault).__name__)
            await asyncio.sleep(AWAY_S)
        finally:
            with contextlib.suppress(Exception):
                await worker.close()


def _connect(url: str) -> ArqRedis:
    """Make a client that connects when used, and again after every fault."""
    pool = ConnectionPool.from_url(url, socket_connect_timeout=AWAY_S, socket_timeout=PATIENCE_S)
    return ArqRedis(pool, job_serializer=_dumps, default_queue_name=QUEUE)


def _dumps(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode()
