"""The page of a quarter as a PDF, made beside the request that asked for it."""

from collections.abc import Sequence
from typing import Any

from crm.formats.pdf import render_pdf
from crm.jobs.service import Made, Work, job
from crm.kernel.clock import local_day
from crm.kernel.i18n import N_
from crm.kernel.quarters import Quarter
from crm.kernel.wareki import wareki
from crm.requests import queries
from crm.requests.models import TOPIC_LABELS
from crm.requests.summary import Counted, Summary, summarize

MAKE = "requests.report"
TIMEOUT_S = 60
REPORT_TITLE = "意見・要望のまとめ"
REST = N_("その他（３件未満を合わせたもの）")
HEADINGS = ("受理", "措置済", "対応困難", "引継ぎ", "回答未了")


@job(MAKE, timeout_s=TIMEOUT_S)
def make_report(work: Work) -> None:
    """Typeset what the requester's station heard in a quarter: counts alone."""
    quarter = Quarter(work.args["year"], work.args["number"])
    today = local_day(work.now)
    with work.reading() as db:
        voices = queries.voices_of(db, work.actor, quarter, today)
    summary = summarize(voices, TOPIC_LABELS.__getitem__, rest=REST)
    data = {
        "title": REPORT_TITLE,
        "quarter": quarter.label,
        "span": f"{wareki(quarter.first)}から{wareki(quarter.last)}まで",
        "as_of": f"{wareki(today)}現在",
        "unit": work.actor.station_name,
        "headings": list(HEADINGS),
        "tables": _tables(summary),
        "total": [str(number) for number in summary.total[1:]],
        "none": "この四半期に受理した意見・要望はありません。",
        "foot": work.imprint.lines,
        "remark": "件数だけを載せ、３件に満たない行は合わせています。",
    }
    content = render_pdf("requests", data, timeout_s=TIMEOUT_S, created_at=work.now)
    name = f"{REPORT_TITLE}_{quarter.label}.pdf"
    with work.finishing(Made(name, "application/pdf", content)):
        pass


def _tables(summary: Summary) -> list[dict[str, Any]]:
    return [
        {"title": "分野別", "first": "分野", "rows": _rows(summary.topics)},
        {"title": "区域別", "first": "区域・受けた所属", "rows": _rows(summary.places)},
    ]


def _rows(counted: Sequence[Counted]) -> list[list[str]]:
    return [[row.label, *(str(number) for number in row[1:])] for row in counted]
