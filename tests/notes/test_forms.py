import datetime as dt

import pytest
from litestar.datastructures import FormMultiDict

from crm.contacts.models import Holder
from crm.kernel.actor import NOBODY
from crm.kernel.clock import JST
from crm.kernel.forms import read_form
from crm.notes.entering import facts_of
from crm.notes.forms import CorrectionForm, NoteForm
from crm.notes.models import Occasion, Outcome
from tests.support.world import NOW, TODAY


def sent(**values: str) -> FormMultiDict:
    return FormMultiDict(list(values.items()))


def test_call_is_its_own_occasion_whatever_chip_is_chosen() -> None:
    sub = read_form(NoteForm, sent(outcome="phone", occasion="patrol_visit"))

    assert sub.form is not None
    assert (sub.form.outcome, sub.form.occasion) == (Outcome.PHONE, Occasion.PHONE)


@pytest.mark.parametrize("given", [{}, {"occasion": "phone"}])
def test_meeting_somebody_needs_an_occasion(given: dict[str, str]) -> None:
    sub = read_form(NoteForm, sent(outcome="met", **given))

    assert sub.errors == {"occasion": "「機会」を選んでください。"}


def test_no_outcome_is_the_only_thing_said() -> None:
    sub = read_form(NoteForm, sent(heard="街灯が消えている。"))

    assert sub.errors == {"outcome": "「方法」を入力してください。"}


def test_lines_are_kept_without_the_browsers_carriage_returns() -> None:
    sub = read_form(NoteForm, sent(outcome="phone", heard="一行目\r\n二行目"))

    assert sub.form is not None
    assert sub.form.heard == "一行目\n二行目"


def test_each_form_without_a_key_is_a_form_of_its_own() -> None:
    one = read_form(NoteForm, sent(outcome="phone")).form
    other = read_form(NoteForm, sent(outcome="phone")).form

    assert one is not None
    assert other is not None
    assert one.client_key != other.client_key


def test_time_is_japans() -> None:
    sub = read_form(
        CorrectionForm, sent(outcome="phone", happened_at="2026-11-20T13:30", revision="1")
    )

    assert sub.form is not None
    assert sub.form.happened_at == dt.datetime(2026, 11, 20, 13, 30, tzinfo=JST)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"next_in": ""}, None),
        ({"next_in": "7"}, TODAY + dt.timedelta(days=7)),
        ({"next_in": "30", "next_on": "2026-12-01"}, dt.date(2026, 12, 1)),
    ],
)
def test_one_tap_plans_the_next_visit_and_a_typed_day_goes_before_it(
    given: dict[str, str], expected: dt.date | None
) -> None:
    sub = read_form(NoteForm, sent(outcome="phone", heard="一文。", **given))
    assert sub.form is not None

    facts = facts_of(sub.form, Holder(person_id=NOBODY), at=NOW)

    assert facts.next_on == expected


@pytest.mark.parametrize("span", ["0", "-7", "367", "x"])
def test_a_span_nobody_offers_is_refused(span: str) -> None:
    sub = read_form(NoteForm, sent(outcome="phone", heard="一文。", next_in=span))

    assert list(sub.errors) == ["next_in"]


def test_an_absence_pressed_last_goes_before_the_chip() -> None:
    pressed = FormMultiDict(
        [("outcome", "met"), ("occasion", "patrol_visit"), ("outcome", "absent")]
    )

    sub = read_form(NoteForm, pressed)

    assert sub.form is not None
    assert sub.form.outcome is Outcome.ABSENT
