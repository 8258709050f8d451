"""What of an agenda or of minutes no font of paper draws, said on their pages beforehand."""

from collections.abc import Iterable, Iterator

from crm.formats.glyphs import Lacks, Place, lacks
from crm.kernel.i18n import N_
from crm.meetings.models import Meeting
from crm.minutes.lines import AskedLine, Carried, MatterLine, Whole

TITLE, PLACE, HELD_WITH = N_("名称"), N_("場所"), N_("併催する会合")
ITEM, SPEAKER, PAPER = N_("項目の名称"), N_("説明・進行"), N_("配付資料")
MINUTES, MATTER, HEARD = N_("議事録"), N_("対応の内容"), N_("聞いたこと")


def agenda_lacks(meeting: Meeting, whole: Whole, carried: Carried) -> Lacks:
    """Return what cannot be printed of an agenda and of what heads it."""
    subject = ("meeting", meeting.id)
    papers = [Place(subject, meeting.title, PAPER, paper.name) for paper in whole.papers]
    settled = _settled(carried.actions, carried.requests)
    return lacks([*_head(meeting), *_items(whole), *papers, *settled])


def minutes_lacks(meeting: Meeting, whole: Whole) -> Lacks:
    """Return what cannot be printed of the minutes and of what came of them."""
    subject = ("minutes", meeting.id)
    texts = [Place(subject, meeting.title, MINUTES, section.text) for section in whole.sections]
    settled = _settled(whole.matters, whole.requests)
    return lacks([*_head(meeting), *_items(whole), *texts, *settled])


def _head(meeting: Meeting) -> Iterator[Place]:
    said = {TITLE: meeting.title, PLACE: meeting.place, HELD_WITH: meeting.held_with}
    for label, text in said.items():
        yield Place(("meeting", meeting.id), meeting.title, label, text)


def _items(whole: Whole) -> Iterator[Place]:
    for item in whole.items:
        for label, text in ((ITEM, item.title), (SPEAKER, item.speaker)):
            yield Place(("agenda_item", item.id), item.title, label, text)


def _settled(matters: Iterable[MatterLine], asked: Iterable[AskedLine]) -> Iterator[Place]:
    for one in matters:
        text = f"{one.words}\n{one.owner}\n{one.done_words}"
        yield Place(("minutes", one.meeting_id), one.meeting_title, MATTER, text)
    for heard in asked:
        yield Place(("minutes", heard.meeting_id), heard.meeting_title, HEARD, heard.subject)
