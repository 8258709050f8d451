"""What the C library and the collector are told about memory.

Free memory is given back. Without it a process keeps the most it ever used, once for each of its
threads: a sign-in hashes with 19 MiB, and the page of a whole prefecture needs tens of them for a
second.
"""

import asyncio
import contextlib
import ctypes
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

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


def settle() -> None:
    """Let the collector leave alone, for good, what the process has built until now."""
    gc.collect()
    gc.freeze()


@contextmanager
def keeping_all() -> Iterator[None]:
    """Look for no garbage while the block makes thousands of objects that it keeps.

    The collector would go through all of them again and again and find nothing: a quarter of the
    time it takes to take in a list.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


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
