"""A month of strengthening days as a PDF, made beside the request that asked for it."""

from collections.abc import Iterable, Sequence
from typing import Any

from crm.jobs.papers import Asked, Paper, paper_job
from crm.kernel.clock import local_day
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki
from crm.strengthening.months import DayTotals, Month, MonthReport, report_of
from crm.strengthening.paper import span, whom
from crm.strengthening.results import Totals

MAKE = "strengthening.report"
REPORT_TITLE = "訪問強化日の計画と結果"
COUNTS = ("計画", "面談・電話", "不在", "未訪問", "計画外", "確保", "転用")
"""Whom to see and what came of it, then the hours."""
NUMBERS = ("auto",) * len(COUNTS)
FOOT = (
    "件数と時間だけを載せています。"
    "「計画外」は計画のほかに面談した数、「確保」と「転用」は時間です。"
)


@paper_job(MAKE)
def month_paper(db: ScopedSession, asked: Asked) -> Paper:
    """Return the days of a month of the actor's station: counts alone, nobody named."""
    month = Month(asked.args["year"], asked.args["number"])
    report = report_of(db, month)
    data = {
        "title": REPORT_TITLE,
        "as_of": f"{wareki(local_day(asked.now))}現在",
        "unit": asked.actor.station_name,
        "caution": "",
        "number": month.label,
        "foot": asked.imprint.lines,
        "name": month.label,
        "reference": "",
        "none": "この月の強化日はありません。",
        "sections": _sections(report),
    }
    return Paper(f"{REPORT_TITLE}_{month.label}.pdf", "sections", data)


def _sections(report: MonthReport) -> list[dict[str, Any]]:
    by_day = [_row(_day(day), day.totals) for day in report.days]
    by_unit = [_row(name, totals) for name, totals in report.units.items()]
    total = [_row("計", report.total)] if report.days else []
    return [
        _section("日別", "強化日・対象", by_day),
        _section("交番・駐在所別", "交番・駐在所", [*by_unit, *total], FOOT),
        *_diverted(report.diverted),
    ]


def _section(
    title: str, first: str, rows: Sequence[Sequence[str]], remark: str = ""
) -> dict[str, Any]:
    return {
        "title": title,
        "headings": [first, *COUNTS],
        "widths": ["1fr", *NUMBERS],
        "counted": list(range(1, len(COUNTS) + 1)),
        "rows": rows,
        "remark": remark,
    }


def _diverted(diverted: Iterable[tuple[str, str, int]]) -> list[dict[str, Any]]:
    rows = [[name, what, f"{hours}時間"] for name, what, hours in diverted]
    headings = ["交番・駐在所", "転用した勤務", "時間"]
    table = {"title": "転用した勤務", "headings": headings, "rows": rows, "remark": ""}
    return [table | {"widths": ["1fr", "2fr", "auto"]}] if rows else []


def _day(day: DayTotals) -> str:
    plan = day.plan
    boxes = "、".join(whom(plan, unit.unit_id) for unit in plan.units)
    return "\n".join(text for text in (span(plan), plan.day.purpose, boxes) if text)


def _row(first: str, totals: Totals) -> list[str]:
    return [first, *(str(number) for number in totals)]
