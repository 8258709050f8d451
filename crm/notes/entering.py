"""What a form tells of an activity, wherever it was filled in, turned into the facts of a note."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from crm.contacts.models import Holder
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.forms import SentForm, Submission, read_form
from crm.kernel.i18n import N_, translate
from crm.notes import policy
from crm.notes.forms import ContentForm, NoteForm
from crm.notes.models import (
    OUTCOME_LABELS,
    PROBLEM_LABELS,
    Occasion,
    occasion_labels,
    occasions_offered,
)
from crm.notes.service import Beside, NoteFacts

SAVED = N_("活動を記録しました。")
ASKED = N_("活動を記録し、聞いたことを意見・要望として受理しました。")
REMINDER = N_(
    "登録しました。事件・相談や世帯に関することは別途処理します。記録を読み返し、必要なら訂正してください。"
)

SPANS = (
    ("", N_("なし")),
    (7, N_("1週間後")),
    (30, N_("1か月後")),
    (90, N_("3か月後")),
)
"""When to meet next, in days, for one tap; any other day is typed."""


def read_entry(sent: SentForm) -> Submission[NoteForm]:
    """Read the form of a new note; errors are sentences at its fields."""
    return read_form(NoteForm, sent)


def facts_of(
    form: NoteForm, holder: Holder | None, *, at: dt.datetime, area_id: UUID | None = None
) -> NoteFacts:
    """Return the facts of a contact with `holder`, or in an area; `at` is when, if it is silent."""
    own_person = [holder.person_id] if holder and holder.person_id else []
    own_organization = [holder.organization_id] if holder and holder.organization_id else []
    return NoteFacts(
        happened_at=form.happened_at or at,
        client_key=form.client_key,
        person_ids=frozenset([*own_person, *form.person_ids]),
        organization_ids=frozenset([*own_organization, *form.organization_ids]),
        staff_ids=frozenset(form.staff_ids),
        information_ids=frozenset(form.information_ids),
        companions=[Beside(*one) for one in form.companions],
        area_id=area_id,
        needs_reply=form.needs_reply,
        next_on=_next_on(form, at),
        **content_of(form),
    )


def _next_on(form: NoteForm, at: dt.datetime) -> dt.date | None:
    """Return the day that was typed, or the one that is so many days after writing."""
    if form.next_on is None and form.next_in is not None:
        return local_day(at) + dt.timedelta(days=form.next_in)
    return form.next_on


def content_of(form: ContentForm) -> dict[str, Any]:
    """Return what a form says of the contact itself."""
    return {
        "occasion": form.occasion,
        "outcome": form.outcome,
        "heard": form.heard,
        "told": form.told,
        "problem": form.problem,
        "advice": form.advice,
    }


def choices_of(actor: Actor) -> dict[str, Any]:
    """Return what the form of a note offers to choose from, and how it is called."""
    labels = occasion_labels(actor)
    return {
        # a telephone call is chosen once, as the outcome
        "occasions": [
            (occasion, translate(labels[occasion]))
            for occasion in occasions_offered(actor)
            if occasion is not Occasion.PHONE
        ],
        "spans": [(span, translate(label)) for span, label in SPANS],
        "hinted": policy.OF_ANOTHER_RECORD.pattern,
        "outcomes": [(outcome, translate(label)) for outcome, label in OUTCOME_LABELS.items()],
    }


def problems_of(own: Iterable[str]) -> list[tuple[str, str]]:
    """Return the problems of groups to choose from: everybody's, then the station's own words."""
    added = dict.fromkeys(word for word in own if word and word not in PROBLEM_LABELS)
    return [
        *((problem, translate(label)) for problem, label in PROBLEM_LABELS.items()),
        *((word, word) for word in added),
    ]


def notice_of(*texts: str, asked: bool = False) -> str:
    """Return what is said once a note is on record; words of another record get a reminder.

    `asked` where what was heard is a request by now.
    """
    if policy.belongs_elsewhere(*texts):
        return REMINDER
    return ASKED if asked else SAVED
