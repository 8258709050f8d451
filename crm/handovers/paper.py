"""A handover on paper: an export on record, for whoever takes the beat over."""

import datetime as dt
from dataclasses import asdict
from typing import Any
from uuid import UUID

from crm.contacts.models import HolderKeys
from crm.exports.models import Export, ExportKind
from crm.exports.papers import paper_maker
from crm.exports.service import ExportFacts, Making, Taking, register_export
from crm.handovers import queries
from crm.handovers.brief import Brief
from crm.jobs.papers import Paper
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.i18n import translate
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki, wareki_short
from crm.notes.models import OUTCOME_LABELS

TITLE = "受持区引継書"
PURPOSE = "受持区の引継ぎ"
CAUTION = "取扱注意・署内限り"
FIELDS = (
    *("必ず知っておくこと", "約束", "回答未了", "配慮事項", "直近の接触", "連絡員"),
    "空いている役職",
)


def ask_for_paper(
    db: ScopedSession,
    actor: Actor,
    unit_id: UUID,
    day: dt.date,
    taking: Taking,
    *,
    now: dt.datetime,
) -> Export:
    """Ask for the handover of a beat as of a day; NotFound for another station's."""
    brief = queries.brief_of(db, actor, unit_id, day)
    people = sum(holder.person_id is not None for holder in brief.holders)
    facts = ExportFacts(
        kind=ExportKind.HANDOVER,
        title=f"{TITLE}　{brief.name}",
        purpose=PURPOSE,
        format="pdf",
        people=people,
        organizations=len(brief.holders) - people,
        fields=FIELDS,
        args={"unit": str(unit_id), "day": day.isoformat()},
        **asdict(taking),
    )
    return register_export(db, actor, facts, now=now)


@paper_maker(ExportKind.HANDOVER)
def handover_paper(db: ScopedSession, making: Making) -> Paper:
    """Return the handover asked for, as it stands now."""
    export = making.export
    day = dt.date.fromisoformat(export.args["day"])
    brief = queries.brief_of(db, making.actor, UUID(export.args["unit"]), day)
    data = {
        "title": TITLE,
        "caution": CAUTION,
        "as_of": f"{wareki(day)}現在",
        "unit": making.actor.station_name,
        "number": export.number,
        "foot": making.imprint.lines,
        "name": brief.name,
        "reference": "",
        "none": "ありません。",
        "sections": sections_of(brief),
    }
    name = f"{TITLE}_{export.number}.pdf"
    return Paper(name, "sections", data, *HolderKeys.of(brief.holders))


def sections_of(brief: Brief) -> list[dict[str, Any]]:
    """Return what the paper says, part by part, in the order of the page."""
    return [
        _section("必ず知っておくこと", "内容:1fr 記載", _written(brief)),
        _section(
            "受持ち",
            "職員:1fr 区域:2fr",
            [[_names("、".join(brief.officers)), _names("、".join(brief.areas))]],
        ),
        _section(
            "約束",
            "日 相手:1fr",
            [[_day(one.next_on), one.who.name] for one in brief.promises],
        ),
        _section(
            "回答未了",
            "聞いた日 内容:1fr 状態",
            [[_day(one.heard_on), one.words, translate(one.state)] for one in brief.requests],
        ),
        _section(
            "配慮事項", "相手:1fr 内容:2fr", [[who.name, who.care_note] for who in brief.cares]
        ),
        _section(
            "直近の接触",
            "日 相手:1fr 結果 内容:2fr",
            [
                [
                    _day(one.on),
                    _names(one.names),
                    translate(OUTCOME_LABELS[one.outcome]),
                    one.words,
                ]
                for one in brief.contacts
            ],
        ),
        _section(
            "連絡員",
            "氏名・団体名:1fr 区域:1fr 前回 確認",
            [
                [
                    one.who.name,
                    one.areas,
                    _day(one.last_on),
                    "窓口担当者の確認要" if one.needs_review else "",
                ]
                for one in brief.liaisons
            ],
        ),
        _section(
            "空いている役職・まもなく終わる役職",
            "氏名・団体名:1fr 役職:1fr 終わり",
            [[one.who.name, one.post, _day(one.ends_on)] for one in brief.changes],
        ),
    ]


def _written(brief: Brief) -> list[list[str]]:
    if brief.written is None:
        return []
    on = _day(local_day(brief.written.updated_at))
    return [[brief.written.text, f"{on}　{brief.written.writer_name}"]]


def _section(title: str, columns: str, rows: list[list[Any]]) -> dict[str, Any]:
    """Return a table; `columns` are its headings, each with its width where it has one."""
    headings = [column.partition(":") for column in columns.split()]
    return {
        "title": title,
        "headings": [name for name, _, _ in headings],
        "widths": [width or "auto" for _, _, width in headings],
        "rows": rows,
        "remark": "",
    }


def _names(text: str) -> dict[str, str]:
    """Return a cell that breaks between names."""
    return {"name": text, "kana": ""}


def _day(day: dt.date | None) -> str:
    return wareki_short(day) if day else "なし"
