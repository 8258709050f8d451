"""What must hold in every sample, whatever the seed drew (domain-model, invariants)."""

import datetime as dt
import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from shapely import Point

from crm.agencies.models import BOXES
from crm.areas.models import AreaKind
from crm.consents.models import ConsentScope
from crm.contacts.filing import index_organization, index_person, read_telephones
from crm.contacts.models import Holder, Organization, Person
from crm.kernel.actor import Actor, Role
from crm.liaisons.models import Decision
from crm.notes.models import Occasion, Outcome
from crm.samples.police import Sample
from tests.samples.conftest import TODAY

Row = dict[str, Any]


def holder_of(row: Row) -> UUID:
    return row["person_id"] or row["organization_id"]


def holds(row: Row, day: dt.date) -> bool:
    return row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])


def active_terms(sample: Sample) -> list[Row]:
    return [term for term in sample.tables["liaison_term"] if holds(term, TODAY)]


def boxes(sample: Sample) -> set[UUID]:
    return {unit["id"] for unit in sample.tables["unit"] if unit["kind"] in BOXES}


def test_active_terms_stand_on_the_latest_answer(sample: Sample) -> None:
    latest: dict[UUID, Row] = {}
    for answer in sorted(
        sample.tables["acceptance_record"], key=lambda row: (row["decided_on"], row["recorded_at"])
    ):
        latest[holder_of(answer)] = answer

    wrong = [
        term
        for term in active_terms(sample)
        if latest[holder_of(term)]["decision"] is not Decision.ACCEPTED
        or latest[holder_of(term)]["decided_on"] > term["valid_from"]
    ]

    assert wrong == []
    assert len(active_terms(sample)) == 39


def test_every_term_names_its_own_acceptance(sample: Sample) -> None:
    answers = {row["id"]: row for row in sample.tables["acceptance_record"]}

    for term in sample.tables["liaison_term"]:
        answer = answers[term["acceptance_id"]]
        assert answer["decision"] is Decision.ACCEPTED
        assert holder_of(answer) == holder_of(term)
        assert term["asked_on"] <= answer["decided_on"] <= term["valid_from"]


def test_nobody_is_asked_after_the_answer(sample: Sample) -> None:
    asked = {holder_of(row): row["asked_on"] for row in sample.tables["approach"]}

    for answer in sample.tables["acceptance_record"]:
        assert asked[holder_of(answer)] <= answer["decided_on"] <= TODAY


def test_who_declined_is_no_liaison(sample: Sample) -> None:
    declined = {
        holder_of(row)
        for row in sample.tables["acceptance_record"]
        if row["decision"] is Decision.DECLINED
    }

    assert len(declined) >= 2
    assert declined & {holder_of(term) for term in active_terms(sample)} == set()


def test_nobody_is_a_liaison_twice_at_once(sample: Sample) -> None:
    terms = Counter(holder_of(term) for term in active_terms(sample))
    assert max(terms.values()) == 1


def test_every_way_an_asking_can_go_is_there(sample: Sample) -> None:
    answered = {holder_of(row) for row in sample.tables["acceptance_record"]}
    asked = {holder_of(row) for row in sample.tables["approach"]}
    noticed = {holder_of(row) for row in sample.tables["liaison_candidate"]}
    decisions = {row["decision"] for row in sample.tables["acceptance_record"]}
    terms = sample.tables["liaison_term"]

    assert decisions == set(Decision)
    assert len(asked - answered) >= 2
    assert len(noticed - asked) >= 2
    assert [term for term in terms if term["valid_from"] > TODAY] != []
    assert [term for term in terms if term["contact_needs_review"]] != []
    assert [term for term in active_terms(sample) if term["organization_id"]] != []


def test_consent_comes_in_different_widths(sample: Sample) -> None:
    granted: dict[UUID, set[ConsentScope]] = {
        row["id"]: set() for row in sample.tables["consent_record"]
    }
    for grant in sample.tables["consent_grant"]:
        granted[grant["record_id"]].add(grant["scope"])
        assert bool(grant["recipient"]) == (grant["scope"] is ConsentScope.MUNICIPALITY)

    for scope in (
        ConsentScope.WITHIN_STATION,
        ConsentScope.BY_PHONE,
        ConsentScope.OTHER_LIAISONS,
    ):
        assert [scopes for scopes in granted.values() if scopes and scope not in scopes] != []


def test_grants_begin_with_their_record(sample: Sample) -> None:
    decided = {row["id"]: row["decided_on"] for row in sample.tables["consent_record"]}
    assert [
        grant
        for grant in sample.tables["consent_grant"]
        if grant["valid_from"] != decided[grant["record_id"]]
    ] == []


def test_nobody_is_called_who_did_not_agree_to_it(sample: Sample) -> None:
    grants = defaultdict(set)
    for grant in sample.tables["consent_grant"]:
        grants[grant["record_id"]].add(grant["scope"])
    newest = {
        holder_of(row): grants[row["id"]]
        for row in sorted(sample.tables["consent_record"], key=lambda row: row["decided_on"])
    }
    silent = {
        holder_of(term)
        for term in active_terms(sample)
        if ConsentScope.BY_PHONE not in newest[holder_of(term)]
    }
    by_phone = {
        note["id"] for note in sample.tables["activity_note"] if note["occasion"] is Occasion.PHONE
    }
    called = {
        row["organization_id"]
        for row in sample.tables["note_organization"]
        if row["note_id"] in by_phone
    }

    assert silent != set()
    assert called & silent == set()


def test_every_note_is_about_somebody(sample: Sample) -> None:
    told_of = {row["note_id"] for row in sample.tables["note_person"]} | {
        row["note_id"] for row in sample.tables["note_organization"]
    }
    assert {note["id"] for note in sample.tables["activity_note"]} == told_of


def test_notes_say_something_unless_nobody_was_there(sample: Sample) -> None:
    for note in sample.tables["activity_note"]:
        assert note["heard"] or note["told"]
        assert note["heard"] == "" or note["outcome"] is not Outcome.ABSENT
        assert note["happened_at"].date() < TODAY
        assert "{" not in note["heard"] + note["told"]


def test_authors_served_at_the_unit_they_write_from(sample: Sample) -> None:
    served = defaultdict(list)
    for row in sample.tables["staff_assignment"]:
        served[row["staff_id"], row["unit_id"]].append(row)
    days = {note["id"]: note["happened_at"].date() for note in sample.tables["activity_note"]}

    for row in sample.tables["note_staff"]:
        assignments = served[row["staff_id"], row["unit_id"]]
        assert any(holds(assignment, days[row["note_id"]]) for assignment in assignments)


def test_units_stand_while_notes_are_written_from_them(sample: Sample) -> None:
    placements = defaultdict(list)
    for row in sample.tables["unit_placement"]:
        placements[row["unit_id"]].append(row)

    for note in sample.tables["activity_note"]:
        day = note["happened_at"].date()
        assert sum(holds(row, day) for row in placements[note["unit_id"]]) == 1


def test_answers_come_after_what_was_heard(sample: Sample) -> None:
    notes = {note["id"]: note for note in sample.tables["activity_note"]}

    for request in sample.tables["community_request"]:
        note = notes[request["note_id"]]
        assert request["words"] == note["heard"] != ""
        if request["state"] == "closed":
            assert request["heard_on"] < request["answered_on"] < TODAY
    open_now = [row for row in sample.tables["community_request"] if row["state"] != "closed"]
    assert len(open_now) >= 4


def test_corrections_keep_another_text(sample: Sample) -> None:
    notes = {note["id"]: note for note in sample.tables["activity_note"]}

    for kept in sample.tables["note_correction"]:
        note = notes[kept["note_id"]]
        assert (kept["heard"], kept["told"]) != (note["heard"], note["told"])
        assert note["revision"] == 2
    assert len(sample.tables["note_correction"]) >= 1


def test_box_jurisdictions_follow_each_other_without_overlap(sample: Sample) -> None:
    by_area = defaultdict(list)
    own = boxes(sample)
    for row in sample.tables["unit_jurisdiction"]:
        if row["unit_id"] in own:
            by_area[row["area_id"]].append(row)

    handed_over = 0
    for rows in by_area.values():
        rows.sort(key=lambda row: row["valid_from"])
        for former, latter in pairwise(rows):
            assert latter["valid_from"] == former["valid_to"] + dt.timedelta(days=1)
            handed_over += 1
    assert handed_over >= 1


def test_every_association_area_has_one_box_today(sample: Sample) -> None:
    own = boxes(sample)
    responsible = Counter(
        row["area_id"]
        for row in sample.tables["unit_jurisdiction"]
        if row["unit_id"] in own and holds(row, TODAY)
    )
    areas = [
        area["id"] for area in sample.tables["area"] if area["kind"] is AreaKind.ASSOCIATION_AREA
    ]

    assert responsible == Counter(areas)


def test_a_closed_box_has_no_area_left(sample: Sample) -> None:
    closed = {
        row["unit_id"]
        for row in sample.tables["unit_placement"]
        if row["valid_to"] and row["unit_id"] in boxes(sample)
    } - {row["unit_id"] for row in sample.tables["unit_placement"] if row["valid_to"] is None}

    left = [
        row
        for row in sample.tables["unit_jurisdiction"]
        if row["unit_id"] in closed and holds(row, TODAY)
    ]

    assert len(closed) == 1
    assert left == []


def test_one_box_has_met_nobody_for_long(sample: Sample) -> None:
    last_met = dict.fromkeys(
        [
            row["unit_id"]
            for row in sample.tables["unit_placement"]
            if row["unit_id"] in boxes(sample) and row["valid_to"] is None
        ],
        dt.date.min,
    )
    for note in sample.tables["activity_note"]:
        if note["outcome"] is not Outcome.ABSENT and note["unit_id"] in last_met:
            day = note["happened_at"].date()
            last_met[note["unit_id"]] = max(last_met[note["unit_id"]], day)

    quiet = [day for day in last_met.values() if (TODAY - day).days >= 260]

    assert len(quiet) == 2  # one at each station
    assert len(last_met) == 5


def test_one_beat_is_vacant(sample: Sample) -> None:
    beats = {unit["id"] for unit in sample.tables["unit"] if unit["kind"] == "beat"}
    manned = {
        row["unit_id"] for row in sample.tables["staff_assignment"] if holds(row, TODAY)
    } & beats
    assert len(beats - manned) == 2  # one at each station


def test_some_areas_have_no_liaison(sample: Sample) -> None:
    active = {term["id"] for term in active_terms(sample)}
    covered = {
        row["area_id"] for row in sample.tables["liaison_term_area"] if row["term_id"] in active
    }
    areas = {
        area["id"] for area in sample.tables["area"] if area["kind"] is AreaKind.ASSOCIATION_AREA
    }
    assert len(areas - covered) >= 2


def test_polygons_are_valid_and_association_areas_apart(sample: Sample) -> None:
    areas = sample.tables["area"]
    assert [area["name"] for area in areas if not area["polygon"].is_valid] == []
    own = [area for area in areas if area["kind"] is AreaKind.ASSOCIATION_AREA]
    # what two neighbors share is their border, not land
    assert [
        (one["name"], other["name"])
        for one in own
        for other in own
        if one is not other and one["polygon"].intersection(other["polygon"]).area > 1e-12
    ] == []


def test_the_town_lies_at_sea(sample: Sample) -> None:
    nearest_shore = Point(140.87, 35.70)  # 犬吠埼, the easternmost point of Kanto
    assert min(area["polygon"].distance(nearest_shore) for area in sample.tables["area"]) > 5


def test_no_telephone_can_ring(sample: Sample) -> None:
    for telephone in sample.tables["telephone"]:
        if telephone["e164"] is None:
            assert re.search(r"0[79]0-0\d{3}-\d{4}$", telephone["raw"])
        else:
            assert re.fullmatch(r"\+81590\d{6}", telephone["e164"])
    # whom two offices know have one number in two books
    numbers = [(row["station_id"], row["e164"]) for row in sample.tables["telephone"]]
    known = [number for number in numbers if number[1]]
    assert len(set(known)) == len(known)


def clerk(station_id: UUID, agency_id: UUID) -> Actor:
    return Actor(
        account_id=agency_id,
        staff_id=agency_id,
        agency_id=agency_id,
        unit_id=station_id,
        station_id=station_id,
        roles=frozenset({Role.OFFICER}),
        name="",
        unit_name="",
        station_name="",
    )


def test_people_and_organizations_are_filed_as_the_pages_file_them(sample: Sample) -> None:
    for row in sample.tables["person"]:
        person = Person(**row)
        index_person(person)
        assert person.model_dump() == row
    for row in sample.tables["organization"]:
        organization = Organization(**row)
        index_organization(organization)
        assert organization.model_dump() == row


def test_telephones_are_filed_as_the_pages_file_them(sample: Sample) -> None:
    for row in sample.tables["telephone"]:
        holder = Holder(row["person_id"], row["organization_id"])
        actor = clerk(row["station_id"], row["agency_id"])
        (filed,) = read_telephones(actor, holder, row["raw"], area_code="")
        expected = {**filed.model_dump(), "id": row["id"], "position": row["position"]}
        assert row == expected


@pytest.mark.parametrize(
    ("table", "offices"), [("person", 5), ("activity_note", 5), ("liaison_term", 2)]
)
def test_each_station_and_partner_has_rows_of_its_own(
    sample: Sample, table: str, offices: int
) -> None:
    assert len({row["station_id"] for row in sample.tables[table]}) == offices


@pytest.mark.parametrize("login", ["city", "school-board", "fire"])
def test_an_employee_of_a_partner_has_answers_and_contacts_due_today(
    sample: Sample, login: str
) -> None:
    tables = sample.tables
    (staff_id,) = (row["staff_id"] for row in tables["account"] if row["login"] == login)
    (unit_id,) = {
        row["unit_id"]
        for row in tables["staff_assignment"]
        if row["staff_id"] == staff_id and row["valid_to"] is None
    }
    own = [row for row in tables["activity_note"] if row["unit_id"] == unit_id]
    promised = [row["next_on"] for row in own if row["next_on"]]
    asked = sum(row["unit_id"] == unit_id for row in tables["community_request"])

    assert (asked, sorted(promised)) == (2, [TODAY - dt.timedelta(days=1), TODAY])
