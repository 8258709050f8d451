"""次第 and 議事録 on paper: the first by a job, the second as an export, for it names people."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from crm.approvals.models import APPROVAL_STATE_LABELS
from crm.bulletins.models import Handling
from crm.consents.models import ConsentScope
from crm.consents.queries import grants_in_force
from crm.contacts.models import Holder, HolderKeys
from crm.exports.models import (
    EXPORT_RECIPIENT_LABELS,
    Export,
    ExportKind,
    ExportRecipient,
)
from crm.exports.papers import paper_maker
from crm.exports.service import MANY, ExportFacts, Making, Taking, register_export
from crm.formats.imprint import Imprint
from crm.jobs.asking import PaperOrder
from crm.jobs.models import Job
from crm.jobs.papers import Asked, Paper, order_paper, paper_job
from crm.kernel import audit
from crm.kernel.actor import Actor, whole_name
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound, Refused
from crm.kernel.i18n import N_, translate
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki, wareki_short
from crm.meetings.lines import PartyLine, WholeMeeting, when_and_where
from crm.meetings.models import Meeting, Presence
from crm.meetings.queries import meeting_of, whole_meeting
from crm.minutes import queries, version_queries
from crm.minutes.decisions import Decided, Standing, standing_of, version_name
from crm.minutes.lines import Carried, ItemLine, MatterLine, Whole
from crm.minutes.models import AgendaKind

MAKE = "minutes.agenda"
AGENDA = N_("次第")
MINUTES = "議事録"
PURPOSE = "議事録の作成"
CAUTION = "取扱注意"
FIELDS = ("氏名・団体名", "ふりがな", "役職", "議事の記載")
SCOPES = {
    EXPORT_RECIPIENT_LABELS[ExportRecipient.WITHIN]: ConsentScope.WITHIN_STATION,
}
"""What somebody must have agreed to, to be named to a recipient; else 他の連絡員への紹介."""
KANJI_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def ask_for_agenda(
    db: ScopedSession, actor: Actor, meeting_id: UUID, order: PaperOrder, *, now: dt.datetime
) -> Job:
    """Have the agenda of a meeting made and return the job; it names nobody who is on file."""
    meeting = meeting_of(db, meeting_id)
    args = {"meeting_id": str(meeting_id)}
    asked = order_paper(db, actor, MAKE, args, order, title=AGENDA, now=now)
    audit.record(db, actor, "agenda.printed", now=now, subject=("meeting", meeting.id))
    return asked


@paper_job(MAKE)
def agenda_paper(db: ScopedSession, asked: Asked) -> Paper:
    """Return the agenda as it stands, headed by what is carried over."""
    meeting = meeting_of(db, UUID(asked.args["meeting_id"]))
    whole = queries.whole_of(db, meeting.id)
    carried = queries.carried_to(db, meeting)
    data = _frame(meeting, asked.actor, asked.imprint) | agenda_data(meeting, whole, carried)
    return Paper(f"{AGENDA}.pdf", "proceedings", data)


def agenda_data(meeting: Meeting, whole: Whole, carried: Carried) -> dict[str, Any]:
    """Return what the sheet says; papers within the station are not on it."""
    open_matters = [
        *(_row(one.words, one.owner, one.due_on) for one in carried.actions),
        *(_row(asked.subject, f"意見・要望　{asked.number}", None) for asked in carried.requests),
    ]
    handed = [one.name for one in whole.papers if one.handling is not Handling.STATION_ONLY]
    return {
        "title": "次第",
        "facts": when_and_where(meeting),
        "attendees": [],
        "tables": [
            _table("前回から引き継いだ事項", ("事項", "担当", "期限"), open_matters),
        ],
        "items": _items(whole.items, {}),
        "after": [
            _table(
                "配付資料", ("", "名称"), [[f"資料{n}", name] for n, name in enumerate(handed, 1)]
            ),
        ],
        "stamps": [],
    }


def ask_for_minutes(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    taking: Taking,
    *,
    version_id: UUID | None = None,
    now: dt.datetime,
) -> Export:
    """Ask for the minutes on paper as they stand, or as a version left them.

    Refused before anybody wrote any, NotFound for a version that never was the minutes.
    """
    found = whole_meeting(db, meeting_id)
    whole = queries.whole_of(db, meeting_id)
    if whole.newest is None:
        raise Refused(N_("議事録はまだ書かれていません。"))
    version = whole.version(version_id or whole.newest.id)
    if version is None:
        raise NotFound
    came = [party.holder for party in found.parties if party.was_there]
    people = sum(holder.person_id is not None for holder in came)
    facts = ExportFacts(
        kind=ExportKind.MINUTES,
        title=f"{MINUTES}　{wareki(local_day(found.meeting.starts_at))}",
        purpose=PURPOSE,
        format="pdf",
        people=people,
        organizations=len(came) - people,
        fields=FIELDS,
        args={"meeting": str(meeting_id), "version": version.serial},
        **asdict(taking),
    )
    return register_export(db, actor, facts, now=now)


@paper_maker(ExportKind.MINUTES, beside={"pdf"}, many=MANY)
def minutes_paper(db: ScopedSession, making: Making) -> Paper:
    """Return a version of the minutes, naming of who came those who agreed to the recipient."""
    export, today = making.export, local_day(making.now)
    meeting_id = UUID(export.args["meeting"])
    found = whole_meeting(db, meeting_id)
    newest = queries.whole_of(db, meeting_id)
    serial = export.args.get("version", newest.revision)
    whole = version_queries.whole_as_left(db, newest, serial)
    came = [party for party in found.parties if party.was_there]
    named = _agreeing(db, came, export.recipient, today)
    data = minutes_data(found, whole, named, making)
    data["facts"].append(["版", _version(whole, newest.revision)])
    if export.recipient == EXPORT_RECIPIENT_LABELS[ExportRecipient.WITHIN]:
        _add_decisions(data, standing_of(db, meeting_id, whole))
    keys = HolderKeys.of(party.holder for party in named)
    return Paper(f"{MINUTES}_{export.number}.pdf", "proceedings", data, *keys)


def minutes_data(
    found: WholeMeeting,
    whole: Whole,
    named: Sequence[PartyLine],
    making: Making,
) -> dict[str, Any]:
    """Return what the minutes on paper say."""
    meeting = found.meeting
    texts = {section.agenda_item_id: section.lines for section in whole.sections}
    listed = {item.id for item in whole.items}
    rest = [
        line for one in whole.sections if one.agenda_item_id not in listed for line in one.lines
    ]
    asked = [[one.subject, one.number, translate(one.label)] for one in whole.requests]
    return {
        **_frame(meeting, making.actor, making.imprint),
        "title": MINUTES,
        "facts": [
            *when_and_where(meeting),
            ["主催", whole_name(making.actor.station_name, found.unit_name)],
            ["出席", _count(found, named, whole)],
        ],
        "stamps": [],
        "attendees": [_attendee(party) for party in named],
        "tables": [],
        "items": [*_items(whole.items, texts), *_loose(rest)],
        "after": [
            _table("決定事項", ("内容",), [[one.words] for one in whole.decisions]),
            _table("対応事項", ("内容", "担当", "期限"), [_matter(one) for one in whole.actions]),
            _table("意見・要望", ("内容", "番号", "状態"), asked),
        ],
    }


def _frame(meeting: Meeting, actor: Actor, imprint: Imprint) -> dict[str, Any]:
    """Return what stands on every sheet: of which meeting it is, and whose."""
    return {
        "meeting": meeting.title,
        "caution": CAUTION,
        "unit": actor.station_name,
        "foot": imprint.lines,
    }


def _items(
    items: Sequence[ItemLine], texts: Mapping[UUID | None, Sequence[str]]
) -> list[dict[str, Any]]:
    """Return the proceedings: steps numbered through, topics numbered under theirs."""
    steps = topics = 0
    found = []
    for item in items:
        if item.kind is AgendaKind.STEP:
            steps, topics = steps + 1, 0
            number = str(steps).translate(KANJI_DIGITS)
        else:
            topics += 1
            number = f"({topics})"
        minutes = f"{item.minutes_planned}分" if item.minutes_planned and not texts else ""
        found.append(
            {
                "number": number,
                "title": item.title,
                "speaker": item.speaker,
                "minutes": minutes,
                "is_topic": item.kind is AgendaKind.TOPIC,
                "lines": list(texts.get(item.id, ())),
            }
        )
    return found


def _loose(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Return what was said under no line of the agenda, as an item of its own."""
    if not lines:
        return []
    loose = {"number": "", "title": "そのほかの記録", "speaker": "", "minutes": ""}
    return [{**loose, "is_topic": False, "lines": list(lines)}]


def _agreeing(
    db: ScopedSession, came: Sequence[PartyLine], recipient: str, day: dt.date
) -> list[PartyLine]:
    scope = SCOPES.get(recipient, ConsentScope.OTHER_LIAISONS)
    holders: Collection[Holder] = [party.holder for party in came]
    agreed = grants_in_force(db, holders, day)
    return [party for party in came if scope in agreed[party.holder]]


def _attendee(party: PartyLine) -> dict[str, str]:
    proxy = "代理が出席" if party.presence is Presence.PROXY else ""
    capacity = "　".join(filter(None, (party.capacity, proxy)))
    return {"name": party.name, "kana": party.furigana, "capacity": capacity}


def _count(found: WholeMeeting, named: Sequence[PartyLine], whole: Whole) -> str:
    """Return how many came: those below by name, the others as numbers."""
    came = [party for party in found.parties if party.was_there]
    unnamed = len(came) - len(named)
    offices = "、".join(f"{one.office_name} {one.people}名" for one in whole.guests)
    others = found.meeting.visitors - sum(one.people for one in whole.guests)
    parts = [
        _people(came),
        f"うち氏名を記載しない方 {unnamed}" if unnamed else "",
        offices,
        f"ほか {others}名" if others > 0 else "",
    ]
    return "、".join(filter(None, parts))


def _people(came: Sequence[PartyLine]) -> str:
    people = sum(party.holder.person_id is not None for party in came)
    bodies = f"・{len(came) - people}団体" if len(came) > people else ""
    return f"{people}名{bodies}"


def _version(whole: Whole, newest: int) -> str:
    """Say which version it is; of one that another followed, which is the newest."""
    version = whole.newest
    if version is None:
        return ""
    state = "確定" if whole.is_confirmed else "案（未確定）"
    parts = (
        version_name(version.serial),
        state if version.serial == newest else f"{state}（最新は{version_name(newest)}）",
        wareki(local_day(version.written_at)),
        version.writer_name,
        version.reason,
    )
    return "　".join(filter(None, parts))


def _matter(one: MatterLine) -> list[str]:
    if one.done_on:
        return [f"{one.words}\n→ {one.done_words}", one.owner, f"{wareki_short(one.done_on)}済"]
    return _row(one.words, one.owner, one.due_on)


def _row(words: str, owner: str, due_on: dt.date | None) -> list[str]:
    return [words, owner, wareki_short(due_on) if due_on else ""]


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {"title": title, "headings": list(headings), "rows": [list(row) for row in rows]}


def _add_decisions(data: dict[str, Any], standing: Standing) -> None:
    """Put the 決裁欄 of these very words on the sheet, and what was decided about others.

    It stays in the house: what leaves says whether it is confirmed and no more.
    """
    decision = standing.given or standing.waiting
    if decision:
        data["stamps"] = decision.printed_stamps
    if decision or standing.outrun:
        number = decision.number if decision else ""
        said = number if standing.given else "　".join(filter(None, ("未決裁", number)))
        data["facts"].append(["決裁", said])
    earlier = [_decided(one) for one in standing.others]
    data["after"].append(_table("ほかの版の決裁", ("版", "起案", "決裁"), earlier))


def _decided(one: Decided) -> list[str]:
    stamped = [
        "　".join(filter(None, (stamp["post"], stamp["name"], stamp["day"], stamp["mark"])))
        for stamp in one.line.printed_stamps
        if stamp["name"]
    ]
    state = APPROVAL_STATE_LABELS[one.line.state]
    return [version_name(one.version or 0), one.line.number, "\n".join([state, *stamped])]
