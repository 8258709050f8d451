"""How something heard becomes a request, and how its answer goes back."""

import datetime as dt
from collections import Counter
from typing import NamedTuple
from uuid import UUID

from crm.kernel.clock import local_day
from crm.kernel.wareki import fiscal_year
from crm.requests.models import (
    AnswerMethod,
    CommunityRequest,
    PublishedRequest,
    RequestOutcome,
    RequestParty,
    RequestState,
    RequestStep,
    Source,
    StepKind,
    number_of,
)
from crm.requests.policy import topic_suggested
from crm.requests.service import ANSWER_WITHIN
from crm.samples.rows import Row, Rows, moment


class Office(NamedTuple):
    """Another agency's office, and what whoever asks it is called there."""

    agency_id: UUID
    station_id: UUID
    name: str
    giver_name: str


WRITTEN_AFTER = dt.timedelta(minutes=20)


def put_request(rows: Rows, note: Row) -> Row:
    """Put what a note heard into `rows` as a request and return its row, to be answered later."""
    day = local_day(note["happened_at"])
    request_id = rows.put(
        CommunityRequest,
        day,
        year=fiscal_year(day),
        serial=0,
        client_key=note["id"],
        note_id=note["id"],
        source=Source.CONTACT,
        heard_on=day,
        heard_by=note["author_id"],
        heard_unit_id=note["unit_id"],
        words=note["heard"],
        topic=topic_suggested(note["heard"]),
        unit_id=note["unit_id"],
        due_on=day + ANSWER_WITHIN,
        state=RequestState.RECEIVED,
        created_by=note["created_by"],
        updated_by=note["created_by"],
    )
    request = rows.tables["community_request"][-1]
    for table, column in (("note_person", "person_id"), ("note_organization", "organization_id")):
        for party in _of_note(rows, table, note["id"]):
            rows.put(RequestParty, day, request_id=request_id, **{column: party[column]})
    at = note["happened_at"] + WRITTEN_AFTER
    _put_step(rows, request, StepKind.RECEIVED, at, note["author_id"], note["unit_id"])
    rows.tables["request_step"][-1]["text"] = note["heard"]
    return request


def put_answer(
    rows: Rows, request: Row, told_on: dt.date, by: UUID, unit_id: UUID, text: str, to: str
) -> None:
    """Put what came of a request, and that it was told back, into `rows`."""
    request |= {
        "state": RequestState.CLOSED,
        "outcome": RequestOutcome.DONE,
        "outcome_text": text,
        "answer": text,
        "answered_to": to,
        "answered_on": told_on,
        "answered_by": by,
        "answered_unit_id": unit_id,
        "answered_how": AnswerMethod.VISIT,
        "updated_at": moment(told_on, 17),
        "revision": 3,
    }
    for kind in (StepKind.DECIDED, StepKind.ANSWERED):
        _put_step(rows, request, kind, moment(told_on, 17), by, unit_id)
        rows.tables["request_step"][-1]["text"] = text


def put_referral(
    rows: Rows, request: Row, by: tuple[UUID, UUID, str], to: Office, words: str, day: dt.date
) -> None:
    """Put into `rows` that an office was asked to see to a request: the copy, and the step.

    `by` are the chief who asked, the chief's unit, and what that unit is called.
    """
    chief, unit_id, told_by = by
    request["state"] = RequestState.CONSIDERING
    rows.put(
        PublishedRequest,
        day,
        giver_agency_id=rows.agency_id,
        giver_station_id=request["station_id"],
        giver_name=to.giver_name,
        recipient_agency_id=to.agency_id,
        recipient_station_id=to.station_id,
        recipient_name=to.name,
        reference=rows.key(day),
        request_id=request["id"],
        number="",
        topic=request["topic"],
        words=words,
        told_by=told_by,
        published_at=moment(day, 9),
    )
    _put_step(rows, request, StepKind.REFERRED, moment(day, 9), chief, unit_id)
    rows.tables["request_step"][-1] |= {"text": words, "to_unit_name": to.name}


def number_requests(rows: Rows) -> None:
    """Give a station's requests their numbers as they came, and each step its names."""
    own = [row for row in rows.tables["community_request"] if row["station_id"] == rows.station_id]
    heard_at = {row["id"]: row["happened_at"] for row in rows.tables["activity_note"]}
    given: Counter[int] = Counter()
    for request in sorted(own, key=lambda row: heard_at[row["note_id"]]):
        given[request["year"]] += 1
        request["serial"] = given[request["year"]]
    called = {row["id"]: number_of(row["year"], row["serial"]) for row in own}
    for copy in rows.tables.get("published_request", ()):
        copy["number"] = called.get(copy["request_id"], copy["number"])
    staff = {
        row["id"]: f"{row['family_name']} {row['given_name']}".strip()
        for row in rows.tables["staff"]
    }
    units = {row["unit_id"]: row["name"] for row in rows.tables["unit_placement"]}
    for step in rows.tables["request_step"]:
        step["staff_name"], step["unit_name"] = staff[step["staff_id"]], units[step["unit_id"]]


def _put_step(
    rows: Rows, request: Row, kind: StepKind, at: dt.datetime, by: UUID, unit_id: UUID
) -> None:
    rows.put(
        RequestStep,
        local_day(at),
        request_id=request["id"],
        kind=kind,
        at=at,
        staff_id=by,
        staff_name="",
        unit_id=unit_id,
        unit_name="",
    )


def _of_note(rows: Rows, table: str, note_id: UUID) -> list[Row]:
    """Return a note's parties: they were put last."""
    found: list[Row] = []
    for row in reversed(rows.tables[table]):
        if row["note_id"] != note_id:
            break
        found.append(row)
    return found[::-1]
