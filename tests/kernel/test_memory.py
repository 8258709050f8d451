"""Memory that is no longer needed goes back to the machine."""

import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, pathlib
from crm.kernel.memory import given_back, keep_little

def resident_mb():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 // 1_000_000

async def wait():
    async with given_back(0.02):
        await asyncio.sleep(0.5)

keep_little()
many = [bytes(100_000) for _ in range(1_500)]
most = resident_mb()
last = many[-1]
del many
asyncio.run(wait())
print(most - resident_mb())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is told")
def test_what_is_freed_under_a_block_still_in_use_goes_back() -> None:
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert int(told.stdout) > 100
