import datetime as dt
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from sqlmodel import col, select

from crm.consents.models import ConsentMethod
from crm.contacts.models import Holder, Person
from crm.formats.errors import UnprintableDocument
from crm.kernel.audit import AuditEntry, fingerprint
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.liaisons.service import withdraw
from crm.rosters.models import RosterFormat, RosterIssue, RosterProfile
from crm.rosters.service import Draft, RosterFile, RosterOrder, issue_roster
from tests.rosters.network import put_consent, put_term
from tests.support.world import NOW, TODAY, World

ORDER = RosterOrder("第３回地域安全の会", RosterProfile.STATION, None, RosterFormat.PDF)


def as_bytes(draft: Draft) -> bytes:
    return f"{draft.number}: {[row.name for row in draft.roster.rows]}".encode()


def issue(
    world: World,
    order: RosterOrder = ORDER,
    *,
    who: str = "chief",
    write: Callable[[Draft], bytes] = as_bytes,
    now: dt.datetime = NOW,
) -> RosterFile:
    reads, writes = partial(world.reading, who), partial(world.writing, who)
    return issue_roster(order, reads=reads, finishes=lambda _: writes(), write=write, now=now)


def issues(world: World, who: str = "chief") -> list[RosterIssue]:
    with world.reading(who) as db:
        found = list(db.exec(select(RosterIssue).order_by(col(RosterIssue.number))).all())
        db.expunge_all()
        return found


def liaison(world: World, name: str = "髙橋 京子", *, station: str = "若葉署") -> Person:
    person = world.person(name, "タカハシ キョウコ", station=station)
    put_term(world, person)
    put_consent(world, person)
    return person


def test_issue_is_on_record_with_the_fingerprint_of_the_file(world: World) -> None:
    person = liaison(world)

    made = issue(world)

    (row,) = issues(world)
    actor = world.actors["chief"]
    assert made == RosterFile("令和8-0001", RosterFormat.PDF, made.content, made.roster)
    assert (made.roster.people_named, made.roster.organizations_named) == ([person.id], [])
    assert (row.number, row.as_of, row.purpose) == ("令和8-0001", TODAY, "第３回地域安全の会")
    assert (row.persons, row.organizations, row.issued_at) == (1, 0, NOW)
    assert (row.issued_by, row.unit_id) == (actor.staff_id, actor.unit_id)
    assert row.sha256 == hashlib.sha256(made.content).hexdigest()
    with world.reading("auditor") as db:
        entry = db.exec(select(AuditEntry)).one()
        db.expunge_all()
    assert (entry.action, entry.subject_type, entry.subject_id) == (
        "roster.issued",
        "roster_issue",
        row.id,
    )
    assert entry.detail == {
        "number": "令和8-0001",
        "profile": "station",
        "format": "pdf",
        "as_of": "2026-11-20",
        "persons": 1,
        "organizations": 0,
        "sha256": row.sha256,
        "named": 1,
        "named_sha256": fingerprint([person.id]),
    }


def test_number_on_the_file_is_the_number_on_record(world: World) -> None:
    liaison(world)

    made = [issue(world) for _ in range(3)]

    assert [each.content.decode().split(":")[0] for each in made] == [
        "令和8-0001",
        "令和8-0002",
        "令和8-0003",
    ]
    assert [row.number for row in issues(world)] == [each.number for each in made]


def test_numbers_begin_again_with_each_fiscal_year_and_station(world: World) -> None:
    liaison(world)
    liaison(world, "港 南", station="港南署")
    april = dt.datetime(2027, 3, 31, 15, tzinfo=dt.UTC)  # the first of April in Japan

    numbers = [
        issue(world).number,
        issue(world, who="stranger_chief").number,
        issue(world, now=april - dt.timedelta(minutes=1)).number,
        issue(world, now=april).number,
    ]

    assert numbers == ["令和8-0001", "令和8-0001", "令和8-0002", "令和9-0001"]
    assert [row.number for row in issues(world, "stranger_chief")] == ["令和8-0001"]


def test_two_issues_at_once_get_two_numbers(world: World) -> None:
    liaison(world)
    both = threading.Barrier(2, timeout=30)

    def one() -> RosterFile:
        drafts: list[Draft] = []

        def write(draft: Draft) -> bytes:
            if not drafts:
                both.wait()  # both have drafted under the same number by now
            drafts.append(draft)
            return as_bytes(draft)

        return issue(world, write=write)

    with ThreadPoolExecutor(2) as pool:
        made = [future.result() for future in [pool.submit(one), pool.submit(one)]]

    assert sorted(each.number for each in made) == ["令和8-0001", "令和8-0002"]
    recorded = {row.number: row.sha256 for row in issues(world)}
    assert recorded == {each.number: hashlib.sha256(each.content).hexdigest() for each in made}


def test_consent_taken_back_while_the_file_is_written_stops_it(world: World) -> None:
    person = liaison(world)
    liaison(world, "青木 一郎")

    def write(draft: Draft) -> bytes:
        with world.writing("chief") as db:
            withdraw(
                db,
                world.actors["chief"],
                Holder(person_id=person.id),
                decided_on=TODAY,
                method=ConsentMethod.PHONE,
                now=NOW,
            )
        return as_bytes(draft)

    with pytest.raises(Conflict):
        issue(world, write=write)

    assert issues(world) == []
    assert issue(world).content.decode() == "令和8-0001: ['青木 一郎']"


def test_nothing_leaves_when_the_record_fails(world: World) -> None:
    liaison(world)
    reads = partial(world.reading, "chief")
    left = []

    with pytest.raises(Forbidden):
        left.append(
            issue_roster(
                ORDER,
                reads=reads,
                finishes=lambda _: world.writing("seian"),
                write=as_bytes,
                now=NOW,
            )
        )

    assert (left, issues(world)) == ([], [])


def test_a_file_that_cannot_be_made_leaves_no_record(world: World) -> None:
    liaison(world)

    def write(draft: Draft) -> bytes:
        del draft
        raise UnprintableDocument("PDFを作成できませんでした。システム管理者に連絡してください。")

    with pytest.raises(Refused, match="PDFを作成できませんでした"):
        issue(world, write=write)

    assert issues(world) == []


@pytest.mark.parametrize("who", ["officer", "seian", "hq", "administrator", "auditor"])
def test_only_the_network_office_and_chiefs_issue(world: World, who: str) -> None:
    liaison(world)
    with pytest.raises(Forbidden):
        issue(world, who=who)
    assert issues(world) == []


def test_station_chief_issues_in_the_name_of_the_own_unit(world: World) -> None:
    liaison(world)
    drafts: list[Draft] = []

    def write(draft: Draft) -> bytes:
        drafts.append(draft)
        return as_bytes(draft)

    issue(world, who="station_chief", write=write)
    issue(world, replace(ORDER, profile=RosterProfile.MEETING), who="station_chief", write=write)

    assert [(draft.office, draft.made_by) for draft in drafts] == [
        ("若葉署地域課", "若葉署　小林 剛"),
        ("若葉署地域課", "若葉署"),
    ]


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (replace(ORDER, purpose=" \u3000\n"), "purpose"),
        (replace(ORDER, purpose="会" * 41), "purpose"),
        (replace(ORDER, as_of=TODAY + dt.timedelta(days=1)), "as_of"),
        (replace(ORDER, as_of=dt.date(2024, 3, 31)), "as_of"),
    ],
)
def test_an_order_that_cannot_be_met_is_refused_at_its_field(
    world: World, order: RosterOrder, field: str
) -> None:
    liaison(world)
    with pytest.raises(Refused) as refusal:
        issue(world, order)
    assert (refusal.value.field, issues(world)) == (field, [])


def test_purpose_is_one_printable_line(world: World) -> None:
    liaison(world)
    issue(world, replace(ORDER, purpose=" 第３回\u3000地域\r\n安全\x00の会 "))
    assert [row.purpose for row in issues(world)] == ["第３回\u3000地域 安全 の会"]
