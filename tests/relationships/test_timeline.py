import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from crm.kernel.clock import start_of_day
from crm.liaisons.standing import HappeningKind
from crm.notes.lines import NoteLine
from crm.notes.models import Occasion, Outcome
from crm.relationships.timeline import (
    TITLES,
    Entry,
    Event,
    Stretch,
    Tenure,
    by_month,
    changes_of_posts,
)
from crm.sharing.lines import ReceivedNote
from tests.support.world import TODAY

days = st.integers(0, 400).map(lambda ago: TODAY - dt.timedelta(days=ago))


def note(day: dt.date) -> NoteLine:
    return NoteLine(
        id=uuid7(),
        occasion=Occasion.PATROL_VISIT,
        outcome=Outcome.MET,
        happened_at=start_of_day(day) + dt.timedelta(hours=13),
        heard="",
        told="見回りの予定",
        next_on=None,
        revision=1,
        is_corrected=False,
        staff=[],
    )


def told(day: dt.date) -> ReceivedNote:
    return ReceivedNote(
        id=uuid7(),
        reference=uuid7(),
        giver_name="架空市役所",
        told_by="市民安全課",
        happened_at=start_of_day(day) + dt.timedelta(hours=10),
        occasion="訪問",
        text="防犯灯を直しました。",
        published_at=start_of_day(day) + dt.timedelta(hours=11),
    )


def own(*notes: NoteLine, has_more: bool = False) -> Stretch:
    return Stretch([Entry(one.happened_at, note=one) for one in notes], has_more)


def received(*notes: ReceivedNote, has_more: bool = False) -> Stretch:
    return Stretch([Entry(one.happened_at, told=one) for one in notes], has_more)


@given(st.lists(days, max_size=8), st.lists(days, max_size=8), st.lists(days, max_size=8))
def test_timeline_is_whole_and_newest_first_by_month(
    noted: list[dt.date], heard_of: list[dt.date], happened: list[dt.date]
) -> None:
    notes = own(*(note(day) for day in sorted(noted, reverse=True)))
    others = received(*(told(day) for day in sorted(heard_of, reverse=True)))
    events = [Event(day, "就任") for day in happened]

    months = by_month(notes, others, events, today=TODAY)

    entries = [entry for month in months for entry in month.entries]
    assert sorted(entry.day for entry in entries) == sorted([*noted, *heard_of, *happened])
    assert entries == sorted(entries, key=lambda entry: entry.at, reverse=True)
    assert all(
        entry.day.replace(day=1) == month.first for month in months for entry in month.entries
    )
    assert len({month.first for month in months}) == len(months)


def test_what_stands_among_notes_not_yet_shown_waits_for_them() -> None:
    shown = note(TODAY - dt.timedelta(days=10))
    old = Event(TODAY - dt.timedelta(days=30), "就任")
    new = Event(TODAY - dt.timedelta(days=5), "退任")
    older_word = told(TODAY - dt.timedelta(days=20))

    (month,) = by_month(own(shown, has_more=True), received(older_word), [old, new], today=TODAY)

    assert [entry.event or entry.note for entry in month.entries] == [new, shown]


def test_own_notes_wait_for_what_others_told_before_them() -> None:
    older = note(TODAY - dt.timedelta(days=10))
    word = told(TODAY - dt.timedelta(days=5))

    (month,) = by_month(own(older), received(word, has_more=True), [], today=TODAY)

    assert [entry.told for entry in month.entries] == [word]


def test_day_to_come_is_no_event_yet() -> None:
    coming = Event(TODAY + dt.timedelta(days=1), "退任")

    assert by_month(own(), received(), [coming], today=TODAY) == []


def test_post_tells_when_it_was_taken_up_and_left() -> None:
    tenures = [
        Tenure("みなと町自治会 会長", dt.date(2024, 4, 1), dt.date(2026, 3, 31)),
        Tenure("防犯協会 理事", None, None),
    ]

    assert [(event.on, event.title, event.text) for event in changes_of_posts(tenures)] == [
        (dt.date(2026, 3, 31), "退任", "みなと町自治会 会長"),
        (dt.date(2024, 4, 1), "就任", "みなと町自治会 会長"),
    ]


def test_everything_that_can_happen_has_a_title() -> None:
    assert set(TITLES) == set(HappeningKind)
