"""A roster issued a month ago, decided and handed out, by the verbs a station issues one with."""

import datetime as dt
from dataclasses import replace
from functools import partial
from uuid import UUID

from crm.access.queries import actor_by_login
from crm.approvals.queries import pending
from crm.approvals.service import approve
from crm.exports.models import EXPORT_RECIPIENT_LABELS, Export, ExportRecipient
from crm.exports.service import Making, Taking, craft_of, fetch
from crm.kernel.actor import Actor
from crm.kernel.db import Database
from crm.rosters.copies import hand_out_copies, take_back
from crm.rosters.issue_queries import Wanted, issues_page
from crm.rosters.issuing import ask_for_roster
from crm.rosters.models import CopyAct, RosterFormat, RosterProfile
from crm.rosters.selection import Selection
from crm.rosters.service import RosterOrder
from crm.samples.rows import moment

ISSUED_BEFORE = dt.timedelta(days=30)
ISSUER, DECIDER, OF_THE_BOX = "chief", "station-chief", "officer"
PURPOSE = "地域安全の会"
HOLDERS = ("連合自治会長", "小学校長", "防犯協会支部長", "民生委員児童委員協議会長")
"""To whom the copies went; the first came back, the second was shredded."""


def issue_sample_roster(database: Database, today: dt.date) -> UUID:
    """Issue the roster of a box as of a month ago in a database with a sample; return the issue.

    Its copies are handed out, one came back and one was shredded, two are still out.
    """
    day = today - ISSUED_BEFORE
    issuer = _actor(database, ISSUER, day)
    # a box of a large station has more people on it than one may decide about by a password alone
    decider = replace(_actor(database, DECIDER, day), strong=True)
    export = _asked(database, issuer, day)
    with database.writing(decider) as db:
        for draft in pending(db):
            if draft.subject == ("export", export.id):
                approve(db, decider, draft.id, now=moment(day, 11))
    reads, writes = partial(database.reading, issuer), partial(database.writing, issuer)
    craft_of(export.kind).make(Making(export, issuer, moment(day, 13), reads, writes))
    with database.writing(issuer) as db:
        fetch(db, issuer, export.id, now=moment(day, 13))
        issue_id = issues_page(db, Wanted(), 1).items[0].id
        copies = hand_out_copies(db, issuer, issue_id, [*HOLDERS], on=day, now=moment(day, 16))
        for copy, act in zip(copies, CopyAct, strict=False):
            back = day + dt.timedelta(days=7)
            take_back(db, issuer, copy.id, act, on=back, now=moment(back, 10))
    return issue_id


def _asked(database: Database, issuer: Actor, day: dt.date) -> Export:
    box = _actor(database, OF_THE_BOX, day).unit_id
    with database.writing(issuer) as db:
        order = RosterOrder(
            PURPOSE,
            RosterProfile.MEETING,
            None,
            RosterFormat.PDF,
            selection=Selection(unit_id=box),
        )
        taking = Taking(EXPORT_RECIPIENT_LABELS[ExportRecipient.ATTENDEES])
        export = ask_for_roster(db, issuer, order, taking, now=moment(day, 10))
        db.expunge(export)
        return export


def _actor(database: Database, login: str, day: dt.date) -> Actor:
    with database.reading(None) as db:
        actor = actor_by_login(db, login, day)
    assert actor is not None  # noqa: S101 - every sample has these accounts
    return actor
