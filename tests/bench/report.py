"""The figures as a page people read and a file programs read."""

import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.files import Written
from tests.bench.lists import TakenIn
from tests.bench.pages import Measured, Spread
from tests.bench.trail import Asked

GATES = {
    "cpu": 4.0,
    "p95": 5.0,
    "statements": 8,
    "taking in": 0.05,
    "memory, MB": 180,
    "start, s": 3.0,
    "PDF of 1,000, s": 3.0,
    "PDF of 10,000, s": 20.0,
    "XLSX": 0.1,
    "CSV": 0.35,
    "trail, s": 2.0,
}
"""What the product is to reach; statements, seconds and MB at most, ratios of files at least."""
LIST_PAGE, SAVING = "list of 50", "saving a note"


@dataclass(frozen=True, slots=True)
class Installation:
    """One database's part of the run."""

    database: str
    sample: str
    load_s: float
    size_mb: float
    start_s: float
    resident_mb: float
    pages: Sequence[Measured]
    list_: TakenIn
    trail: Sequence[Asked]


def write(
    installations: Sequence[Installation], files: Sequence[Written], folder: Path, *, day: str
) -> None:
    """Write the table and the JSON into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = {
        "day": day,
        "machine": _machine(),
        "gates": GATES,
        "installations": [asdict(each) for each in installations],
        "files": [asdict(each) for each in files],
    }
    (folder / "latest.json").write_text(
        json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (folder / "README.md").write_text(_page(installations, files, day), encoding="utf-8")


def _page(installations: Sequence[Installation], files: Sequence[Written], day: str) -> str:
    parts = [HEAD.format(day=day, machine=_machine())]
    for each in installations:
        parts.append(
            f"## {each.database}, sample “{each.sample}”\n\n"
            f"Loading the sample {each.load_s:.0f} s, {each.size_mb:.0f} MB; start to first answer "
            f"{each.start_s:.2f} s; resident after the load {each.resident_mb:.0f} MB per worker.\n"
        )
        parts.append(_table(PAGE_HEAD, [_page_row(page) for page in each.pages]))
    parts.append("## Taking in a list of chairs\n")
    parts.append(_table(LIST_HEAD, [_list_row(each.list_) for each in installations]))
    parts.append("## Questions to the audit trail\n")
    asked = [_trail_row(each.database, one) for each in installations for one in each.trail]
    parts.append(_table(TRAIL_HEAD, asked))
    parts.append("## Files\n")
    parts.append(_table(FILE_HEAD, [_file_row(file) for file in files]))
    parts.append("## Against what is to be reached\n")
    parts.extend(
        _table((each.database, "to reach", "here"), list(_against(each))) for each in installations
    )
    parts.append(_table(("files", "to reach", "here"), list(_files_against(files))))
    return "\n".join(parts) + "\n"


def _against(each: Installation) -> Iterator[list[str]]:
    pages = {page.name: page for page in each.pages}
    shown = [page for page in each.pages if page.name != SAVING]
    most = max(shown, key=lambda page: page.p95_ratio.median)
    yield _at_most("CPU ÷ floor, a list of 50", pages[LIST_PAGE].cpu_ratio.median, GATES["cpu"])
    yield _at_most(f"p95 ÷ floor, most: {most.name}", most.p95_ratio.median, GATES["p95"])
    yield _at_most("p95 ÷ floor, saving a note", pages[SAVING].p95_ratio.median, GATES["p95"])
    yield _at_most("statements, most", max(page.statements for page in shown), GATES["statements"])
    yield _at_least("taking in a list ÷ floor", each.list_.ratio.median, GATES["taking in"])
    yield _at_most("memory of a worker, MB", each.resident_mb, GATES["memory, MB"])
    yield _at_most("start, s", each.start_s, GATES["start, s"])
    for one in each.trail:
        yield _at_most(f"{one.name}, s", one.seconds.median, GATES["trail, s"])


def _files_against(files: Sequence[Written]) -> Iterator[list[str]]:
    for file in files:
        kind = file.name.rpartition(" ")[2]
        seconds = GATES.get(f"{kind} of {file.rows:,}, s")
        if seconds:
            yield _at_most(f"{file.name} of {file.rows:,}, s", file.seconds.median, seconds)
        elif file.ratio and kind in GATES:
            yield _at_least(f"{file.name} of {file.rows:,} ÷ floor", file.ratio.median, GATES[kind])


def _at_most(what: str, figure: float, gate: float) -> list[str]:
    return [what, f"≤ {gate:g}", f"{figure:.3g}" + ("" if figure <= gate else ": not yet")]


def _at_least(what: str, figure: float, gate: float) -> list[str]:
    return [what, f"≥ {gate:g}", f"{figure:.3g}" + ("" if figure >= gate else ": not yet")]


def _page_row(page: Measured) -> list[str]:
    return [
        page.name,
        str(page.statements),
        _spread(page.cpu_us, 1000, 1),
        _spread(page.floor_cpu_us, 1000, 1),
        f"**{page.cpu_ratio.median:.1f}** ({page.cpu_ratio.least:.1f}–{page.cpu_ratio.most:.1f})",
        _spread(page.p50_ms, 1, 0),
        _spread(page.p95_ms, 1, 0),
        _spread(page.floor_p95_ms, 1, 0),
        f"**{page.p95_ratio.median:.1f}** ({page.p95_ratio.least:.1f}–{page.p95_ratio.most:.1f})",
    ]


def _list_row(list_: TakenIn) -> list[str]:
    return [
        list_.database,
        f"{list_.rows:,}",
        _spread(list_.read_s, 1, 2),
        _spread(list_.seconds, 1, 2),
        _spread(list_.floor_seconds, 1, 3),
        f"{list_.ratio.median:.3f}",
    ]


def _trail_row(database: str, one: Asked) -> list[str]:
    return [
        database,
        one.name,
        f"{one.entries:,}",
        f"{one.named:,}",
        f"{one.found:,}",
        _spread(one.seconds, 1, 2),
    ]


def _file_row(file: Written) -> list[str]:
    return [
        file.name,
        f"{file.rows:,}",
        _spread(file.seconds, 1, 2),
        _spread(file.floor_seconds, 1, 2) if file.floor_seconds else "",
        f"{file.ratio.median:.2f}" if file.ratio else "",
        f"{file.grown_mb:.0f}",
    ]


def _spread(figure: Spread, unit: float, digits: int) -> str:
    median, least, most = (
        f"{each / unit:.{digits}f}" for each in (figure.median, figure.least, figure.most)
    )
    return f"{median} ({least}–{most})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{model}, Python {platform.python_version()}"


PAGE_HEAD = (
    "errand",
    "statements",
    "CPU ms",
    "floor CPU ms",
    "CPU ÷ floor",
    "p50 ms",
    "p95 ms",
    "floor p95 ms",
    "p95 ÷ floor",
)
LIST_HEAD = (
    "database",
    "rows",
    "reading, s",
    "applying, s",
    "the same rows by the driver, s",
    "floor ÷ ours",
)
TRAIL_HEAD = ("database", "question", "entries", "names beside", "lines of the answer", "seconds")
FILE_HEAD = ("file", "rows", "seconds", "floor seconds", "floor ÷ ours", "memory grown, MB")
HEAD = """# How fast it is

`make bench` on {day}: {machine}. Medians over the rounds of one run, least and most in brackets.

Every errand is asked of the product (two workers; access rules, audit rows and layout included)
and, in the same round, of its floor: a bare ASGI function that sends the very same statements
through the driver itself, commits the same audit rows and prints the rows it gets. Milliseconds
are this machine's, which other work disturbs; the ratios are what to compare. p50 and p95 are
those of sixteen connections at once.
"""
