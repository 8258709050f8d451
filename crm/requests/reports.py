"""The page of a quarter as a PDF, made beside the request that asked for it."""

from collections.abc import Sequence
from typing import Any

from crm.jobs.papers import Asked, Paper, paper_job
from crm.kernel.clock import local_day
from crm.kernel.i18n import N_
from crm.kernel.quarters import Quarter
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki
from crm.requests import queries
from crm.requests.models import TOPIC_LABELS
from crm.requests.summary import Counted, Summary, summarize

MAKE = "requests.report"
REPORT_TITLE = "意見・要望のまとめ"
REST = N_("その他（３件未満を合わせたもの）")
HEADINGS = ("受理", "措置済", "対応困難", "引継ぎ", "回答未了")


@paper_job(MAKE)
def report(db: ScopedSession, asked: Asked) -> Paper:
    """Return what the actor's station heard in a quarter: counts alone."""
    quarter = Quarter(asked.args["year"], asked.args["number"])
    today = local_day(asked.now)
    voices = queries.voices_of(db, asked.actor, quarter, today)
    summary = summarize(voices, TOPIC_LABELS.__getitem__, rest=REST)
    data = {
        "title": REPORT_TITLE,
        "quarter": quarter.label,
        "span": f"{wareki(quarter.first)}から{wareki(quarter.last)}まで",
        "as_of": f"{wareki(today)}現在",
        "unit": asked.actor.station_name,
        "headings": list(HEADINGS),
        "tables": _tables(summary),
        "total": [str(number) for number in summary.total[1:]],
        "none": "この四半期に受理した意見・要望はありません。",
        "foot": asked.imprint.lines,
        "remark": "件数だけを載せ、３件に満たない行は合わせています。",
    }
    return Paper(f"{REPORT_TITLE}_{quarter.label}.pdf", "requests", data)


def _tables(summary: Summary) -> list[dict[str, Any]]:
    return [
        {"title": "分野別", "first": "分野", "rows": _rows(summary.topics)},
        {"title": "区域別", "first": "区域・受けた所属", "rows": _rows(summary.places)},
    ]


def _rows(counted: Sequence[Counted]) -> list[list[str]]:
    return [[row.label, *(str(number) for number in row[1:])] for row in counted]
