"""Issuing a roster: nothing leaves the house without its number and its record (invariant 13)."""

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm.approvals.lines import ApprovalLine
from crm.exports.service import MAX_PURPOSE, MISSING_PURPOSE
from crm.formats.errors import UnprintableDocument
from crm.kernel import audit
from crm.kernel.actor import Actor, whole_name
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import fiscal_year, fiscal_year_label
from crm.rosters.comparing import Changes, changes_since, kept_rows
from crm.rosters.issue_queries import issues_numbered, last_alike, lock_numbers
from crm.rosters.models import (
    RosterDocument,
    RosterFormat,
    RosterIssue,
    RosterOrdering,
    RosterProfile,
)
from crm.rosters.policy import require_issuer
from crm.rosters.queries import office_name, roster_on
from crm.rosters.rows import Roster
from crm.rosters.selection import EVERYBODY, Selection

ATTEMPTS = 5


class NumberTaken(Exception):
    """The number a draft bears went to another roster meanwhile; nothing of this one is kept."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What an export says of itself on every page: its number, who gets it, on what conditions.

    `decision` is the draft it was decided under, where it needed one.
    """

    number: str
    recipient: str
    conditions: str = ""
    return_on: dt.date | None = None
    decision: ApprovalLine | None = None
    export_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RosterOrder:
    """What somebody asks for: why, for whom, as of which day (today if None), in which form.

    `selection` says of whom, `ordering` in which order. `with_changes` adds what became different
    since the issue before. `may_replace` agrees to 〓 in place of characters that the encoding
    asked for does not have.
    """

    purpose: str
    profile: RosterProfile
    as_of: dt.date | None
    format: RosterFormat
    may_replace: bool = False
    slip: Slip | None = None
    selection: Selection = EVERYBODY
    ordering: RosterOrdering = RosterOrdering.KANA
    with_changes: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A roster ready to be printed, under the number it will bear."""

    number: str
    purpose: str
    format: RosterFormat
    roster: Roster
    office: str
    made_by: str
    made_at: dt.datetime
    may_replace: bool = False
    slip: Slip | None = None
    changes: Changes | None = None


@dataclass(frozen=True, slots=True)
class RosterFile:
    """The document of a roster; once its issue is on record it may leave."""

    number: str
    format: RosterFormat
    content: bytes
    roster: Roster


def issue_roster(
    order: RosterOrder,
    *,
    reads: Callable[[], AbstractContextManager[ScopedSession]],
    finishes: Callable[[RosterFile], AbstractContextManager[ScopedSession]],
    write: Callable[[Draft], bytes],
    now: dt.datetime,
) -> RosterFile:
    """Make the file that `order` asks for, put its issue on record, and only then give it out.

    `write` turns a draft into a file. It takes seconds, so no transaction is open meanwhile: the
    draft is one snapshot with the next free number, and the transaction that `finishes` opens for
    the file makes sure that neither has changed. A number taken in the meantime means another
    draft, so that no number is skipped and the one on paper is the one on record; a person who has
    changed means Conflict. Raises Forbidden, and Refused for an order that cannot be met.
    """
    for _ in range(ATTEMPTS):
        with reads() as db:
            draft = draft_roster(db, order, now=now)
        made = written(draft, write)
        try:
            with finishes(made) as db:
                record_issue(db, draft, made.content, now=now)
        except NumberTaken:
            continue
        return made
    raise Conflict("他の職員が同時に一覧表を作成しています。もう一度作成してください。")


def draft_roster(db: ScopedSession, order: RosterOrder, *, now: dt.datetime) -> Draft:
    """Read all that the roster will show, in one snapshot, with the number that comes next."""
    actor, station_id = _issuer(db)
    today = local_day(now)
    purpose = _purpose(order.purpose)
    day = order.as_of or today
    require_come(day, today)
    _require_fit(order, day, today)
    roster = roster_on(
        db,
        actor,
        order.profile,
        day,
        today=today,
        selection=order.selection,
        ordering=order.ordering,
    )
    if not roster.rows:
        raise Refused("載せる連絡員がいないため、一覧表を作成できません。", field="as_of")
    return Draft(
        number=_next_number(db, today),
        purpose=purpose,
        format=order.format,
        roster=roster,
        office=whole_name(actor.station_name, office_name(db, station_id, today)),
        made_by=actor.signature if order.profile is RosterProfile.STATION else actor.office,
        made_at=now,
        may_replace=order.may_replace,
        slip=order.slip,
        changes=_changes(db, roster) if order.with_changes else None,
    )


def record_issue(
    db: ScopedSession, draft: Draft, content: bytes, *, now: dt.datetime
) -> RosterIssue:
    """Put on record that `content` was made from `draft`.

    Raises NumberTaken when its number went to another, and Conflict when the roster would not read
    the same any more: somebody may have taken an agreement back while the file was being written.
    """
    actor, station_id = _issuer(db)
    lock_numbers(db, station_id)
    today = local_day(now)
    then = draft.roster
    now_so = roster_on(
        db,
        actor,
        then.profile,
        then.day,
        today=today,
        selection=then.selection,
        ordering=then.ordering,
    )
    if now_so != then:
        raise Conflict("連絡員又は同意の記録が変わりました。もう一度作成してください。")
    if _next_number(db, today) != draft.number:
        raise NumberTaken
    issue = RosterIssue(
        agency_id=actor.agency_id,
        station_id=station_id,
        number=draft.number,
        as_of=then.day,
        profile=then.profile,
        format=draft.format,
        purpose=draft.purpose,
        persons=then.persons,
        organizations=then.organizations,
        issued_at=draft.made_at,
        issued_by=actor.staff_id,
        unit_id=actor.unit_id,
        sha256=hashlib.sha256(content).hexdigest(),
        selection=then.selection.key,
        selection_name=then.chosen,
        **_on_slip(draft.slip),
    )
    db.add(issue)
    db.flush()
    db.add(
        RosterDocument(
            agency_id=actor.agency_id,
            station_id=station_id,
            issue_id=issue.id,
            content=content,
            rows=kept_rows(then),
        )
    )
    _audit(db, actor, issue, then, now)
    return issue


def require_come(day: dt.date, today: dt.date) -> None:
    """Raise Refused for a day that has not come yet: nobody knows who will have agreed."""
    if day > today:
        raise Refused("「基準日」は今日までの日付を入力してください。", field="as_of")


def require_copies_of(selection: Selection, day: dt.date, today: dt.date) -> None:
    """Raise Refused for a roster made of another office's copies: whose, and those of today."""
    if selection.recipient_id is None:
        raise Refused("提供先の機関を選んでください。", field="recipient_id")
    if day != today:
        raise Refused(
            "市町提供用は、相手方が現に持つ写しから作成します。「基準日」は今日にしてください。",
            field="as_of",
        )


def written(draft: Draft, write: Callable[[Draft], bytes]) -> RosterFile:
    """Return the file of `draft`; Refused at the field that would help when it cannot be made."""
    try:
        content = write(draft)
    except UnprintableDocument as error:
        field = "may_replace" if draft.format is RosterFormat.CSV_CP932 else ""
        raise Refused(error.message, field=field, **error.facts) from error
    return RosterFile(draft.number, draft.format, content, draft.roster)


def _issuer(db: ScopedSession) -> tuple[Actor, UUID]:
    actor = db.actor
    if actor is None:
        raise Forbidden
    require_issuer(actor)
    if actor.station_id is None:
        raise Forbidden
    return actor, actor.station_id


def _require_fit(order: RosterOrder, day: dt.date, today: dt.date) -> None:
    """Raise Refused for what a profile does not come in."""
    if order.profile is RosterProfile.SEATING and order.format is not RosterFormat.PDF:
        raise Refused("座席表はPDFで作成してください。", field="format")
    if order.profile is RosterProfile.MUNICIPALITY:
        require_copies_of(order.selection, day, today)


def _changes(db: ScopedSession, roster: Roster) -> Changes | None:
    return changes_since(last_alike(db, roster.profile, roster.selection.key), roster)


def _on_slip(slip: Slip | None) -> dict[str, Any]:
    if slip is None:
        return {}
    return {
        "export_id": slip.export_id,
        "recipient": slip.recipient,
        "decision": slip.decision.number if slip.decision else "",
    }


def _purpose(text: str) -> str:
    """Return the purpose as one printable line."""
    plain = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    purpose = re.sub(" +", " ", plain).strip()
    if not purpose:
        raise Refused(MISSING_PURPOSE, field="purpose")
    if len(purpose) > MAX_PURPOSE:
        raise Refused(
            "「作成目的」は%(max_length)s字以内で入力してください。",
            field="purpose",
            max_length=MAX_PURPOSE,
        )
    return purpose


def _next_number(db: ScopedSession, today: dt.date) -> str:
    """Return the 一覧表番号 that comes next in the station's fiscal year: 「令和8-0012」."""
    prefix = f"{fiscal_year_label(fiscal_year(today)).removesuffix('年度')}-"
    # issues are never deleted, so their count is the last number given
    return f"{prefix}{issues_numbered(db, prefix) + 1:04d}"


def _audit(
    db: ScopedSession, actor: Actor, issue: RosterIssue, roster: Roster, now: dt.datetime
) -> None:
    audit.record(
        db,
        actor,
        "roster.issued",
        now=now,
        subject=("roster_issue", issue.id),
        named=[subject for row in roster.rows for subject in row.subjects],
        number=issue.number,
        profile=issue.profile,
        format=issue.format,
        as_of=str(issue.as_of),
        persons=issue.persons,
        organizations=issue.organizations,
        sha256=issue.sha256,
    )
