"""Published copies ≡ agreement ∩ consent ∩ today, after any sequence of events (a naive model)."""

import datetime as dt
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import col, select

from crm.consents.models import ConsentFacts, ConsentMethod, SharedField
from crm.consents.service import record_consent
from crm.contacts import queries as contacts
from crm.contacts.models import Appointment, Holder, OrganizationKind, PostType
from crm.contacts.service import (
    OrganizationFacts,
    PersonFacts,
    correct_organization,
    correct_person,
)
from crm.kernel.clock import start_of_day
from crm.kernel.errors import Refused
from crm.liaisons import service as liaisons
from crm.liaisons.models import AcceptanceFacts, AskingFacts, EndReason
from crm.sharing import agreements
from crm.sharing.models import ContactLink, DisclosureBasis, ProvisionRecord, PublishedContact
from crm.sharing.service import refresh_copies
from tests.support.world import World

FIRST_DAY = dt.date(2026, 4, 1)
FIELDS = st.sets(st.sampled_from(SharedField), max_size=7)
WITH_NAME = FIELDS.map(lambda fields: fields | {SharedField.NAME})
CONSENTED = st.one_of(WITH_NAME, WITH_NAME, FIELDS)
EVERYTHING = set(SharedField)
WHICH = st.integers(0, 1)
SPAN = st.sampled_from([0, 1, 3, 40])
KANA = "クワバラ ケンタ"


@dataclass
class Told:
    """What the model remembers of one agreement or disclosure."""

    fields: set[SharedField]
    first: dt.date
    last: dt.date | None
    holder: Holder | None = None

    def holds_on(self, day: dt.date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass
class Remembered:
    """What the model remembers of one contact."""

    name: str
    kana: str
    phone: str
    consent: set[SharedField] = field(default_factory=set)
    terms: list[list[Any]] = field(default_factory=list)


class Sharing(RuleBasedStateMachine):
    """A chief agrees, discloses and ends while people consent, serve, move and withdraw."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        person = self.world.person("桒原 健太", KANA, phone="087-833-0110")
        group = self.world.organization("みなと町自治会", "ミナトチョウジチカイ")
        self.world.put(appointment(self.world, person.id, group.id))
        self.holders = (Holder(person_id=person.id), Holder(organization_id=group.id))
        self.known = {
            self.holders[0]: Remembered("桒原 健太", KANA, "087-833-0110"),
            self.holders[1]: Remembered("みなと町自治会", "ミナトチョウジチカイ", ""),
        }
        self.agreements: dict[UUID, Told] = {}
        self.disclosures: dict[UUID, Told] = {}
        self.today = self.swept_on = FIRST_DAY
        # one transaction for a whole sequence, of which nothing is kept: no trace in the next
        self.stack = ExitStack()
        self.db = self.stack.enter_context(self.world.reading("chief"))
        self.chief = self.world.actors["chief"]
        self.agree(EVERYTHING, begins=0, lasts=None)
        for which in (0, 1):
            self.accept(which, EVERYTHING, begins=0)

    def teardown(self) -> None:
        self.stack.close()

    @rule(number=st.sampled_from([1, 2]), sweep=st.booleans())
    def let_days_go_by(self, number: int, *, sweep: bool) -> None:
        self.today += dt.timedelta(days=number)
        if sweep:
            refresh_copies(self.db, self.chief, now=self.now)
            self.swept_on = self.today

    @rule(fields=WITH_NAME, begins=SPAN, lasts=st.none() | SPAN)
    def agree(self, fields: set[SharedField], begins: int, lasts: int | None) -> None:
        first = self.today + dt.timedelta(days=begins)
        last = None if lasts is None else first + dt.timedelta(days=lasts)
        facts = agreements.AgreementFacts(
            recipient_station_id=self.world.units["架空市役所"],
            title="取決め",
            purpose="見守り",
            fields=fields,
            valid_from=first,
            valid_to=last,
        )
        made = agreements.make_agreement(self.db, self.chief, facts, now=self.now)
        self.agreements[made.id] = Told(fields, first, last)

    @rule(which=st.integers(0, 3), fields=WITH_NAME, lasts=SPAN)
    def narrow(self, which: int, fields: set[SharedField], lasts: int) -> None:
        for agreement_id in list(self.agreements)[which : which + 1]:
            told = self.agreements[agreement_id]
            last = max(told.first, self.today + dt.timedelta(days=lasts))
            if told.last is None or last <= told.last:
                left = fields & told.fields
                agreements.narrow_agreement(
                    self.db,
                    self.chief,
                    agreement_id,
                    fields=left,
                    valid_to=last,
                    revision=self.revision(agreement_id),
                    now=self.now,
                )
                told.fields, told.last = left, last

    @rule(which=st.integers(0, 3))
    def end_agreement(self, which: int) -> None:
        for agreement_id in list(self.agreements)[which : which + 1]:
            told = self.agreements[agreement_id]
            if told.last and told.last < self.today:
                continue
            agreements.end_agreement(
                self.db,
                self.chief,
                agreement_id,
                reason="",
                revision=self.revision(agreement_id),
                now=self.now,
            )
            told.last = self.today - dt.timedelta(days=1)

    @rule(which=WHICH, fields=CONSENTED)
    def consent(self, which: int, fields: set[SharedField]) -> None:
        holder = self.holders[which]
        facts = ConsentFacts(self.today, ConsentMethod.ORAL, provisions=self.naming(fields))
        record_consent(self.db, self.chief, holder, facts, now=self.now)
        self.known[holder].consent = fields

    @rule(which=WHICH, fields=CONSENTED, begins=SPAN)
    def accept(self, which: int, fields: set[SharedField], begins: int) -> None:
        holder, starts = self.holders[which], self.today + dt.timedelta(days=begins)
        facts = AcceptanceFacts(
            self.today, ConsentMethod.ORAL, starts, provisions=self.naming(fields)
        )
        try:
            asking = AskingFacts(
                self.today, ConsentMethod.ORAL, chief_confirms=True, again_reason="再度の依頼"
            )
            liaisons.ask(self.db, self.chief, holder, asking, now=self.now)
            liaisons.record_acceptance(self.db, self.chief, holder, facts, now=self.now)
        except Refused:
            return
        self.known[holder].consent = fields
        self.known[holder].terms.append([starts, None])

    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        holder = self.holders[which]
        try:
            liaisons.withdraw(
                self.db,
                self.chief,
                holder,
                decided_on=self.today,
                method=ConsentMethod.PHONE,
                now=self.now,
            )
        except Refused:
            return
        self.known[holder].consent = set()
        for term in self.known[holder].terms:
            if term[1] is None or term[1] >= self.today:
                term[1] = self.today - dt.timedelta(days=1)

    @rule(which=WHICH)
    def end_term(self, which: int) -> None:
        holder = self.holders[which]
        try:
            liaisons.end_term(
                self.db, self.chief, holder, reason=EndReason.MOVED, day=self.today, now=self.now
            )
        except Refused:
            return
        for term in self.known[holder].terms:
            if term[1] is None:
                term[1] = self.today

    @rule(which=WHICH, fields=WITH_NAME, lasts=SPAN)
    def disclose(self, which: int, fields: set[SharedField], lasts: int) -> None:
        holder, last = self.holders[which], self.today + dt.timedelta(days=lasts)
        facts = agreements.DisclosureFacts(
            recipient_station_id=self.world.units["架空市役所"],
            basis=DisclosureBasis.LAW,
            reason="訓練",
            fields=fields,
            expires_on=last,
        )
        made = agreements.disclose(self.db, self.chief, holder, facts, now=self.now)
        self.disclosures[made.id] = Told(fields, self.today, last, holder)

    @rule(which=st.integers(0, 3))
    def end_disclosure(self, which: int) -> None:
        for disclosure_id in list(self.disclosures)[which : which + 1]:
            told = self.disclosures[disclosure_id]
            if told.holds_on(self.today):
                agreements.end_disclosure(self.db, self.chief, disclosure_id, now=self.now)
                told.last = self.today - dt.timedelta(days=1)

    @rule(name=st.sampled_from(["桒原 健太", "髙橋 健"]), number=st.sampled_from(["0110", "0999"]))
    def correct_person(self, name: str, number: str) -> None:
        holder = self.holders[0]
        assert holder.person_id
        family, given = name.split()
        person = contacts.person(self.db, holder.person_id)
        facts = PersonFacts(
            family_name=family,
            given_name=given,
            family_kana="クワバラ",
            given_kana="ケンタ",
            phones=f"087-833-{number}",
        )
        correct_person(
            self.db,
            self.chief,
            holder.person_id,
            facts,
            revision=person.revision,
            area_code="",
            now=self.now,
        )
        self.known[holder].name, self.known[holder].phone = name, f"087-833-{number}"

    @rule(name=st.sampled_from(["みなと町自治会", "さくら台自治会"]))
    def rename_organization(self, name: str) -> None:
        holder = self.holders[1]
        assert holder.organization_id
        facts = OrganizationFacts(
            kind=OrganizationKind.NEIGHBORHOOD_ASSOCIATION, name=name, kana="ミナトチョウジチカイ"
        )
        row = contacts.organization(self.db, holder.organization_id)
        correct_organization(
            self.db,
            self.chief,
            holder.organization_id,
            facts,
            revision=row.revision,
            area_code="",
            now=self.now,
        )
        self.known[holder].name = name

    @invariant()
    def copies_are_what_is_allowed(self) -> None:
        there, allowed = self.copies(), self.model()
        if self.swept_on == self.today:
            assert there == allowed
        else:
            # a day alone gives nothing, and nothing is ever shown past its day
            assert {key: copy["fields"] for key, copy in there.items()}.items() <= {
                key: copy["fields"] for key, copy in allowed.items()
            }.items()

    @invariant()
    def the_record_tells_what_is_given(self) -> None:
        """Every copy began, and every one that is gone ended, on record."""
        given: dict[tuple[UUID, UUID], int] = {}
        for row in self.db.exec(select(ProvisionRecord)).all():
            step = {"given": 1, "changed": 0, "ended": -1}[row.act]
            key = (row.subject_id, row.basis_id)
            given[key] = given.get(key, 0) + step
        rows = self.db.exec(select(PublishedContact.basis_id)).all()
        assert sum(given.values()) == len(rows)
        assert set(given.values()) <= {0, 1}

    def copies(self) -> dict[tuple[Holder, UUID], dict[str, Any]]:
        rows = self.db.rows(
            sa.select(
                PublishedContact, col(ContactLink.person_id), col(ContactLink.organization_id)
            )
            .join(ContactLink, col(ContactLink.reference) == col(PublishedContact.reference))
            .where(
                sa.or_(
                    col(PublishedContact.valid_until).is_(None),
                    col(PublishedContact.valid_until) >= self.today,
                )
            )
        )
        return {
            (Holder(person_id, organization_id), copy.basis_id): {
                name: getattr(copy, name)
                for name in ("name", "kana", "post", "phone", "areas", "address", "valid_until")
            }
            | {"fields": set(copy.fields)}
            for copy, person_id, organization_id in rows
        }

    def model(self) -> dict[tuple[Holder, UUID], dict[str, Any]]:
        allowed = {}
        for holder, known in self.known.items():
            for term in known.terms:
                if not (term[0] <= self.today and (term[1] is None or self.today <= term[1])):
                    continue
                for agreement_id, told in self.agreements.items():
                    fields = told.fields & known.consent
                    if told.holds_on(self.today) and SharedField.NAME in fields:
                        ends = [day for day in (told.last, term[1]) if day]
                        until = min(ends) if ends else None
                        allowed[holder, agreement_id] = self.shown(holder, fields, until)
        for disclosure_id, told in self.disclosures.items():
            if told.holds_on(self.today) and told.holder:
                allowed[told.holder, disclosure_id] = self.shown(
                    told.holder, told.fields, told.last
                )
        return allowed

    def shown(
        self, holder: Holder, fields: set[SharedField], until: dt.date | None
    ) -> dict[str, Any]:
        known = self.known[holder]
        group = self.known[self.holders[1]].name
        post = f"{group} 自治会長" if holder.person_id else "自治会・町内会"
        everything = {
            "name": (SharedField.NAME, known.name),
            "kana": (SharedField.READING, known.kana),
            "post": (SharedField.POST, post),
            "phone": (SharedField.PHONE, known.phone),
        }
        told = {name: text if key in fields else "" for name, (key, text) in everything.items()}
        return told | {"areas": "", "address": "", "valid_until": until, "fields": fields}

    def naming(self, fields: set[SharedField]) -> dict[UUID, set[SharedField]]:
        return {self.world.city_id: fields} if fields else {}

    def revision(self, agreement_id: UUID) -> int:
        return agreements.agreement_queries.agreement(self.db, agreement_id).revision

    @property
    def now(self) -> dt.datetime:
        return start_of_day(self.today) + dt.timedelta(hours=9)


def appointment(world: World, person_id: UUID, organization_id: UUID) -> Appointment:
    with world.reading("officer") as db:
        chair = db.exec(select(PostType.id).where(PostType.name == "自治会長")).one()
    return Appointment(
        agency_id=world.agency_id,
        station_id=world.units["若葉署"],
        person_id=person_id,
        organization_id=organization_id,
        post_type_id=chair,
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_copies_are_agreement_and_consent_and_today_after_any_sequence(world: World) -> None:
    machine = type("SharingOfThisWorld", (Sharing,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
