"""Doing what a plan says, row by row, by the verbs people and liaisons have of their own."""

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from crm.candidates.service import Proposal, propose
from crm.contacts import queries as contacts
from crm.contacts import service
from crm.contacts.filing import index_person
from crm.contacts.models import Holder, Organization, Person
from crm.contacts.service import OrganizationFacts, PersonFacts, PostFacts
from crm.intake.deeds import (
    EndPost,
    FillIn,
    GivePost,
    NoteCandidate,
    Plan,
    RegisterOrganization,
    RegisterPerson,
    Step,
)
from crm.intake.models import IntakeBatch
from crm.intake.records import Recorder
from crm.kernel.actor import Actor
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_, translate
from crm.kernel.scope import ScopedSession

UNCONFIRMED = "承諾未確認"


@dataclass(slots=True)
class Writer:
    """A batch being applied, and whom its rows made so far."""

    db: ScopedSession
    actor: Actor
    batch: IntakeBatch
    area_code: str
    now: dt.datetime
    people: dict[int, Person] = field(default_factory=dict)
    organizations: dict[str, UUID] = field(default_factory=dict)

    def write(self, plan: Plan, recorder: Recorder) -> None:
        """Do all that `plan` says; Refused, naming the row, when a verb will not have it."""
        for all_new, steps in groupby(plan.steps, key=_registers_only):
            # rows that ask nothing of the book need not wait for each other
            with self.db.gathering(recorder.expect) if all_new else nullcontext():
                for step in steps:
                    self._take(step, recorder)

    def _take(self, step: Step, recorder: Recorder) -> None:
        recorder.number = step.number
        try:
            for deed in step.deeds:
                _DOES[type(deed)](self, step, deed)
            self.db.flush()
        except Refused as refusal:
            raise Refused(
                N_("%(number)s行目を登録できません。%(reason)s"),
                number=step.number,
                reason=translate(refusal.message, **refusal.facts),
            ) from refusal

    def register_person(self, step: Step, deed: RegisterPerson) -> None:
        """Enter the row's person, with the name as the list spells it and where it comes from."""
        facts = PersonFacts(
            family_name=deed.family_name,
            given_name=deed.given_name,
            family_kana=deed.family_kana,
            given_kana=deed.given_kana,
            address=deed.address,
            phones=deed.phones,
        )
        person = service.register_person(
            self.db, self.actor, facts, area_code=self.area_code, now=self.now
        )
        person.provenance = self._provenance(step)
        if deed.name_as_given:
            person.name_as_given = deed.name_as_given
            index_person(person)
        self.people[step.number] = person

    def register_organization(self, step: Step, deed: RegisterOrganization) -> None:
        """Enter an organization the row names, or is about."""
        facts = OrganizationFacts(
            kind=deed.kind,
            name=deed.name,
            kana=deed.kana,
            area_id=deed.area_id,
            address=deed.address,
            phones=deed.phones,
        )
        organization = service.register_organization(
            self.db, self.actor, facts, area_code=self.area_code, now=self.now
        )
        organization.provenance = self._provenance(step)
        self.organizations[deed.key] = organization.id

    def fill_in(self, step: Step, deed: FillIn) -> None:
        """Fill what is empty on record of the row's holder, and nothing else."""
        row: Person | Organization
        if step.person_id:
            row = self._fill_person(step.person_id, deed)
        else:
            row = self._fill_organization(step.organization_id, deed)  # type: ignore[arg-type]  # a row that fills in is about one of the two
        row.provenance = self._provenance(step)

    def end_post(self, step: Step, deed: EndPost) -> None:
        """End the post of the one who held it before."""
        del step
        service.end_appointment(
            self.db,
            self.actor,
            deed.appointment_id,
            deed.last_day,
            revision=deed.revision,
            now=self.now,
        )

    def give_post(self, step: Step, deed: GivePost) -> None:
        """Give the row's person the post."""
        at = deed.organization
        facts = PostFacts(
            post_type_id=deed.post_type_id,
            organization_id=self.organizations[at] if isinstance(at, str) else at,
            title=deed.title,
            valid_from=deed.valid_from,
        )
        if newcomer := self._newcomer(step):
            service.appoint_newcomer(self.db, self.actor, newcomer, facts, now=self.now)
        else:
            service.appoint(self.db, self.actor, self._person_of(step), facts, now=self.now)

    def note_candidate(self, step: Step, deed: NoteCandidate) -> None:
        """Name the row's holder as a candidate whose acceptance nobody has confirmed."""
        del deed
        made = next((each for each in step.deeds if isinstance(each, RegisterOrganization)), None)
        organization_id = step.organization_id
        if made and step.person_id is None and step.number not in self.people:
            organization_id = self.organizations[made.key]
        holder = (
            Holder(organization_id=organization_id)
            if organization_id
            else Holder(person_id=self._person_of(step))
        )
        propose(self.db, self.actor, holder, Proposal(reason=UNCONFIRMED), now=self.now)

    def _fill_person(self, person_id: UUID, deed: FillIn) -> Person:
        person = contacts.person(self.db, person_id)
        kept: dict[str, Any] = {
            name: getattr(person, name) for name in (*_NAMES_OF_PERSON, "address", "care_note")
        }
        kept["phones"] = self._phones(Holder(person_id=person_id))
        return service.correct_person(
            self.db,
            self.actor,
            person_id,
            PersonFacts(**{**kept, **deed.values}),
            revision=deed.revision,
            area_code=self.area_code,
            now=self.now,
        )

    def _fill_organization(self, organization_id: UUID, deed: FillIn) -> Organization:
        organization = contacts.organization(self.db, organization_id)
        kept: dict[str, Any] = {
            name: getattr(organization, name) for name in _COLUMNS_OF_ORGANIZATION
        }
        kept["phones"] = self._phones(Holder(organization_id=organization_id))
        return service.correct_organization(
            self.db,
            self.actor,
            organization_id,
            OrganizationFacts(**{**kept, **deed.values}),
            revision=deed.revision,
            area_code=self.area_code,
            now=self.now,
        )

    def _phones(self, holder: Holder) -> str:
        return "\n".join(each.raw for each in contacts.telephones_of(self.db, holder))

    def _person_of(self, step: Step) -> UUID:
        return step.person_id or self.people[step.same_as or step.number].id

    def _newcomer(self, step: Step) -> Person | None:
        """Return the person the row itself registered."""
        return None if step.person_id or step.same_as else self.people.get(step.number)

    def _provenance(self, step: Step) -> dict[str, Any]:
        return {
            "file": self.batch.file_name,
            "size": self.batch.file_size,
            "sha256": self.batch.sha256,
            "row": step.number,
        }


def _registers_only(step: Step) -> bool:
    """Whether a row makes a person, an organization and a post, and touches nothing on record."""
    new = step.person_id is None and step.organization_id is None and step.same_as is None
    return new and all(type(deed) in _NEW for deed in step.deeds)


_NEW = {RegisterPerson, RegisterOrganization, GivePost}
_NAMES_OF_PERSON = ("family_name", "given_name", "family_kana", "given_kana")
_COLUMNS_OF_ORGANIZATION = (
    *("kind", "name", "kana", "parent_id", "area_id", "address", "is_active", "care_note"),
)
_DOES: Mapping[type, Callable[[Writer, Step, Any], None]] = {
    RegisterPerson: Writer.register_person,
    RegisterOrganization: Writer.register_organization,
    FillIn: Writer.fill_in,
    EndPost: Writer.end_post,
    GivePost: Writer.give_post,
    NoteCandidate: Writer.note_candidate,
}
