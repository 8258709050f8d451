"""The table of docs/proofs.md: a row for each goal, kept from the day it was proven until the next.

A row is written as soon as its goal was tried, so that a run can be interrupted and goes on where
it was; it says on which day and at which commit that was.
"""

import datetime as dt
import platform
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.proof.proofs import Outcome, Proof

TABLE = Path(__file__).parents[2] / "docs" / "proofs.md"
START, END = "<!-- measured -->\n", "<!-- end -->\n"
HEADINGS = ("goal", "claim", "cases", "wrong", "CPU s", "proven", "remark")
COLUMNS = "|---|---|---:|---:|---:|---|---|"


def row_of(one: Proof, outcome: Outcome, seconds: float, *, at: str) -> str:
    """Return what is written of a goal that was tried just now, at the commit `at`."""
    figures = (f"{outcome.tried:,}", f"{outcome.wrong:,}", f"{seconds:,.0f}")
    # a remark may quote what went wrong, whatever signs are in it
    remark = " ".join(outcome.remark.replace("|", "/").split())
    proven = f"{dt.datetime.now(dt.UTC):%Y-%m-%d} {at}"
    return f"| {' | '.join((one.goal, one.claim, *figures, proven, remark))} |"


def proven_at(commit: str, text: str) -> set[str]:
    """Return the goals whose rows say that they were proven at `commit`, nothing being wrong."""
    rows = {goal: [cell.strip() for cell in row.split("|")] for goal, row in _rows(text).items()}
    return {goal for goal, row in rows.items() if row[6].endswith(f" {commit}") and row[4] == "0"}


def with_row(text: str, row: str, order: list[str]) -> str:
    """Return the page with the row of one goal in the place of its former one."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    rows = {**_rows(text), _goal_of(row): row}
    known = [rows[goal] for goal in order if goal in rows]
    return before + START + "\n".join(_table(known)) + "\n\n" + END + after


def commit() -> str:
    """Return the short name of what is proven, with a plus where the files differ from it."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", "../crm", "../tests")
    return (_git("rev-parse", "--short=7", "HEAD") or "unknown") + ("+" if changed else "")


def _git(*words: str) -> str:
    found = subprocess.run(["git", *words], capture_output=True, check=False, cwd=TABLE.parent)  # noqa: S603, S607 - the checkout's own git, if there is one
    return found.stdout.decode().strip()


def _rows(text: str) -> dict[str, str]:
    _, _, rest = text.partition(START)
    lines = rest.partition(END)[0].splitlines()
    return {_goal_of(line): line for line in lines if line.startswith("| G")}


def _goal_of(row: str) -> str:
    return row.split("|")[1].strip()


def _table(rows: list[str]) -> Iterator[str]:
    yield f"\nPython {platform.python_version()}, {platform.machine()}.\n"
    yield f"| {' | '.join(HEADINGS)} |"
    yield COLUMNS
    yield from rows
