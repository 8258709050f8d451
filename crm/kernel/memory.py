"""What the C library is told about memory: give back what is no longer needed.

Without it a process keeps the most it ever used, once for each of its threads: a sign-in hashes
with 19 MiB, and the page of a whole prefecture needs tens of them for a second.
"""

import asyncio
import contextlib
import ctypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# malloc.h of glibc
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
ARENAS = 2
OWN_BLOCK_BYTES = 256 * 1024
EVERY_S = 60.0


def keep_little() -> None:
    """Let threads share two arenas, and large blocks go back at once. Effect on glibc only."""
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_ARENA_MAX, ARENAS)
        library.mallopt(M_MMAP_THRESHOLD, OWN_BLOCK_BYTES)


@asynccontextmanager
async def given_back(every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Give free memory back to the machine each minute, as long as the context lasts."""
    giving = asyncio.create_task(_give_back(every_s))
    try:
        yield
    finally:
        giving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await giving


async def _give_back(every_s: float) -> None:
    with contextlib.suppress(OSError, AttributeError):
        trim = ctypes.CDLL(None).malloc_trim
        while True:
            await asyncio.sleep(every_s)
            await asyncio.to_thread(trim, 0)
