"""What a meeting needs on paper: the list to sign, badges, labels and envelopes.

Each is an export on record, with nothing of anybody but what that paper is for: no address on what
lies on a table, no telephone anywhere. The list to sign goes from hand to hand and badges are read
by all, so they name those alone who agreed that other liaisons know them; the others sign on empty
lines and get a badge to fill in. A letter goes by the home address of nobody who did not agree to
be reached by post.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from crm.consents.models import ConsentScope
from crm.consents.queries import grants_in_force
from crm.contacts.models import HolderKeys
from crm.exports.models import Export, ExportKind
from crm.exports.papers import paper_maker
from crm.exports.service import MANY, ExportFacts, Making, Taking, register_export
from crm.formats.glyphs import Place
from crm.jobs.papers import Paper as TypesetPaper
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.meetings import queries
from crm.meetings.lines import PartyLine, WholeMeeting, when_and_where
from crm.meetings.models import Channel, Reply
from crm.meetings.sheets import BADGES, ENVELOPE, LABEL_SHEETS, LabelSize, Sheet
from crm.meetings.ways import may_take

PURPOSE = "会議の準備"
CAUTION = "取扱注意"


class Paper(StrEnum):
    """Which paper it is."""

    ATTENDANCE = "attendance"
    BADGES = "badges"
    LABELS = "labels"
    ENVELOPES = "envelopes"


PAPER_LABELS = {
    Paper.ATTENDANCE: N_("出席簿"),
    Paper.BADGES: N_("名札"),
    Paper.LABELS: N_("宛名ラベル"),
    Paper.ENVELOPES: N_("封筒の宛名"),
}
SAID = NAME, READING, CAPACITY, ADDRESS = (
    *(N_("氏名・団体名"), N_("ふりがな")),
    *(N_("役職"), N_("住所")),
)
PAPER_FIELDS = {
    Paper.ATTENDANCE: (NAME, READING, CAPACITY),
    Paper.BADGES: (NAME, READING, CAPACITY),
    Paper.LABELS: (NAME, ADDRESS),
    Paper.ENVELOPES: (NAME, ADDRESS),
}
ADDRESSED = frozenset({Paper.LABELS, Paper.ENVELOPES})


class Addressee(NamedTuple):
    """Somebody on the list, and where a letter reaches them; empty where that is not on file.

    `is_known` says whether they agreed that others who come read their name, `takes_post` whether
    letters may reach them: where not, there is no address either.
    """

    party: PartyLine
    address: str
    is_known: bool
    takes_post: bool

    @property
    def said(self) -> dict[str, str]:
        """What papers say of them, by the names of `PAPER_FIELDS`."""
        party = self.party
        texts = (party.name, party.furigana, party.capacity, self.address)
        return dict(zip(SAID, texts, strict=True))


class Wanted(NamedTuple):
    """Which paper, on which sheet; `by_any_way` addresses those who are not asked by post too."""

    paper: Paper
    size: LabelSize = LabelSize.TWELVE
    by_any_way: bool = False


def on_paper(wanted: Wanted, everybody: Sequence[Addressee]) -> list[Addressee]:
    """Return who stands on a paper.

    To sign, whom others may know; a badge for whoever of them did not decline; a letter for
    whoever is asked by post, or chosen beside them, and may be reached there.
    """
    paper = wanted.paper
    if paper is Paper.ATTENDANCE:
        return [one for one in everybody if one.is_known]
    if paper is Paper.BADGES:
        return [one for one in everybody if one.is_known and _may_come(one.party)]
    asked = [one for one in everybody if wanted.by_any_way or one.party.channel is Channel.POST]
    return [one for one in asked if one.address]


def empty_badges(parties: Iterable[PartyLine], shown: Sequence[Addressee]) -> int:
    """Return how many badges beside those `shown` bear no name: one for each who may come."""
    return sum(map(_may_come, parties)) - len(shown)


def _may_come(party: PartyLine) -> bool:
    return party.reply is not Reply.DECLINES


def places_on(paper: Paper, whole: WholeMeeting, shown: Iterable[Addressee]) -> list[Place]:
    """Return what stands on a paper of those `shown`, and of the meeting itself."""
    fields = PAPER_FIELDS[paper]
    meeting = whole.meeting
    subject = ("meeting", meeting.id)
    heads = [(N_("名称"), meeting.title), (N_("場所"), meeting.place)]
    return [
        *(Place(subject, meeting.title, label, text) for label, text in heads),
        *(
            Place(one.party.holder.subject, one.party.name, label, text)
            for one in shown
            for label, text in one.said.items()
            if label in fields
        ),
    ]


def ask_for_paper(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    wanted: Wanted,
    taking: Taking,
    *,
    now: dt.datetime,
) -> Export:
    """Ask for a paper; Refused where nobody would stand on it."""
    whole, everybody = addressees(db, meeting_id, local_day(now))
    shown, paper = on_paper(wanted, everybody), wanted.paper
    # with no name at all there is still something to sign, and to fill in
    with_none = {Paper.ATTENDANCE: True, Paper.BADGES: empty_badges(whole.parties, shown) > 0}
    if not shown and not with_none.get(paper):
        raise Refused(N_("この紙に載る方がいません。"), field="paper")
    people = len(HolderKeys.of(one.party.holder for one in shown).people)
    facts = ExportFacts(
        kind=ExportKind.MEETING_PRINT,
        title=f"{PAPER_LABELS[paper]}　{whole.meeting.title}",
        purpose=PURPOSE,
        format="pdf",
        people=people,
        organizations=len(shown) - people,
        fields=PAPER_FIELDS[paper],
        args={"meeting": str(meeting_id), **wanted._asdict()},
        **asdict(taking),
    )
    return register_export(db, actor, facts, now=now)


@paper_maker(ExportKind.MEETING_PRINT, beside={"pdf"}, many=MANY)
def meeting_paper(db: ScopedSession, making: Making) -> TypesetPaper:
    """Return the paper asked for, as the list stands now."""
    args, export = making.export.args, making.export
    # one asked for before there was a choice has none
    wanted = Wanted(Paper(args["paper"]), LabelSize(args["size"]), args.get("by_any_way", False))
    paper = wanted.paper
    whole, everybody = addressees(db, UUID(args["meeting"]), local_day(making.now))
    shown = on_paper(wanted, everybody)
    template, data = _TYPESET[paper](whole, shown, wanted.size)
    # whoever signs reads it: the unit is named, not its member
    imprint = replace(making.imprint, made_by=making.actor.office)
    head = {
        "title": PAPER_LABELS[paper],
        "unit": making.actor.station_name,
        "number": export.number,
        "foot": imprint.lines,
    }
    return TypesetPaper(
        f"{PAPER_LABELS[paper]}_{export.number}.pdf",
        template,
        head | data,
        *HolderKeys.of(one.party.holder for one in shown),
    )


def addressees(
    db: ScopedSession, meeting_id: UUID, day: dt.date
) -> tuple[WholeMeeting, list[Addressee]]:
    """Return a meeting and everybody invited, with what they agree to on `day`."""
    whole = queries.whole_meeting(db, meeting_id)
    addresses = queries.addresses_of(db, meeting_id)
    agreed = grants_in_force(db, [one.holder for one in whole.parties], day)
    found = []
    for one in whole.parties:
        scopes = agreed[one.holder]
        takes_post = may_take(one.holder, Channel.POST, scopes)
        address = addresses.get(one.holder, "") if takes_post else ""
        is_known = ConsentScope.OTHER_LIAISONS in scopes
        found.append(Addressee(one, address, is_known, takes_post))
    return whole, found


Typesetting = tuple[str, dict[str, Any]]
Typeset = Callable[[WholeMeeting, Sequence[Addressee], LabelSize], Typesetting]


def _to_sign(whole: WholeMeeting, shown: Sequence[Addressee], _size: LabelSize) -> Typesetting:
    meeting = whole.meeting
    rows: list[list[Any]] = [
        [str(number), _cell(one.party.name, one.party.furigana), _cell(one.party.capacity), ""]
        for number, one in enumerate(shown, 1)
    ]
    # for those not named, and for whoever comes unasked
    last = len(whole.parties) + EMPTY_LINES
    rows += [[str(number), "", "", ""] for number in range(len(rows) + 1, last + 1)]
    return "sections", {
        "caution": CAUTION,
        "as_of": "",
        "name": meeting.title,
        "reference": "",
        "facts": when_and_where(meeting),
        "none": "",
        "sections": [
            {
                "title": "",
                "headings": ["番号", "氏名・団体名", "役職", "署名"],
                "widths": ["auto", "1fr", "1.15fr", "48mm"],
                "counted": [0],
                "room": ROOM_TO_SIGN_MM,
                "rows": rows,
                "remark": "署名の代わりに、職員が印を付けてもかまいません。",
            }
        ],
    }


def _cell(name: str, kana: str = "") -> dict[str, str]:
    return {"name": name, "kana": kana}


def _badges(whole: WholeMeeting, shown: Sequence[Addressee], _size: LabelSize) -> Typesetting:
    said = [(one.party.capacity, one.party.furigana, one.party.name) for one in shown]
    said += [(BLANK, BLANK, BLANK)] * empty_badges(whole.parties, shown)
    cells = [
        [
            _line(whole.meeting.title, 10.5),
            _line(capacity, 11),
            _line(reading, 10.5),
            _line(name, 24, bold=True),
        ]
        for capacity, reading, name in said
    ]
    return "cells", _cells(BADGES, cells, rules=True)


def _labels(_whole: WholeMeeting, shown: Sequence[Addressee], size: LabelSize) -> Typesetting:
    return "cells", _cells(LABEL_SHEETS[size], [_addressed(one, 10.5, 14) for one in shown])


def _envelopes(_whole: WholeMeeting, shown: Sequence[Addressee], _size: LabelSize) -> Typesetting:
    return "cells", _cells(ENVELOPE, [_addressed(one, 14, 20) for one in shown])


def _addressed(one: Addressee, small: float, large: float) -> list[dict[str, Any]]:
    party = one.party
    honorific = "様" if party.holder.person_id else "御中"
    return [
        _line(one.address, small, align="left"),
        _line(f"{party.name}　{honorific}", large, align="left"),
    ]


def _line(text: str, size: float, *, bold: bool = False, align: str = "center") -> dict[str, Any]:
    return {"text": text, "size": size, "bold": bold, "align": align}


def _cells(
    sheet: Sheet, cells: Sequence[Sequence[dict[str, Any]]], *, rules: bool = False
) -> dict[str, Any]:
    said = [{"lines": [line for line in lines if line["text"]]} for lines in cells]
    return {"sheet": sheet._asdict(), "rules": rules, "cells": said}


EMPTY_LINES = 5
BLANK = "　"
"""Room for what is written by hand; a line without any text takes none."""
ROOM_TO_SIGN_MM = 8
_TYPESET: dict[Paper, Typeset] = {
    Paper.ATTENDANCE: _to_sign,
    Paper.BADGES: _badges,
    Paper.LABELS: _labels,
    Paper.ENVELOPES: _envelopes,
}
