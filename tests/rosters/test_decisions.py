from dataclasses import replace

import pytest

from crm.approvals.models import ApprovalKind
from crm.exports.models import Export
from crm.exports.seconds import decision_of
from crm.exports.service import Taking
from crm.kernel.errors import Forbidden
from crm.rosters.issue_queries import Wanted, issues_page
from crm.rosters.issuing import ask_for_roster
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.service import RosterOrder
from tests.approvals.acts import approved
from tests.exports.acts import WITHIN, asked, fetched, made, put_liaisons
from tests.rosters.network import pdf_text
from tests.support.approvals import decided
from tests.support.world import NOW, World

OUTSIDE = Taking("架空市役所", plain_reason="統計に使うため")


def handout(world: World) -> Export:
    order = RosterOrder("第３回地域安全の会", RosterProfile.MEETING, None, RosterFormat.CSV)
    with world.writing("chief") as db:
        export = ask_for_roster(db, world.actors["chief"], order, WITHIN, now=NOW)
        db.expunge(export)
        return export


def decide(world: World, export: Export) -> None:
    with world.reading("chief") as db:
        line = decision_of(db, export.id)
    assert line is not None
    assert line.kind is ApprovalKind.ROSTER_ISSUE
    approved(world, line.id, "station_chief")


def test_what_stays_in_the_station_needs_no_decision(world: World) -> None:
    decided(world, ApprovalKind.ROSTER_ISSUE)
    put_liaisons(world)

    made(world, asked(world))


def test_a_roster_leaves_the_station_once_it_is_decided(world: World) -> None:
    decided(world, ApprovalKind.ROSTER_ISSUE)
    put_liaisons(world)

    for export in (asked(world, taking=OUTSIDE), handout(world)):
        with pytest.raises(Forbidden):
            made(world, export)
        decide(world, export)
        made(world, export)
    with world.reading("chief") as db:
        issues = issues_page(db, Wanted(), 1).items
    assert [(issue.decision, issue.recipient) for issue in issues] == [
        ("令和8年度起案第2号", WITHIN.recipient),
        ("令和8年度起案第1号", OUTSIDE.recipient),
    ]


def test_where_the_station_decides_alone_it_leaves_at_once(world: World) -> None:
    put_liaisons(world)

    made(world, asked(world, taking=OUTSIDE))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_sheet_bears_the_number_and_the_boxes(world: World) -> None:
    decided(world, ApprovalKind.ROSTER_ISSUE)
    put_liaisons(world)
    export = asked(world, RosterFormat.PDF, taking=replace(OUTSIDE, plain_reason=""))
    decide(world, export)
    made(world, export)

    text = pdf_text(fetched(world, export).content).replace(" ", "")

    for words in ("令和8年度起案第1号", "起案者", "中村誠", "課長又は署長", "小林剛", "R8.11.20"):
        assert words in text
