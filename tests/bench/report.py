"""The figures as a page people read and a file programs read."""

import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

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
    "trail, s": 2.0,
}
"""What the product is to reach; statements, seconds and MB at most, what is taken in at least."""
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


def write(installations: Sequence[Installation], folder: Path, *, day: str) -> None:
    """Write the table and the JSON into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = {
        "day": day,
        "machine": machine(),
        "gates": GATES,
        "installations": [asdict(each) for each in installations],
    }
    (folder / "latest.json").write_text(
        json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (folder / "README.md").write_text(_page(installations, day), encoding="utf-8")


def _page(installations: Sequence[Installation], day: str) -> str:
    parts = [HEAD.format(day=day, machine=machine())]
    for each in installations:
        parts.append(
            f"## {each.database}, sample “{each.sample}”\n\n"
            f"Loading the sample {each.load_s:.0f} s, {each.size_mb:.0f} MB; start to first answer "
            f"{each.start_s:.2f} s; resident after the load {each.resident_mb:.0f} MB per worker.\n"
        )
        parts.append(table(PAGE_HEAD, [_page_row(page) for page in each.pages]))
    parts.append("## Taking in a list of chairs\n")
    parts.append(table(LIST_HEAD, [_list_row(each.list_) for each in installations]))
    parts.append("## Questions to the audit trail\n")
    asked = [_trail_row(each.database, one) for each in installations for one in each.trail]
    parts.append(table(TRAIL_HEAD, asked))
    parts.append("## Against what is to be reached\n")
    parts.extend(
        table((each.database, "to reach", "here"), list(_against(each))) for each in installations
    )
    return "\n".join(parts) + "\n"


def _against(each: Installation) -> Iterator[list[str]]:
    pages = {page.name: page for page in each.pages}
    shown = [page for page in each.pages if page.name != SAVING]
    most = max(shown, key=lambda page: page.p95_ratio.median)
    yield at_most("CPU ÷ floor, a list of 50", pages[LIST_PAGE].cpu_ratio.median, GATES["cpu"])
    yield at_most(f"p95 ÷ floor, most: {most.name}", most.p95_ratio.median, GATES["p95"])
    yield at_most("p95 ÷ floor, saving a note", pages[SAVING].p95_ratio.median, GATES["p95"])
    yield at_most("statements, most", max(page.statements for page in shown), GATES["statements"])
    yield at_least("taking in a list ÷ floor", each.list_.ratio.median, GATES["taking in"])
    yield at_most("memory of a worker, MB", each.resident_mb, GATES["memory, MB"])
    yield at_most("start, s", each.start_s, GATES["start, s"])
    for one in each.trail:
        yield at_most(f"{one.name}, s", one.seconds.median, GATES["trail, s"])


def at_most(what: str, figure: float, gate: float) -> list[str]:
    """Return a figure beside what it is to stay under."""
    return [what, f"≤ {gate:g}", f"{figure:.3g}" + ("" if figure <= gate else ": not yet")]


def at_least(what: str, figure: float, gate: float) -> list[str]:
    """Return a figure beside what it is to reach."""
    return [what, f"≥ {gate:g}", f"{figure:.3g}" + ("" if figure >= gate else ": not yet")]


def _page_row(page: Measured) -> list[str]:
    return [
        page.name,
        str(page.statements),
        spread(page.cpu_us, 1000, 1),
        spread(page.floor_cpu_us, 1000, 1),
        f"**{page.cpu_ratio.median:.1f}** ({page.cpu_ratio.least:.1f}–{page.cpu_ratio.most:.1f})",
        spread(page.p50_ms, 1, 0),
        spread(page.p95_ms, 1, 0),
        spread(page.floor_p95_ms, 1, 0),
        f"**{page.p95_ratio.median:.1f}** ({page.p95_ratio.least:.1f}–{page.p95_ratio.most:.1f})",
    ]


def _list_row(list_: TakenIn) -> list[str]:
    return [
        list_.database,
        f"{list_.rows:,}",
        spread(list_.read_s, 1, 2),
        spread(list_.seconds, 1, 2),
        spread(list_.floor_seconds, 1, 3),
        f"{list_.ratio.median:.3f}",
    ]


def _trail_row(database: str, one: Asked) -> list[str]:
    return [
        database,
        one.name,
        f"{one.entries:,}",
        f"{one.named:,}",
        f"{one.found:,}",
        spread(one.seconds, 1, 2),
    ]


def spread(figure: Spread, unit: float, digits: int) -> str:
    """Return a figure with the least and the most of the rounds."""
    median, least, most = (
        f"{each / unit:.{digits}f}" for each in (figure.median, figure.least, figure.most)
    )
    return f"{median} ({least}–{most})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def machine() -> str:
    """Return what it was measured on."""
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
HEAD = """# How fast it is

`make bench` on {day}: {machine}. Medians over the rounds of one run, least and most in brackets.

Every errand is asked of the product (two workers; access rules, audit rows and layout included)
and, in the same round, of its floor: a bare ASGI function that sends the very same statements
through the driver itself, commits the same audit rows and prints the rows it gets. Milliseconds
are this machine's, which other work disturbs; the ratios are what to compare. p50 and p95 are
those of sixteen connections at once. Files are in [files.md](files.md).
"""
