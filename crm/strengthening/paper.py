"""The list of a box on paper: an export on record, with what a visit needs and nothing more."""

import datetime as dt
from dataclasses import asdict
from typing import Any
from uuid import UUID

from crm.contacts.models import HolderKeys
from crm.exports.models import Export, ExportKind
from crm.exports.papers import paper_maker
from crm.exports.service import ExportFacts, Making, Taking, register_export
from crm.jobs.papers import Paper
from crm.kernel.actor import Actor
from crm.kernel.errors import NotFound, Refused
from crm.kernel.i18n import N_, translate
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki, wareki_short
from crm.strengthening import queries
from crm.strengthening.models import REASON_LABELS
from crm.strengthening.queries import Plan
from crm.strengthening.results import Target, UnitLine

TITLE = "巡回連絡強化日　訪問先"
PURPOSE = "巡回連絡強化日の訪問"
CAUTION = "取扱注意・署内限り"
HEADINGS = ("氏名・団体名", "区域・住所", "役職・訪問の理由", "配慮事項", "前回", "結果")
WIDTHS = ("34mm", "38mm", "42mm", "1fr", "auto", "12mm")
FIELDS = ("氏名・団体名", "ふりがな", "区域", "住所", "役職", "訪問の理由", "配慮事項", "前回")
FOOT = "結果は、活動として記録します。訪問の後、この紙は廃棄します。"


def ask_for_list(
    db: ScopedSession,
    actor: Actor,
    day_id: UUID,
    unit_id: UUID,
    taking: Taking,
    *,
    now: dt.datetime,
) -> Export:
    """Ask for the list of a box; NotFound where it takes no part, Refused where it sees nobody."""
    plan = queries.plan_of(db, day_id)
    aims = [aim for aim in plan.aims if aim.unit_id == unit_id]
    name = part_of(plan, unit_id).unit_name
    if not aims:
        raise Refused(N_("この交番・駐在所の訪問先は、まだ選ばれていません。"))
    people = sum(aim.holder.person_id is not None for aim in aims)
    facts = ExportFacts(
        kind=ExportKind.VISIT_LIST,
        title=f"{TITLE}　{wareki(plan.day.first_on)}　{name}",
        purpose=PURPOSE,
        format="pdf",
        people=people,
        organizations=len(aims) - people,
        fields=FIELDS,
        args={"day": str(day_id), "unit": str(unit_id)},
        **asdict(taking),
    )
    return register_export(db, actor, facts, now=now)


@paper_maker(ExportKind.VISIT_LIST)
def visit_list(db: ScopedSession, making: Making) -> Paper:
    """Return the list asked for, as it stands now."""
    export = making.export
    unit_id = UUID(export.args["unit"])
    plan = queries.plan_of(db, UUID(export.args["day"]))
    targets, _ = queries.targets_of(db, plan, unit_id)
    data = {
        "title": TITLE,
        "caution": CAUTION,
        "as_of": span(plan),
        "unit": making.actor.station_name,
        "number": export.number,
        "foot": making.imprint.lines,
        "name": whom(plan, unit_id),
        "reference": "",
        "none": "訪問先はありません。",
        "sections": [
            {
                "title": plan.day.purpose or "訪問先",
                "headings": list(HEADINGS),
                "widths": list(WIDTHS),
                "rows": [_row(target) for target in targets],
                "remark": FOOT,
            }
        ],
    }
    name = f"{TITLE.replace('　', '_')}_{export.number}.pdf"
    return Paper(name, "sections", data, *HolderKeys.of(target.who.holder for target in targets))


def part_of(plan: Plan, unit_id: UUID) -> UnitLine:
    """Return a box's part in a day; NotFound where it takes none."""
    for unit in plan.units:
        if unit.unit_id == unit_id:
            return unit
    raise NotFound


def whom(plan: Plan, unit_id: UUID) -> str:
    """Return what a box is called, with the areas it is limited to."""
    areas, name = plan.areas_of(unit_id), part_of(plan, unit_id).unit_name
    return f"{name}（{'、'.join(areas)}）" if areas else name


def span(plan: Plan) -> str:
    """Return the day, or the first and the last."""
    first, last = plan.day.first_on, plan.day.last_on
    if first == last:
        return wareki(first, weekday=True)
    return f"{wareki(first, weekday=True)}から{wareki(last, weekday=True)}まで"


def _row(target: Target) -> list[Any]:
    who = target.who
    return [
        {"name": who.name, "kana": who.furigana},
        _lines(target.areas, target.address),
        _kept(_lines(target.posts, translate(REASON_LABELS[target.reason]))),
        who.care_note,
        wareki_short(target.last_on) if target.last_on else "なし",
        "",
    ]


def _kept(names: str) -> dict[str, str]:
    """Return a cell that breaks between names."""
    return {"name": names, "kana": ""}


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)
