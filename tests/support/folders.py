"""Where the tests keep what need not survive them."""

import shutil
from pathlib import Path

ROOM = 2_000_000_000


def in_memory() -> Path | None:
    """Return a folder in memory where there is room: a test's commits need no disk."""
    memory = Path("/dev/shm")  # noqa: S108 - whoever asks makes a folder of their own inside it
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else None
