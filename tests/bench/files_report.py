"""The figures of files as a page people read and a file programs read."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.bench.beside import Beside
from tests.bench.files import Written
from tests.bench.report import at_least, at_most, machine, spread, table

GATES = {
    "PDF of 1,000, s": 3.0,
    "PDF of 10,000, s": 20.0,
    "XLSX": 0.1,
    "CSV": 0.35,
    "page beside a PDF": 2.0,
}
"""What the product is to reach; seconds and a page's time at most, shares of the floor at least."""


def write(files: Sequence[Written], beside: Sequence[Beside], folder: Path, *, day: str) -> None:
    """Write the tables and the JSON into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = {
        "day": day,
        "commit": _commit(),
        "machine": machine(),
        "gates": GATES,
        "files": [asdict(each) for each in files],
        "beside": [asdict(each) for each in beside],
    }
    (folder / "files.json").write_text(
        json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    parts = [
        HEAD.format(day=day, commit=_commit(), machine=machine()),
        table(FILE_HEAD, [_file_row(file) for file in files]),
        BESIDE,
        table(BESIDE_HEAD, [_beside_row(one) for one in beside]),
        "## Against what is to be reached\n",
        table(("files", "to reach", "here"), [*_against(files), *_beside_against(beside)]),
    ]
    (folder / "files.md").write_text("\n".join(parts), encoding="utf-8")


def _against(files: Sequence[Written]) -> Iterator[list[str]]:
    for file in files:
        kind = file.name.rpartition(" ")[2]
        seconds = GATES.get(f"{kind} of {file.rows:,}, s")
        if seconds:
            yield at_most(f"{file.name} of {file.rows:,}, s", file.seconds.median, seconds)
        elif file.ratio and kind in GATES:
            yield at_least(f"{file.name} of {file.rows:,} ÷ floor", file.ratio.median, GATES[kind])


def _beside_against(beside: Sequence[Beside]) -> Iterator[list[str]]:
    for one in beside:
        if one.document.endswith("PDF"):
            what = f"page beside {one.document} of {one.rows:,} ÷ alone"
            yield at_most(what, one.ratio, GATES["page beside a PDF"])


def _file_row(file: Written) -> list[str]:
    return [
        file.name,
        f"{file.rows:,}",
        spread(file.seconds, 1, 2),
        spread(file.floor_seconds, 1, 2) if file.floor_seconds else "",
        f"{file.ratio.median:.2f}" if file.ratio else "",
        f"{file.grown_mb:.0f}",
        f"{file.child_mb:.0f}" if file.child_mb else "",
    ]


def _beside_row(one: Beside) -> list[str]:
    return [
        one.document,
        f"{one.rows:,}",
        spread(one.alone_ms, 1, 0),
        spread(one.beside_ms, 1, 0),
        f"**{one.ratio:.2f}**",
        f"{one.worker_alone_mb:.0f}",
        f"{one.worker_beside_mb:.0f}",
    ]


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - fixed words


FILE_HEAD = (
    "file",
    "rows",
    "seconds",
    "floor seconds",
    "floor ÷ ours",
    "memory grown, MB",
    "most memory of the process beside, MB",
)
BESIDE_HEAD = (
    "document",
    "rows",
    "page alone, ms",
    "page beside it, ms",
    "beside ÷ alone",
    "worker alone, MB",
    "worker beside it, at most, MB",
)
HEAD = """# How long files take

`python -m tests.bench --only files` on {day} at {commit}: {machine}. Medians over the rounds of
one run, least and most in brackets. Each file is written in a process of its own; the floor of a
sheet writes the least XML a spreadsheet program opens, that of a text reads the cells and writes
nothing. A PDF is typeset in a process beside the one that asks for it.
"""
BESIDE = """## A page while a document is made

The list of 50 of a station, asked for over and over by one browser of a server with one process:
alone, and while that server makes the document. On two CPUs the typesetter takes one.
"""
