"""Our own interpreter, started anew for work that may take too much or be given what harms it."""

import subprocess
import sys
from collections.abc import Sequence


def answer_of(
    arguments: Sequence[str], given: bytes, *, timeout_s: float
) -> subprocess.CompletedProcess[bytes]:
    """Run Python with `arguments`, `given` on its standard input, and return what came of it.

    It sees no variable of ours and no folder but the system's. Raises `TimeoutExpired`.
    """
    return subprocess.run(  # noqa: S603 - our own interpreter and our own files, no shell
        [sys.executable, "-I", *arguments],
        input=given,
        capture_output=True,
        timeout=timeout_s,
        env={},
        check=False,
    )
