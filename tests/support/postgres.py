"""A PostgreSQL of the tests' own, unless CRM_TEST_DATABASE_URL names one."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.support.folders import in_memory

MISSING = (
    "PostgreSQL was not found. Install it (Debian: apt-get install postgresql) or set "
    "CRM_TEST_DATABASE_URL=postgresql+psycopg://USER@HOST/NAME of a database the tests may use."
)


def server_programs() -> Path | None:
    """Return the folder with initdb and postgres, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    onpath = shutil.which("initdb")
    return Path(onpath).parent if onpath else None


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Run a throw-away cluster on a Unix socket and yield its URL without a database name.

    A test's data need not survive the machine: it stays in memory unless it is `durable`.
    """
    programs = server_programs()
    if programs is None:
        raise RuntimeError(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="crm-pg-", dir=None if durable else in_memory()))
    # PostgreSQL refuses to run as root; Debian's own account takes its place
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")
    port = _free_port()
    data = folder / "data"
    _run(
        [
            *user,
            programs / "initdb",
            "-D",
            data,
            "-U",
            "crm",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
    )
    options = f"-k {folder} -h '' -p {port} -c max_connections=60"
    if not durable:
        options += " -c fsync=off -c full_page_writes=off -c max_wal_size=256MB"
    _run(
        [*user, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"]
    )
    try:
        yield f"postgresql+psycopg://crm@/{{}}?host={folder}&port={port}"
    finally:
        _run([*user, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


PRODUCT_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'crm_tests') THEN
    CREATE ROLE crm_tests LOGIN IN ROLE crm_app;
  END IF;
END $$
"""
"""Makes the role the product works as here: it owns nothing and passes no policy."""


def as_product(url: str) -> str:
    """Return a server's URL for `PRODUCT_ROLE`."""
    said = make_url(url).set(username="crm_tests").render_as_string(hide_password=False)
    return said.replace("%7B%7D", "{}")


def _run(command: list[object]) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd="/")  # noqa: S603 - fixed programs


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
