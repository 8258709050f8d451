"""The roster as an export: asked for with its reason, made under its number, on record twice."""

import datetime as dt
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from crm.approvals.models import ApprovalKind
from crm.approvals.queries import is_required
from crm.exports.models import EXPORT_RECIPIENT_LABELS, Export, ExportKind, ExportRecipient
from crm.exports.seconds import decision_of
from crm.exports.service import ExportFacts, MadeFile, Making, Taking, maker, register_export
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki
from crm.rosters.columns import sheet_columns
from crm.rosters.files import ENCODINGS, MEDIA_TYPES, TITLE, file_name, write_file
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.service import (
    Draft,
    RosterFile,
    RosterOrder,
    Slip,
    draft_roster,
    issue_roster,
    written,
)


def ask_for_roster(
    db: ScopedSession,
    actor: Actor,
    order: RosterOrder,
    taking: Taking,
    *,
    now: dt.datetime,
) -> Export:
    """Ask for the file of `order`, after a look that it can be made today.

    Raises what `draft_roster` raises, and Refused for characters an encoding lacks. A workbook
    bears a password unless `taking` says why not. The same `request_key` sent again is the same
    file.
    """
    draft = draft_roster(db, order, now=now)
    if order.format in ENCODINGS:
        written(draft, write_file)
    roster = draft.roster
    facts = ExportFacts(
        kind=ExportKind.ROSTER,
        title=f"{TITLE}　{wareki(roster.day)}現在",
        purpose=draft.purpose,
        format=order.format,
        people=len(roster.people_named),
        organizations=len(roster.organizations_named),
        fields=[column.label for column in sheet_columns(roster.profile)],
        args=_args(draft),
        is_encrypted=order.format is RosterFormat.XLSX and not taking.plain_reason,
        decision=_decision(db, actor, roster.profile, taking, local_day(now)),
        **asdict(taking),
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
                made.content,
                made.roster.people_named,
                made.roster.organizations_named,
                made.number,
            )
        )

    def write(draft: Draft) -> bytes:
        return making.sealed(write_file(draft))

    with making.reading() as db:
        decision = decision_of(db, export.id) if export.needs_approval else None
    slip = Slip(export.number, export.recipient, export.conditions, export.return_on, decision)
    order = _order(export, slip)
    issue_roster(order, reads=making.reading, finishes=finishes, write=write, now=making.now)


def _decision(
    db: ScopedSession, actor: Actor, profile: RosterProfile, taking: Taking, day: dt.date
) -> ApprovalKind | None:
    """Return the decision a roster needs that leaves the station, where the station has one."""
    within = EXPORT_RECIPIENT_LABELS[ExportRecipient.WITHIN]
    if profile is RosterProfile.STATION and taking.recipient == within:
        return None
    kind = ApprovalKind.ROSTER_ISSUE
    return kind if is_required(db, actor, kind, day) else None


def _args(draft: Draft) -> dict[str, Any]:
    return {
        "profile": draft.roster.profile.value,
        "as_of": draft.roster.day.isoformat(),
        "may_replace": draft.may_replace,
    }


def _order(export: Export, slip: Slip) -> RosterOrder:
    return RosterOrder(
        export.purpose,
        RosterProfile(export.args["profile"]),
        dt.date.fromisoformat(export.args["as_of"]),
        RosterFormat(export.format),
        may_replace=export.args["may_replace"],
        slip=slip,
    )
