"""A Redis of the tests' own, which they may kill."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.support.jobs_acts import free_port, kill

MISSING = (
    "redis-server was not found. Install it (Debian: apt-get install redis-server) or set "
    "CRM_TEST_REDIS_SERVER to the program."
)


class Redis:
    """A server that forgets everything when it dies."""

    def __init__(self, folder: Path) -> None:
        program = os.environ.get("CRM_TEST_REDIS_SERVER") or shutil.which("redis-server")
        if program is None:
            raise RuntimeError(MISSING)
        self._program = program
        self._folder = folder
        self._port = free_port()
        self._running: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        command = [self._program, "--port", str(self._port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        self._running = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - the server itself
        until = time.monotonic() + 10
        while not self.answers():
            assert time.monotonic() < until, "Redis did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        if self._running:
            kill(self._running)
            self._running = None

    def answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    def said(self) -> dict[str, bytes]:
        """Return every message that waits, by its key."""
        with redis.Redis.from_url(self.url) as client:
            return {key.decode(): client.get(key) for key in client.keys("arq:job:*")}


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.kill()
