"""A process that is killed while it makes files leaves none of them behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKING = """
from crm.formats.protected import protect
from crm.rosters.files import write_file
from crm.rosters.models import RosterFormat
from tests.bench.files import draft
while True:
    protect(write_file(draft(300, RosterFormat.XLSX)), "word")
    print("made", flush=True)
    write_file(draft(300, RosterFormat.PDF))
"""


def test_a_killed_maker_leaves_no_file(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    making = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-B", "-c", MAKING],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert making.stdout is not None
    assert making.stdout.readline() == b"made\n"

    # it is typesetting now, or soon writes the next sheet; its child goes with it
    os.killpg(making.pid, signal.SIGKILL)
    making.wait()
    making.stdout.close()

    assert list(tmp_path.rglob("*")) == []
