"""The roster as an export: asked for with its reason, made under its number, on record twice."""

import datetime as dt
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from crm.approvals.models import ApprovalKind
from crm.approvals.queries import is_required
from crm.exports.models import EXPORT_RECIPIENT_LABELS, Export, ExportKind, ExportRecipient
from crm.exports.seconds import decision_of
from crm.exports.service import ExportFacts, MadeFile, Making, Taking, maker, register_export
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, NotFound
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki
from crm.rosters.columns import sheet_columns
from crm.rosters.comparing import named_in
from crm.rosters.files import ENCODINGS, MEDIA_TYPES, TITLE, file_name, look_through, write_file
from crm.rosters.issue_queries import document_of, issue_line
from crm.rosters.models import RosterFormat, RosterOrdering, RosterProfile
from crm.rosters.policy import require_issuer
from crm.rosters.selection import Selection
from crm.rosters.service import (
    RosterFile,
    RosterOrder,
    Slip,
    draft_roster,
    issue_roster,
    written,
)

DISPOSED = N_("この一覧表の控えは保存期間を過ぎています。再交付できません。")


def ask_for_roster(
    db: ScopedSession,
    actor: Actor,
    order: RosterOrder,
    taking: Taking,
    *,
    now: dt.datetime,
) -> Export:
    """Ask for the file of `order`, after a look that it can be made today.

    Raises what `draft_roster` raises, and Refused for what an encoding or our fonts lack. A
    workbook bears a password unless `taking` says why not. The same `request_key` sent again is the
    same file.
    """
    draft = draft_roster(db, order, now=now)
    if order.format in ENCODINGS:
        written(draft, write_file)
    elif order.format is RosterFormat.PDF:
        look_through(draft, taking.recipient, taking.conditions)
    roster = draft.roster
    taking = replace(
        taking, recipient=roster.recipient or taking.recipient, may_replace=order.may_replace
    )
    facts = ExportFacts(
        kind=ExportKind.ROSTER,
        title=f"{TITLE}　{wareki(roster.day)}現在",
        purpose=draft.purpose,
        format=order.format,
        people=len(roster.people_named),
        organizations=len(roster.organizations_named),
        fields=[column.label for column in sheet_columns(roster.profile)],
        args=_args(order, roster.day),
        is_encrypted=order.format is RosterFormat.XLSX and not taking.plain_reason,
        decision=_decision(db, actor, roster.profile, taking, local_day(now)),
        **asdict(taking),
    )
    return register_export(db, actor, facts, now=now)


def ask_for_reprint(
    db: ScopedSession,
    actor: Actor,
    issue_id: UUID,
    purpose: str,
    taking: Taking,
    *,
    now: dt.datetime,
) -> Export:
    """Ask for the document of an issue once more, just as it was, for use within the station.

    Somebody on it may have taken an agreement back since, so it is not for handing out: whoever
    wants that has a roster made anew. NotFound for another station's, Conflict once it is disposed
    of.
    """
    require_issuer(actor)
    issue = issue_line(db, issue_id)
    document = document_of(db, issue_id)
    if document is None:
        raise Conflict(DISPOSED)
    facts = ExportFacts(
        kind=ExportKind.ROSTER_REPRINT,
        title=f"{TITLE}　{issue.number}",
        purpose=purpose,
        format=issue.format,
        people=len(named_in(document.rows, "person")),
        organizations=len(named_in(document.rows, "organization")),
        fields=[column.label for column in sheet_columns(issue.profile)],
        args={"issue_id": str(issue_id)},
        is_encrypted=issue.format is RosterFormat.XLSX and not taking.plain_reason,
        **asdict(replace(taking, recipient=EXPORT_RECIPIENT_LABELS[ExportRecipient.WITHIN])),
    )
    return register_export(db, actor, facts, now=now)


@maker(ExportKind.ROSTER, beside={RosterFormat.PDF})
def make_roster(making: Making) -> None:
    """Make the roster asked for; its number, its record and its file come in one transaction."""
    export = making.export

    def finishes(made: RosterFile) -> AbstractContextManager[ScopedSession]:
        return making.finishing(
            MadeFile(
                file_name(made.number, made.format),
                MEDIA_TYPES[made.format],
                making.sealed(made.content),
                made.roster.people_named,
                made.roster.organizations_named,
                made.number,
            )
        )

    with making.reading() as db:
        decision = decision_of(db, export.id) if export.needs_approval else None
    slip = Slip(
        export.number, export.recipient, export.conditions, export.return_on, decision, export.id
    )
    order = _order(export, slip)
    issue_roster(order, reads=making.reading, finishes=finishes, write=write_file, now=making.now)


@maker(ExportKind.ROSTER_REPRINT)
def make_reprint(making: Making) -> None:
    """Hand out the kept document of an issue, to the byte."""
    issue_id = UUID(making.export.args["issue_id"])
    with making.reading() as db:
        issue, document = issue_line(db, issue_id), document_of(db, issue_id)
        if document is None:
            raise NotFound
        content, rows = document.content, document.rows
    made = MadeFile(
        file_name(issue.number, issue.format),
        MEDIA_TYPES[issue.format],
        making.sealed(content),
        named_in(rows, "person"),
        named_in(rows, "organization"),
        issue.number,
    )
    with making.finishing(made) as db:
        audit.record(
            db,
            making.actor,
            "roster.reprinted",
            now=making.now,
            subject=("roster_issue", issue_id),
            number=issue.number,
            sha256=issue.sha256,
        )


def _decision(
    db: ScopedSession, actor: Actor, profile: RosterProfile, taking: Taking, day: dt.date
) -> ApprovalKind | None:
    """Return the decision a roster needs that leaves the station, where the station has one."""
    within = EXPORT_RECIPIENT_LABELS[ExportRecipient.WITHIN]
    if profile is RosterProfile.STATION and taking.recipient == within:
        return None
    kind = ApprovalKind.ROSTER_ISSUE
    return kind if is_required(db, actor, kind, day) else None


def _args(order: RosterOrder, day: dt.date) -> dict[str, Any]:
    return {
        "profile": order.profile.value,
        "as_of": day.isoformat(),
        "selection": order.selection.key,
        "ordering": order.ordering.value,
        "with_changes": order.with_changes,
    }


def _order(export: Export, slip: Slip) -> RosterOrder:
    """Return what an export asks for; one from before there were selections asks for everybody."""
    args = export.args
    return RosterOrder(
        export.purpose,
        RosterProfile(args["profile"]),
        dt.date.fromisoformat(args["as_of"]),
        RosterFormat(export.format),
        may_replace=args["may_replace"],
        slip=slip,
        selection=Selection.of_key(args.get("selection", "")),
        ordering=RosterOrdering(args.get("ordering", RosterOrdering.KANA)),
        with_changes=args.get("with_changes", False),
    )
