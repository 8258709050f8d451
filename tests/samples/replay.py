"""A sample done over again: every row of it by the verb a member of staff would have used."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from crm.approvals.models import ApprovalKind, ApprovalRoute
from crm.bodies import service as bodies
from crm.bodies.service import BodyFacts, SeatFacts
from crm.bulletins.files import Sheet
from crm.bulletins.service import ItemFacts, issue_item
from crm.candidates.models import StepKind
from crm.candidates.service import Proposal, mark_seen, pass_over, propose, receive
from crm.consents.models import ConsentFacts, ConsentScope, SharedField
from crm.consents.queries import current_consent
from crm.consents.service import record_consent
from crm.contacts.models import Holder
from crm.contacts.service import (
    OrganizationFacts,
    PersonFacts,
    PostFacts,
    appoint,
    end_appointment,
    register_organization,
    register_person,
)
from crm.formats.photos import Photo
from crm.handovers.service import confirm_reading, write_brief
from crm.kernel.actor import Actor, Role
from crm.kernel.clock import local_day
from crm.kernel.db import Database
from crm.kernel.scope import ScopedSession
from crm.liaisons.answers import record_decline, record_thinking, record_willingness
from crm.liaisons.models import AcceptanceFacts, AnswerFacts, AskingFacts, Decision, EndReason
from crm.liaisons.service import (
    ask,
    change_consent,
    confirm_contact,
    end_term,
    record_acceptance,
    withdraw,
)
from crm.meetings import service as meetings
from crm.meetings.models import MeetingState
from crm.meetings.queries import parties_to_change
from crm.meetings.recurring import begin_series
from crm.meetings.rhythm import Course
from crm.meetings.service import MeetingFacts
from crm.minutes import agenda
from crm.minutes.lines import Section
from crm.minutes.matters import ActionFacts, Becomes, Spot, charge, take_up
from crm.minutes.queries import agenda_to_change, whole_of
from crm.minutes.service import write_minutes
from crm.notes.phrasing import offer_phrase
from crm.notes.service import Beside, NoteContent, NoteFacts, correct_note, log_activity
from crm.requests.models import RequestState
from crm.requests.models import StepKind as RequestStepKind
from crm.requests.queries import request_sent_as
from crm.requests.referring import refer
from crm.requests.service import Decided, Told, tell_back
from crm.requests.site_copies import Handing
from crm.requests.siting import Pictured, Site, put_site
from crm.samples.candidates import SEEN_AFTER
from crm.samples.councils import MONTHS
from crm.samples.rows import Row, moment
from crm.sharing.agreements import AgreementFacts, DisclosureFacts, disclose, make_agreement
from crm.sharing.information import publish_information
from crm.sharing.service import link_contact, publish_note
from crm.shifts import service as shifts
from crm.strengthening.service import (
    Aimed,
    DayFacts,
    Hours,
    choose_targets,
    count_hours,
    plan_day,
)
from crm.visiting.models import Every
from crm.visiting.service import Decided as Spacing
from crm.visiting.service import QuietFacts, decide_cadence, leave_in_peace
from tests.samples.conftest import TODAY

GIVEN = (
    "agency",
    "area",
    "unit",
    "unit_placement",
    "unit_jurisdiction",
    "staff",
    "account",
    "staff_assignment",
)
"""What is there before anybody acts."""

ANSWERS = {
    Decision.DECLINED: record_decline,
    Decision.THINKING: record_thinking,
    Decision.WILLING: record_willingness,
}
TARGETS = "strengthening_target"

Act = Callable[[ScopedSession, dt.datetime], None]
Doing = tuple[dt.datetime, int, Actor, Act]


def replay(tables: Mapping[str, list[Row]], database: Database) -> None:
    """Do everything of a sample over again in an empty database, in the order it happened."""
    with database.system("what is there before anybody acts") as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table.name in GIVEN:
                connection.execute(sa.insert(table), tables[table.name])
        connection.execute(sa.insert(ApprovalRoute), _no_decisions(tables))
    player = _Player(tables)
    doings = sorted(player.doings(), key=lambda doing: doing[:2])
    for actor, own in groupby(doings, key=lambda doing: doing[2]):
        with database.writing(actor) as db:
            for now, _, _, act in own:
                act(db, now)


def _no_decisions(tables: Mapping[str, list[Row]]) -> list[Row]:
    """Let every station decide alone: a sample's agreements were decided on paper."""
    agencies = {row["id"]: row["agency_id"] for row in tables["unit"]}
    stations = {row["station_id"] for row in tables["unit_placement"]} - {None}
    return [
        ApprovalRoute(
            agency_id=agencies[station],
            station_id=station,
            kind=ApprovalKind.PROVISION,
            is_required=False,
            steps=[],
            valid_from=dt.date(2000, 1, 1),
        ).model_dump()
        for station in sorted(stations)
    ]


def _see(db: ScopedSession, _: dt.datetime) -> None:
    mark_seen(db, _actor_of(db))


class _Player:
    """Turns rows into acts; `new` has the keys of what was made over again by the old ones."""

    def __init__(self, tables: Mapping[str, list[Row]]) -> None:
        self.tables = tables
        self.new: dict[UUID, UUID] = {}
        self.references: dict[UUID, UUID] = {}
        self.agencies = {row["id"]: row for row in tables["agency"]}
        self.stations = {row["unit_id"]: row["station_id"] for row in tables["unit_placement"]}
        self.called = {
            row["unit_id"]: row["name"]
            for row in sorted(tables["unit_placement"], key=lambda row: row["valid_from"])
        }
        self.offices = {row["id"] for row in tables["unit"] if row["network_office"]}
        self.accounts = {row["staff_id"]: row["id"] for row in tables["account"]}
        self.staff_of = {row["id"]: row["staff_id"] for row in tables["account"]}
        self.asked = {row["note_id"] for row in tables["community_request"]}
        self.posts = {
            row["staff_id"]: row
            for row in sorted(tables["staff_assignment"], key=lambda row: row["valid_from"])
        }

    def doings(self) -> Iterator[Doing]:
        """Yield every act: when, which comes first at the same time, by whom, and what."""
        yield from chain(
            self._registering(),
            self._appointing(),
            self._issuing(),
            self._agreeing(),
            self._noticing_and_asking(),
            self._at_the_desk(),
            self._seeing(),
            self._answering(),
            self._consenting(),
            self._ending(),
            self._logging(),
            self._sitting(),
            self._meeting(),
            self._minuting(),
            self._touring(),
            self._linking(),
            self._telling(),
            self._strengthening(),
            self._handing_over(),
            self._siting(),
            self._referring(),
            self._own_words(),
        )

    def _actor(self, staff_id: UUID, unit_id: UUID, account: UUID | None = None) -> Actor:
        row, station_id = self.posts[staff_id], self.stations[unit_id]
        agency = self.agencies[row["agency_id"]]
        return Actor(
            account_id=account or self.accounts.get(staff_id) or next(iter(self.staff_of)),
            staff_id=staff_id,
            agency_id=agency["id"],
            unit_id=unit_id,
            station_id=station_id,
            roles=frozenset({row["role"]}),
            name="",
            unit_name=self.called[unit_id],
            station_name=self.called[station_id] if station_id else "",
            network_office=unit_id in self.offices,
            agency_kind=agency["kind"],
            agency_name=agency["name"],
        )

    def _clerk(self, account: UUID) -> Actor:
        staff_id = self.staff_of[account]
        return self._actor(staff_id, self.posts[staff_id]["unit_id"], account)

    def _chief(self, row: Row) -> Actor:
        """Return whoever recorded a row, in the section whose chief they were on that day."""
        (post,) = (
            post
            for post in self.tables["staff_assignment"]
            if post["staff_id"] == row["recorded_by"]
            and post["role"] is Role.SECTION_CHIEF
            and post["valid_from"] <= row["decided_on"]
            and (post["valid_to"] is None or row["decided_on"] <= post["valid_to"])
        )
        actor = self._actor(row["recorded_by"], post["unit_id"])
        return Actor(**{**_facts_of(actor), "roles": frozenset({Role.SECTION_CHIEF})})

    def _holder(self, row: Row) -> Holder:
        person_id, organization_id = row["person_id"], row["organization_id"]
        return Holder(
            self.new[person_id] if person_id else None,
            self.new[organization_id] if organization_id else None,
        )

    def _registering(self) -> Iterator[Doing]:
        cells = defaultdict(list)
        for row in self.tables["telephone"]:
            cells[row["person_id"] or row["organization_id"]].append(row["raw"])
        start = moment(dt.date(2000, 1, 1), 9)
        for row in self.tables["organization"]:
            yield start, 0, self._clerk(row["created_by"]), self._organization(row, cells)
        for row in self.tables["person"]:
            yield start, 1, self._clerk(row["created_by"]), self._person(row, cells)

    def _organization(self, row: Row, cells: Mapping[UUID, list[str]]) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            del now
            kept = ("kind", "name", "kana", "area_id", "address", "is_active", "care_note")
            facts = OrganizationFacts(
                **{name: row[name] for name in kept},
                parent_id=self.new[row["parent_id"]] if row["parent_id"] else None,
                phones="\n".join(cells[row["id"]]),
            )
            made = register_organization(
                db, _actor_of(db), facts, area_code="", now=row["created_at"]
            )
            self.new[row["id"]] = made.id

        return act

    def _person(self, row: Row, cells: Mapping[UUID, list[str]]) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            del now
            names = ("family_name", "given_name", "family_kana", "given_kana")
            kept = {name: row[name] for name in (*names, "address", "care_note")}
            facts = PersonFacts(**kept, phones="\n".join(cells[row["id"]]))
            made = register_person(db, _actor_of(db), facts, area_code="", now=row["created_at"])
            self.new[row["id"]] = made.id

        return act

    def _appointing(self) -> Iterator[Doing]:
        for row in self.tables["appointment"]:
            actor = self._clerk(row["created_by"])
            begins = row["valid_from"] or dt.date(2001, 1, 1)
            yield moment(begins, 8), 2, actor, self._appointment(row)
            if row["valid_to"]:
                yield moment(row["valid_to"], 20), 3, actor, self._appointment_end(row)

    def _appointment(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            organization_id = row["organization_id"]
            facts = PostFacts(
                post_type_id=row["post_type_id"],
                organization_id=self.new[organization_id] if organization_id else None,
                title=row["title"],
                valid_from=row["valid_from"],
            )
            made = appoint(db, _actor_of(db), self.new[row["person_id"]], facts, now=now)
            self.new[row["id"]] = made.id

        return act

    def _appointment_end(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            key = self.new[row["id"]]
            end_appointment(db, _actor_of(db), key, row["valid_to"], revision=1, now=now)

        return act

    def _issuing(self) -> Iterator[Doing]:
        files = {row["item_id"]: row for row in self.tables["information_file"]}
        for row in self.tables["information_item"]:
            staff_id = next(iter(self.posts))
            actor = self._issuer(row, staff_id)
            yield moment(row["valid_from"], 8), 4, actor, self._item(row, files.get(row["id"]))

    def _issuer(self, row: Row, staff_id: UUID) -> Actor:
        at_hand = {**_facts_of(self._actor(staff_id, row["unit_id"]))}
        role = Role.OFFICER if row["station_id"] else Role.HQ_VIEWER
        return Actor(**{**at_hand, "roles": frozenset({role}), "agency_id": row["agency_id"]})

    def _item(self, row: Row, file: Row | None) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            said = ("kind", "title", "handling", "valid_from", "valid_to", "issue_number", "topic")
            facts = ItemFacts(**{name: row[name] for name in said})
            sheet = Sheet(file["name"], file["media_type"], file["content"]) if file else None
            self.new[row["id"]] = issue_item(db, _actor_of(db), facts, sheet, now=now).id

        return act

    def _agreeing(self) -> Iterator[Doing]:
        for row in self.tables["sharing_agreement"]:
            actor = self._clerk(row["created_by"])
            yield moment(row["valid_from"], 9), 5, actor, self._agreement(row)
        for row in self.tables["disclosure"]:
            actor = self._actor(row["decided_by"], self.posts[row["decided_by"]]["unit_id"])
            yield row["recorded_at"], 30, actor, self._disclosure(row)

    def _agreement(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            terms = (
                *("title", "purpose", "valid_from", "conditions", "retention", "inquiries"),
                "gives_places",
            )
            facts = AgreementFacts(
                recipient_station_id=row["recipient_station_id"],
                fields=[SharedField(field) for field in row["fields"]],
                **{name: row[name] for name in terms},
            )
            self.new[row["id"]] = make_agreement(db, _actor_of(db), facts, now=now).id

        return act

    def _disclosure(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            facts = DisclosureFacts(
                recipient_station_id=row["recipient_station_id"],
                basis=row["basis"],
                reason=row["reason"],
                fields=[SharedField(field) for field in row["fields"]],
                expires_on=row["expires_on"],
            )
            disclose(db, _actor_of(db), self._holder(row), facts, now=now)

        return act

    def _strengthening(self) -> Iterator[Doing]:
        for row in self.tables["strengthening_day"]:
            actor = self._clerk(row["created_by"])
            yield row["created_at"], 40, actor, self._strengthening_day(row)

    def _handing_over(self) -> Iterator[Doing]:
        for row in self.tables["beat_brief"]:
            yield row["created_at"], 41, self._clerk(row["created_by"]), self._brief(row)
        for row in self.tables["brief_reading"]:
            actor = self._actor(row["staff_id"], row["unit_id"])
            yield row["read_at"], 42, actor, self._reading(row)

    def _brief(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            actor, unit_id = _actor_of(db), row["unit_id"]
            made = write_brief(db, actor, unit_id, row["text"], revision=0, now=now)
            self.new[row["id"]] = made.id

        return act

    def _reading(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            confirm_reading(db, _actor_of(db), row["unit_id"], revision=row["revision"], now=now)

        return act

    def _strengthening_day(self, row: Row) -> Act:
        def of(table: str) -> list[Row]:
            return [each for each in self.tables[table] if each["day_id"] == row["id"]]

        def act(db: ScopedSession, now: dt.datetime) -> None:
            actor, units, targets = _actor_of(db), of("strengthening_unit"), of(TARGETS)
            limits = of("strengthening_area")
            limited = {limit["unit_id"] for limit in limits}
            facts = DayFacts(
                unit_ids=[unit["unit_id"] for unit in units if unit["unit_id"] not in limited],
                area_ids=[limit["area_id"] for limit in limits],
                **{name: row[name] for name in ("first_on", "last_on", "purpose", "request_key")},
            )
            made = plan_day(db, actor, facts, now=now)
            aims = {self._holder(one): one for one in targets}
            chosen = [Aimed(one["unit_id"], holder) for holder, one in aims.items()]
            reasons = {holder: one["reason"] for holder, one in aims.items()}
            choose_targets(db, actor, made.id, chosen, reasons, revision=made.revision, now=now)
            for unit in units:
                hours = Hours(
                    secured=unit["hours_secured"],
                    diverted=unit["hours_diverted"],
                    diverted_to=unit["diverted_to"],
                )
                count_hours(db, actor, made.id, unit["unit_id"], hours, revision=1, now=now)

        return act

    def _noticing_and_asking(self) -> Iterator[Doing]:
        for row in self.tables["liaison_candidate"]:
            actor = self._actor(row["noticed_by"], row["unit_id"])
            yield moment(row["noticed_on"], 16), 6, actor, self._candidate(row)
        for row in self.tables["approach"]:
            actor = self._actor(row["asked_by"], row["unit_id"])
            yield row["recorded_at"], 7, actor, self._asking(row)

    def _candidate(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            said = ("reason", "known_by", "avoid", "post", "area_id")
            proposal = Proposal(**{name: row[name] for name in said})
            made = propose(db, _actor_of(db), self._holder(row), proposal, now=now)
            self.new[row["id"]] = made.id

        return act

    def _at_the_desk(self) -> Iterator[Doing]:
        """Yield what the network office did about proposals by itself."""
        for row in self.tables["candidate_step"]:
            if row["kind"] in {StepKind.RECEIVED, StepKind.PASSED_OVER}:
                actor = self._actor(row["staff_id"], row["unit_id"])
                yield row["at"], 6, actor, self._desk_step(row)

    def _desk_step(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            candidate_id = self.new[row["candidate_id"]]
            if row["kind"] is StepKind.RECEIVED:
                receive(db, _actor_of(db), candidate_id, now=now)
            else:
                pass_over(db, _actor_of(db), candidate_id, row["text"], now=now)

        return act

    def _seeing(self) -> Iterator[Doing]:
        """Yield that whoever proposed somebody has seen what lies two weeks back."""
        rows = self.tables["liaison_candidate"]
        for staff_id, unit_id in sorted({(row["noticed_by"], row["unit_id"]) for row in rows}):
            actor = self._actor(staff_id, unit_id)
            yield moment(TODAY - SEEN_AFTER, 20), 20, actor, _see

    def _asking(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            facts = AskingFacts(row["asked_on"], row["method"])
            ask(db, _actor_of(db), self._holder(row), facts, now=now)

        return act

    def _answering(self) -> Iterator[Doing]:
        terms = {row["acceptance_id"]: row for row in self.tables["liaison_term"]}
        areas = defaultdict(list)
        for area in self.tables["liaison_term_area"]:
            areas[area["term_id"]].append(area["area_id"])
        for row in self.tables["acceptance_record"]:
            actor = self._chief(row)
            if row["decision"] is Decision.ACCEPTED:
                term = terms[row["id"]]
                act = self._acceptance(row, term, areas[term["id"]])
                yield row["recorded_at"], 8, actor, act
                if term["contact_person_id"]:
                    yield self._contact(row, term, actor)
            else:
                yield row["recorded_at"], 9, actor, self._refusal(row)

    def _acceptance(self, row: Row, term: Row, areas: list[UUID]) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            consent = self._consent_of(row)
            facts = AcceptanceFacts(
                decided_on=row["decided_on"],
                method=row["method"],
                starts_on=term["valid_from"],
                scopes=consent.scopes,
                provisions=consent.provisions,
                area_ids=areas,
                signatory=consent.signatory,
                capacity=consent.capacity,
            )
            record_acceptance(db, _actor_of(db), self._holder(row), facts, now=now)

        return act

    def _contact(self, row: Row, term: Row, actor: Actor) -> Doing:
        """Confirm who speaks for an organization, once they hold a post there."""
        held = [
            post["valid_from"] or dt.date.min
            for post in self.tables["appointment"]
            if post["person_id"] == term["contact_person_id"]
            and post["organization_id"] == term["organization_id"]
        ]
        day = max(row["decided_on"], term["valid_from"], min(held))

        def act(db: ScopedSession, now: dt.datetime) -> None:
            person_id = self.new[term["contact_person_id"]]
            confirm_contact(db, _actor_of(db), self._holder(row), person_id, now=now)

        return moment(day, 18), 10, actor, act

    def _refusal(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            actor, holder = _actor_of(db), self._holder(row)
            given = {name: row[name] for name in ("decided_on", "method")}
            if verb := ANSWERS.get(row["decision"]):
                wishes = {name: row[name] for name in ("not_before", "asks_no_more")}
                verb(db, actor, holder, AnswerFacts(**given, **wishes), now=now)
            else:
                withdraw(db, actor, holder, **given, now=now)

        return act

    def _consenting(self) -> Iterator[Doing]:
        """Yield the consents that stand alone: neither beside an acceptance nor a withdrawal."""
        beside = {(_about(row), row["decided_on"]) for row in self.tables["acceptance_record"]}
        for row in self.tables["consent_record"]:
            if (_about(row), row["decided_on"]) not in beside:
                yield row["recorded_at"], 11, self._chief(row), self._consent(row)

    def _consent(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            actor, holder, facts = _actor_of(db), self._holder(row), self._consent_of(row)
            if actor.is_police:
                current = current_consent(db, holder, local_day(now))
                seen = current.id if current else None
                change_consent(db, actor, holder, facts, seen=seen, now=now)
            else:
                record_consent(db, actor, holder, facts, now=now)

        return act

    def _consent_of(self, row: Row) -> ConsentFacts:
        """Return what was agreed to on the day of an answer or of a consent itself."""
        (record,) = (
            each
            for each in self.tables["consent_record"]
            if _about(each) == _about(row) and each["decided_on"] == row["decided_on"]
        )
        grants = [
            grant for grant in self.tables["consent_grant"] if grant["record_id"] == record["id"]
        ]
        return ConsentFacts(
            record["decided_on"],
            record["method"],
            {
                ConsentScope(grant["scope"]): grant["recipient"]
                for grant in grants
                if not grant["recipient_agency_id"]
            },
            record["signatory"],
            record["capacity"],
            provisions={
                grant["recipient_agency_id"]: [SharedField(each) for each in grant["fields"]]
                for grant in grants
                if grant["recipient_agency_id"]
            },
        )

    def _ending(self) -> Iterator[Doing]:
        answers = {row["id"]: row for row in self.tables["acceptance_record"]}
        for row in self.tables["liaison_term"]:
            if row["end_reason"] not in {None, EndReason.OWN_WISH}:
                actor = self._chief(answers[row["acceptance_id"]])
                yield moment(row["valid_to"], 19), 12, actor, self._end(row)

    def _end(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            end_term(
                db,
                _actor_of(db),
                self._holder(row),
                reason=row["end_reason"],
                day=row["valid_to"],
                now=now,
            )

        return act

    def _logging(self) -> Iterator[Doing]:
        slips = {row["note_id"]: row for row in self.tables["note_correction"]}
        for row in self.tables["activity_note"]:
            actor = self._actor(row["author_id"], row["unit_id"])
            soon = row["happened_at"] + dt.timedelta(minutes=20)
            slip = slips.get(row["id"])
            yield soon, 13, actor, self._note(row, slip or row)
            if slip:
                yield slip["corrected_at"], 14, actor, self._correction(row)
        for row in self.tables["community_request"]:
            if row["state"] is RequestState.CLOSED:
                actor = self._actor(row["answered_by"], row["answered_unit_id"])
                yield row["updated_at"], 15, actor, self._answer(row)

    def _note(self, row: Row, said: Row) -> Act:
        def of(table: str, column: str) -> list[UUID]:
            found = self.tables[table]
            return [each[column] for each in found if each["note_id"] == row["id"]]

        def act(db: ScopedSession, now: dt.datetime) -> None:
            facts = NoteFacts(
                **_content(said),
                client_key=row["client_key"],
                person_ids=self._known(of("note_person", "person_id")),
                organization_ids=self._known(of("note_organization", "organization_id")),
                staff_ids=frozenset(of("note_staff", "staff_id")),
                information_ids=self._known(of("note_information", "item_id")),
                needs_reply=row["id"] in self.asked,
                next_on=row["next_on"],
                **self._beside(row),
            )
            self.new[row["id"]] = log_activity(db, _actor_of(db), facts, now=now).id

        return act

    def _beside(self, row: Row) -> dict[str, Any]:
        return {
            "companions": [
                Beside(one["other_station_id"], one["names"])
                for one in self.tables["note_companion"]
                if one["note_id"] == row["id"]
            ]
        }

    def _siting(self) -> Iterator[Doing]:
        photos = {row["request_id"]: row for row in self.tables["site_photo"]}
        requests = {row["id"]: row for row in self.tables["community_request"]}
        for row in self.tables["site_issue"]:
            request = requests[row["request_id"]]
            actor = self._actor(request["heard_by"], request["heard_unit_id"])
            at = moment(request["heard_on"], 23)
            yield at, 16, actor, self._site(row, request, photos[request["id"]])

    def _site(self, row: Row, request: Row, photo: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            made = request_sent_as(db, request["station_id"], self.new[request["note_id"]])
            point = (row["longitude"], row["latitude"])
            site = Site(
                kind=row["kind"], area_id=request["area_id"], place=request["place"], point=point
            )
            drawn = Photo(photo["content"], photo["width"], photo["height"])
            pictured = Pictured(drawn, photo["description"])
            put_site(db, _actor_of(db), made.id, site, pictured, revision=made.revision, now=now)

        return act

    def _referring(self) -> Iterator[Doing]:
        requests = {row["id"]: row for row in self.tables["community_request"]}
        steps = {
            row["request_id"]: row
            for row in self.tables["request_step"]
            if row["kind"] is RequestStepKind.REFERRED
        }
        for row in self.tables["published_request"]:
            step = steps[row["request_id"]]
            actor = self._actor(step["staff_id"], step["unit_id"])
            yield step["at"], 17, actor, self._refer(row, requests[row["request_id"]])

    def _own_words(self) -> Iterator[Doing]:
        for row in self.tables["station_phrase"]:
            yield row["created_at"], 43, self._clerk(row["created_by"]), self._phrase(row)

    def _phrase(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            words = (row["use"], row["text"])
            offer_phrase(db, _actor_of(db), *words, valid_from=row["valid_from"], now=now)

        return act

    def _refer(self, row: Row, request: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            made = request_sent_as(db, request["station_id"], self.new[request["note_id"]])
            sites = {site["reference"] for site in self.tables["published_site"]}
            given = row["reference"] in sites
            refer(
                db,
                _actor_of(db),
                made.id,
                row["recipient_station_id"],
                row["words"],
                handing=Handing(point=given, photo=given),
                now=now,
            )

        return act

    def _known(self, keys: list[UUID]) -> frozenset[UUID]:
        return frozenset(self.new[key] for key in keys)

    def _correction(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            content = NoteContent(**_content(row))
            correct_note(db, _actor_of(db), self.new[row["id"]], content, revision=1, now=now)

        return act

    def _answer(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            request = request_sent_as(db, row["station_id"], self.new[row["note_id"]])
            tell_back(
                db,
                _actor_of(db),
                request.id,
                Told(
                    answer=row["answer"],
                    to=row["answered_to"],
                    on=row["answered_on"],
                    how=row["answered_how"],
                ),
                decided=Decided(outcome=row["outcome"], text=row["outcome_text"]),
                revision=request.revision,
                now=now,
            )

        return act

    def _touring(self) -> Iterator[Doing]:
        """Yield what a tour begins with: words of the last shift, cadences, quiet periods."""
        for row in self.tables["shift_message"]:
            actor = self._actor(row["written_by"], row["unit_id"])
            yield row["written_at"], 20, actor, self._leave(row)
            for noted in self.tables["shift_confirmation"]:
                if noted["message_id"] == row["id"]:
                    reader = self._actor(noted["staff_id"], row["unit_id"])
                    yield noted["confirmed_at"], 21, reader, self._take_note(row)
        for row in self.tables["quiet_period"]:
            yield row["entered_at"], 20, self._posted(row["entered_by"]), self._spare(row)
        for row in self.tables["visit_cadence"]:
            yield row["decided_at"], 20, self._posted(row["decided_by"]), self._space(row)

    def _posted(self, staff_id: UUID) -> Actor:
        return self._actor(staff_id, self.posts[staff_id]["unit_id"])

    def _leave(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            key = row["request_key"]
            left = shifts.leave(db, _actor_of(db), row["text"], request_key=key, now=now)
            self.new[row["id"]] = left.id

        return act

    def _take_note(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            shifts.confirm(db, _actor_of(db), self.new[row["id"]], now=now)

        return act

    def _spare(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            told = ("valid_from", "valid_to", "reason", "remark", "request_key")
            facts = QuietFacts(**{name: row[name] for name in told})
            leave_in_peace(db, _actor_of(db), self._holder(row), facts, now=now)

        return act

    def _space(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            decided = Spacing(Every(str(row["every_days"])), None)
            decide_cadence(db, _actor_of(db), self._holder(row), decided, now=now)

        return act

    def _meeting(self) -> Iterator[Doing]:
        """Yield how people were invited, what they answered, and who came."""
        for row in self.tables["meeting_series"]:
            yield row["created_at"], 22, self._clerk(row["created_by"]), self._recur(row)
        for row in self.tables["meeting"]:
            if row["series_id"]:
                continue  # a series plans its own
            actor, after = self._clerk(row["created_by"]), row["starts_at"] + dt.timedelta(hours=3)
            parties = [
                one for one in self.tables["meeting_party"] if one["meeting_id"] == row["id"]
            ]
            yield row["created_at"], 16, actor, self._plan(row)
            for party in parties:
                yield moment(party["invited_on"], 18), 17, actor, self._invite(row, party)
                yield moment(party["invited_on"], 19), 18, actor, self._reply(row, party)
            if row["state"] is MeetingState.HELD:
                yield after, 19, actor, self._hold(row, parties)
            if row["state"] is MeetingState.CANCELED:
                yield row["starts_at"], 19, actor, self._cancel(row)

    def _sitting(self) -> Iterator[Doing]:
        """Yield which bodies were established, and who was seated there."""
        for row in self.tables["body"]:
            yield row["created_at"], 20, self._clerk(row["created_by"]), self._establish(row)
        for row in self.tables["body_member"]:
            yield row["created_at"], 21, self._clerk(row["created_by"]), self._seat(row)

    def _establish(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            told = ("kind", "name", "kana", "legal_basis", "secretariat_unit_id")
            facts = BodyFacts(**{name: row[name] for name in told})
            key = row["client_key"]
            made = bodies.establish(db, _actor_of(db), facts, client_key=key, now=now)
            self.new[row["id"]] = made.id

        return act

    def _seat(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            holder = None if row["words"] else self._holder(row)
            told = ("words", "role", "valid_from", "valid_to")
            facts = SeatFacts(holder=holder, **{name: row[name] for name in told})
            bodies.seat(db, _actor_of(db), self.new[row["body_id"]], facts, now=now)

        return act

    def _recur(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            told = ("kind", "title", "place", "style")
            first = MeetingFacts(
                **{name: row[name] for name in told},
                starts_at=row["first_at"],
                ends_at=row["first_at"] + dt.timedelta(minutes=row["lasts_minutes"]),
                body_id=self.new[row["body_id"]],
            )
            course = Course(row["rhythm"], row["every"], local_day(row["first_at"]))
            key = row["client_key"]
            begin_series(db, _actor_of(db), first, course, months=MONTHS, client_key=key, now=now)

        return act

    def _plan(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            told = ("kind", "title", "starts_at", "ends_at", "place", "style", "held_with")
            facts = MeetingFacts(**{name: row[name] for name in told})
            made = meetings.plan(db, _actor_of(db), facts, client_key=row["client_key"], now=now)
            self.new[row["id"]] = made.id

        return act

    def _invite(self, row: Row, party: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            whom, channel = [self._holder(party)], party["channel"]
            meetings.invite(db, _actor_of(db), self.new[row["id"]], whom, channel=channel, now=now)
            for made in parties_to_change(db, self.new[row["id"]]):
                if Holder(made.person_id, made.organization_id) == whom[0]:
                    self.new[party["id"]] = made.id

        return act

    def _reply(self, row: Row, party: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            said = {self.new[party["id"]]: party["reply"]}
            meetings.note_replies(db, _actor_of(db), self.new[row["id"]], said, now=now)

        return act

    def _hold(self, row: Row, parties: list[Row]) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            came = {self.new[party["id"]]: party["presence"] for party in parties}
            meeting_id, visitors = self.new[row["id"]], row["visitors"]
            meetings.note_presence(db, _actor_of(db), meeting_id, came, visitors=visitors, now=now)

        return act

    def _cancel(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            because = row["canceled_because"]
            meetings.cancel(db, _actor_of(db), self.new[row["id"]], because, now=now)

        return act

    def _minuting(self) -> Iterator[Doing]:
        """Yield what meetings were about, and what was settled there."""
        meetings = {row["id"]: row for row in self.tables["meeting"]}
        for key in dict.fromkeys(row["meeting_id"] for row in self.tables["agenda_item"]):
            row = meetings[key]
            yield row["created_at"], 17, self._clerk(row["created_by"]), self._prepare(row)
        for version in self.tables["minutes_version"]:
            row = meetings[version["meeting_id"]]
            yield version["written_at"], 20, self._clerk(row["created_by"]), self._write(version)
        for matter in self.tables["meeting_matter"]:
            row = meetings[matter["meeting_id"]]
            after = row["starts_at"] + dt.timedelta(hours=5)
            yield after, 21, self._clerk(row["created_by"]), self._take_up(matter)
        for sequel in self.tables["meeting_sequel"]:
            row = meetings[sequel["meeting_id"]]
            yield row["created_at"], 22, self._clerk(row["created_by"]), self._go_on(sequel)

    def _prepare(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            agenda.prepare(db, _actor_of(db), self.new[row["id"]], now=now)
            made = {item.title: item.id for item in agenda_to_change(db, self.new[row["id"]])}
            for item in self.tables["agenda_item"]:
                if item["meeting_id"] == row["id"]:
                    self.new[item["id"]] = made[item["title"]]

        return act

    def _write(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            said = {
                self.new[one["agenda_item_id"]]: one["text"]
                for one in self.tables["minutes_section"]
                if one["version_id"] == row["id"]
            }
            meeting_id = self.new[row["meeting_id"]]
            items = whole_of(db, meeting_id).items
            parts = [Section(item.id, item.title, said.get(item.id, "")) for item in items]
            revision = row["serial"] - 1
            write_minutes(db, _actor_of(db), meeting_id, parts, revision=revision, now=now)

        return act

    def _take_up(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            (said,) = (
                one["text"]
                for one in self.tables["minutes_section"]
                if one["agenda_item_id"] == row["agenda_item_id"]
            )
            number = said.splitlines().index(row["words"])
            spot = Spot(self.new[row["agenda_item_id"]], number, 1)
            actor, meeting_id = _actor_of(db), self.new[row["meeting_id"]]
            made = take_up(db, actor, meeting_id, spot, Becomes(row["kind"]), now=now)
            if row["due_on"]:
                told = ActionFacts(words=row["words"], unit_id=row["unit_id"], due_on=row["due_on"])
                charge(db, actor, made.id, told, revision=1, now=now)

        return act

    def _go_on(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            meeting_id, previous = self.new[row["meeting_id"]], self.new[row["previous_id"]]
            agenda.go_on_from(db, _actor_of(db), meeting_id, previous, now=now)

        return act

    def _linking(self) -> Iterator[Doing]:
        """Yield where an office recognized somebody it had been given."""
        first: set[UUID] = set()
        for row in sorted(self.tables["contact_link"], key=lambda row: row["linked_at"]):
            if row["reference"] in first:
                yield row["linked_at"], 20, self._clerk(row["linked_by"]), self._link(row)
            first.add(row["reference"])

    def _link(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            reference = self._reference(db, row)
            link_contact(db, _actor_of(db), reference, self._holder(row), now=now)

        return act

    def _reference(self, db: ScopedSession, row: Row) -> UUID:
        """Return the reference the giver's contact has this time."""
        (giver,) = (
            link
            for link in self.tables["contact_link"]
            if link["reference"] == row["reference"] and link["station_id"] != row["station_id"]
        )
        table = SQLModel.metadata.tables["contact_link"]
        holder = self._holder(giver).columns
        found = db.connection().execute(
            sa.select(table.c.reference).where(
                table.c.station_id == giver["station_id"],
                table.c.other_station_id == row["station_id"],
                *(table.c[name] == key for name, key in holder.items()),
            ),
            execution_options={"system": "a test"},
        )
        return UUID(str(found.scalar_one()))

    def _telling(self) -> Iterator[Doing]:
        links = {(row["station_id"], row["reference"]): row for row in self.tables["contact_link"]}
        chiefs = {row["station_id"]: row["created_by"] for row in self.tables["sharing_agreement"]}
        for row in self.tables["published_note"]:
            actor = self._clerk(chiefs[row["giver_station_id"]])
            link = links[row["giver_station_id"], row["reference"]]
            yield row["published_at"], 21, actor, self._told(row, link)
        for row in self.tables["published_information"]:
            actor = self._clerk(chiefs[row["giver_station_id"]])
            yield row["published_at"], 22, actor, self._handed_on(row)

    def _told(self, row: Row, link: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            key, to = self.new[row["note_id"]], row["recipient_station_id"]
            publish_note(db, _actor_of(db), key, self._holder(link), to, row["text"], now=now)

        return act

    def _handed_on(self, row: Row) -> Act:
        def act(db: ScopedSession, now: dt.datetime) -> None:
            key, to = self.new[row["item_id"]], row["recipient_station_id"]
            publish_information(db, _actor_of(db), key, to, now=now)

        return act


def _actor_of(db: ScopedSession) -> Actor:
    if db.actor is None:
        raise ValueError("somebody acts")
    return db.actor


def _facts_of(actor: Actor) -> dict[str, Any]:
    return {name: getattr(actor, name) for name in Actor.__slots__}


SAID = ("occasion", "outcome", "happened_at", "heard", "told", "advice", "problem")


def _content(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in SAID}


def _about(row: Row) -> UUID:
    key: UUID = row["person_id"] or row["organization_id"]
    return key
