"""A server in a process of its own, and what it costs: CPU and memory of it and its children."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A running server; `start_s` is the time from its launch to its first answer."""

    def __init__(self, command: list[str], environ: Mapping[str, str], port: int) -> None:
        self.port = port
        started = time.perf_counter()
        self.process = subprocess.Popen(  # noqa: S603 - our own servers
            [sys.executable, *command],
            # byte code is kept, as it is where the wheel was installed
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environ},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not _listens(port):
            if self.process.poll() is not None:
                raise RuntimeError(f"{command} ended with {self.process.returncode}")
            time.sleep(0.01)
        self.start_s = time.perf_counter() - started

    @property
    def cpu_s(self) -> float:
        """Seconds of CPU used so far, user and system, by the server and its workers."""
        return sum(_cpu(pid) for pid in self._pids())

    @property
    def resident_mb(self) -> float:
        """Memory resident now (PSS, so that what workers share counts once), in MB."""
        return sum(_pss(pid) for pid in self._pids()) / 1000

    @property
    def own_mb(self) -> float:
        """Memory resident now of the process that answers, without what it started, in MB."""
        return _pss(self.process.pid) / 1000

    def stop(self) -> None:
        """End it and everything it started."""
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _pids(self) -> list[int]:
        found = [self.process.pid]
        for pid in found:
            children = Path(f"/proc/{pid}/task/{pid}/children")
            if children.exists():
                found.extend(int(child) for child in children.read_text().split())
        return found


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _pss(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, PermissionError):
        return 0.0
    return float(text.split("Pss:")[1].split()[0])
