"""The liaison network of a sample: who was asked, what they answered, and who is a liaison."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from crm.candidates.models import StepKind
from crm.candidates.service import STEP_OF
from crm.consents.models import ConsentMethod, ConsentScope
from crm.consents.queries import Provision
from crm.contacts.models import OrganizationKind as Kind
from crm.liaisons.asking import DEFAULT_RULE
from crm.liaisons.models import (
    AcceptanceRecord,
    Approach,
    Decision,
    EndReason,
    LiaisonTerm,
    LiaisonTermArea,
)
from crm.samples.answers import METHODS, Answer, drawn_scopes, put_consent
from crm.samples.candidates import Proposals, name_steps
from crm.samples.crew import Crew
from crm.samples.offices import Station
from crm.samples.organizations import Known
from crm.samples.partners import Partner
from crm.samples.people import Acquaintance, Community
from crm.samples.rows import Rows, moment
from crm.samples.sizes import Size
from crm.samples.town import Place

_EMPTY = 0.07
_ASSOCIATIONS = 0.45
_NOTICED_BEFORE = 0.3
_PERSONS_END = (
    EndReason.OWN_WISH,
    EndReason.OWN_WISH,
    EndReason.MOVED,
    EndReason.DECEASED,
    EndReason.POST_ENDED,
    EndReason.OTHER,
)
_ORGANIZATIONS_END = (
    EndReason.OWN_WISH,
    EndReason.ORGANIZATION_DISSOLVED,
    EndReason.OTHER,
)

_NARROWED = 0.06
_SEEN_WITHIN = 7
"""Days a proposal lies at most before somebody takes it on."""


class Party(NamedTuple):
    """A person or an organization that may be asked, and where it is at home."""

    person: Acquaintance | None
    organization: Known | None
    place: Place

    @property
    def columns(self) -> dict[str, UUID | None]:
        """The two columns that say about whom a row is."""
        return {
            "person_id": self.person.id if self.person else None,
            "organization_id": self.organization.id if self.organization else None,
        }

    @property
    def called(self) -> str:
        """What the person or organization is called."""
        if self.person:
            return self.person.name.whole
        return self.organization.name if self.organization else ""

    @property
    def id(self) -> UUID:
        """The key of the person or organization."""
        holder = self.person or self.organization
        if holder is None:
            raise ValueError("a party is a person or an organization")
        return holder.id


@dataclass(slots=True)
class Network:
    """The liaisons of a station, and what activity notes must respect."""

    active: list[Party] = field(default_factory=list)
    others: list[Party] = field(default_factory=list)
    no_phone: set[UUID] = field(default_factory=set)
    provisions: dict[UUID, Provision] = field(default_factory=dict)
    """What a partner agency may have of whom by the consent in force, by holder."""


def put_network(
    rows: Rows,
    station: Station,
    crew: Crew,
    community: Community,
    partners: Sequence[Partner],
    size: Size,
) -> Network:
    """Put askings, answers, consents and terms into `rows`; a few areas are left without anyone."""
    covered = _covered(rows.rng, community)
    parties = _parties(rows.rng, community, covered)
    network = Network(active=parties[: size.liaisons])
    proposals = Proposals(rows, station, crew)
    desk = _Desk(rows, station, crew, community, partners, network, proposals)
    for party in network.active:
        desk.serve(party)
    rest = parties[size.liaisons :]
    rows.rng.shuffle(rest)
    network.others = list(rest)
    for record, share in (
        (desk.serve_and_end, 0.16),
        (desk.decline, 0.09),
        (desk.ask_lately, 0.03),
        (desk.notice_only, 0.04),
        (desk.accept_for_later, 0.004),
        (desk.think, 0.01),
        (desk.pass_over, 0.01),
        (desk.never_again, 0.004),
        (desk.relent, 0.004),
    ):
        for _ in range(min(max(2, round(size.liaisons * share)), len(rest))):
            record(rest.pop())
    name_steps(rows)
    return network


def _covered(rng: random.Random, community: Community) -> list[Known]:
    """Return the associations whose areas have a liaison; of some areas nobody has been won."""
    associations = [
        known for known in community.organizations if known.kind is Kind.NEIGHBORHOOD_ASSOCIATION
    ]
    # chairs who changed show what follows from it, so their areas are never among the empty
    may_lack = [known.id for known in associations if known.id not in community.replaced]
    lacking = rng.sample(may_lack, max(2, round(len(associations) * _EMPTY)))
    return [known for known in associations if known.id not in lacking]


def _parties(rng: random.Random, community: Community, covered: list[Known]) -> list[Party]:
    """Return whom to ask, each once: one for each covered area, then more of them, in any order."""
    first = [_for_area(rng, community, known) for known in covered]
    areas = {known.place.id for known in covered}
    pool = [Party(person, None, person.place) for person in community.people] + [
        Party(None, known, known.place)
        for known in community.organizations
        if known.kind is not Kind.NEIGHBORHOOD_ASSOCIATION and known.is_active
    ]
    rng.shuffle(pool)
    pool.sort(key=lambda party: party.place.id not in areas)
    once: dict[UUID, Party] = {}
    for party in (*first, *pool):
        once.setdefault(party.id, party)
    return list(once.values())


def _for_area(rng: random.Random, community: Community, known: Known) -> Party:
    """Choose an area's liaison: the association itself, its chair, or another resident."""
    if known.id in community.replaced or rng.random() < _ASSOCIATIONS:
        return Party(None, known, known.place)
    person = rng.choice([community.heads[known.id], *community.residents[known.place.id]])
    return Party(person, None, known.place)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the network office puts askings and answers on record."""

    rows: Rows
    station: Station
    crew: Crew
    community: Community
    partners: Sequence[Partner]
    network: Network
    proposals: Proposals

    def serve(self, party: Party) -> None:
        """Record an asking, a yes, consents and a term that runs."""
        day = self._some_day(30)
        if party.id in self.community.replaced:
            day = min(day, self.station.calendar.today - dt.timedelta(days=700))
        asked_on = self._ask(party, day)
        accepted_on = asked_on + dt.timedelta(days=self.rows.rng.randint(0, 12))
        method = self._take_on(party, asked_on, accepted_on, accepted_on)
        scopes = self._consent(party, accepted_on, method)
        if self.rows.rng.random() < _NARROWED and len(scopes) > 1:
            scopes = self._consent(party, self._between(accepted_on), self._method(), scopes[:-1])
        if ConsentScope.BY_PHONE not in scopes:
            self.network.no_phone.add(party.id)

    def serve_and_end(self, party: Party) -> None:
        """Record a term that ended; for an own wish the answer says so and consent ends with it."""
        asked_on = self._ask(party, self._some_day(400))
        accepted_on = asked_on + dt.timedelta(days=self.rows.rng.randint(0, 12))
        ended_on = self._between(accepted_on + dt.timedelta(days=90))
        reasons = _PERSONS_END if party.person else _ORGANIZATIONS_END
        reason = self.rows.rng.choice(reasons)
        method = self._take_on(party, asked_on, accepted_on, accepted_on, (ended_on, reason))
        self._consent(party, accepted_on, method)
        if reason is EndReason.OWN_WISH:
            day, method = ended_on + dt.timedelta(days=1), self._method()
            self._answer(party, Decision.WITHDRAWN, day, method)
            self._consent(party, day, method, [])

    def decline(self, party: Party) -> None:
        """Record an asking and a no, for which nobody asks why."""
        asked_on = self._ask(party, self._some_day(40))
        answered = asked_on + dt.timedelta(days=self.rows.rng.randint(0, 12))
        self._answer(party, Decision.DECLINED, answered, self._method())

    def ask_lately(self, party: Party) -> None:
        """Record an asking that is still without an answer."""
        self._ask(party, self._ago(self.rows.rng.randint(3, 45)))

    def notice_only(self, party: Party) -> None:
        """Record that somebody seems suitable; after a week the network office has seen it."""
        ago = self.rows.rng.randint(2, 120)
        self._notice(party, self._ago(ago))
        if ago > _SEEN_WITHIN:
            self.proposals.receive(party.id, self._ago(ago - 2))

    def pass_over(self, party: Party) -> None:
        """Record that somebody seemed suitable, and that nobody will ask them."""
        ago = self.rows.rng.randint(6, 90)
        self._notice(party, self._ago(ago))
        self.proposals.pass_over(party.id, self._ago(ago - 4))

    def think(self, party: Party) -> None:
        """Record an asking that somebody proposed is thinking over, undisturbed for a while."""
        asked_on = self._ago(self.rows.rng.randint(8, 30))
        self._notice(party, asked_on - dt.timedelta(days=6))
        self._ask(party, asked_on, noticed=True)
        answered = asked_on + dt.timedelta(days=2)
        later = self.station.calendar.today + dt.timedelta(days=20)
        self._answer(party, Decision.THINKING, answered, self._method(), not_before=later)

    def never_again(self, party: Party) -> None:
        """Record a no of somebody who wishes never to be asked again."""
        asked_on = self._ask(party, self._some_day(40))
        self._answer(party, Decision.DECLINED, asked_on, self._method(), asks_no_more=True)

    def relent(self, party: Party) -> None:
        """Record a no, and that they came later and said that they may be asked."""
        asked_on = self._ask(party, self._some_day(60))
        self._answer(party, Decision.DECLINED, asked_on, self._method(), asks_no_more=True)
        willing = asked_on + dt.timedelta(days=30)
        self._answer(party, Decision.WILLING, willing, self._method())

    def accept_for_later(self, party: Party) -> None:
        """Record a yes whose term begins next month."""
        asked_on = self._ask(party, self._ago(self.rows.rng.randint(6, 14)))
        accepted_on = asked_on + dt.timedelta(days=3)
        begins = self.station.calendar.today + dt.timedelta(days=self.rows.rng.randint(10, 25))
        method = self._take_on(party, asked_on, accepted_on, begins)
        self._consent(party, accepted_on, method)

    def _notice(self, party: Party, day: dt.date) -> None:
        box = self.station.box_of(party.place.id, day)
        officer = self._officer(box.id, day)
        self.proposals.propose(party.columns, party.place.id, day, officer)

    def _ask(self, party: Party, day: dt.date, *, noticed: bool = False) -> dt.date:
        if not noticed and self.rows.rng.random() < _NOTICED_BEFORE:
            noticed_on = day - dt.timedelta(days=self.rows.rng.randint(5, 40))
            self._notice(party, noticed_on)
            self.proposals.receive(party.id, noticed_on + dt.timedelta(days=2))
        office = self.station.network_office
        officer = self._officer(office, day)
        self.rows.put(
            Approach,
            day,
            **party.columns,
            asked_on=day,
            asked_by=officer,
            unit_id=office,
            method=self.rows.rng.choice((ConsentMethod.ORAL, ConsentMethod.WRITTEN)),
            form_version=DEFAULT_RULE.version,
            recorded_at=moment(day, 17),
        )
        self.proposals.follow(party.id, StepKind.ASKED, day, officer)
        return day

    def _answer(
        self,
        party: Party,
        decision: Decision,
        day: dt.date,
        method: ConsentMethod,
        **more: Any,  # noqa: ANN401 - columns of an answer
    ) -> UUID:
        chief = self._chief(day)
        if kind := STEP_OF.get(decision):
            self.proposals.follow(party.id, kind, day, chief, more.get("not_before"))
        return self.rows.put(
            AcceptanceRecord,
            day,
            **party.columns,
            decision=decision,
            decided_on=day,
            method=method,
            recorded_by=chief,
            recorded_at=moment(day, 17),
            **more,
        )

    def _take_on(
        self,
        party: Party,
        asked_on: dt.date,
        accepted_on: dt.date,
        begins: dt.date,
        ended: tuple[dt.date, EndReason] | None = None,
    ) -> ConsentMethod:
        """Record a yes and its term, and return how it was said: consent is given with it."""
        method = self._method()
        # who spoke for an organization in a term long over nobody entered
        contact, outdated = (None, False) if ended else self._contact(party, begins)
        term_id = self.rows.put(
            LiaisonTerm,
            accepted_on,
            **party.columns,
            acceptance_id=self._answer(party, Decision.ACCEPTED, accepted_on, method),
            asked_on=asked_on,
            contact_person_id=contact,
            contact_needs_review=outdated,
            valid_from=begins,
            valid_to=ended[0] if ended else None,
            end_reason=ended[1] if ended else None,
        )
        self.rows.put(LiaisonTermArea, accepted_on, term_id=term_id, area_id=party.place.id)
        return method

    def _method(self) -> ConsentMethod:
        return self.rows.rng.choice(METHODS)

    def _contact(self, party: Party, day: dt.date) -> tuple[UUID | None, bool]:
        """Return whom to call at an organization, and whether that person's post has ended."""
        if party.organization is None:
            return None, False
        former = self.community.replaced.get(party.organization.id)
        if former and day < self.station.calendar.today - dt.timedelta(days=365):
            return former.id, True
        return self.community.heads[party.organization.id].id, False

    def _consent(
        self,
        party: Party,
        day: dt.date,
        method: ConsentMethod,
        scopes: list[ConsentScope] | None = None,
    ) -> list[ConsentScope]:
        """Record what is agreed to from `day` on and return it; drawn by lot where not given."""
        if scopes is None:
            scopes = drawn_scopes(self.rows.rng)
        # a withdrawal ends all consent: nobody has to speak for it
        speaker = self._speaker(party) if scopes else ""
        answer = Answer(party.columns, speaker, day, method, self._chief(day))
        city = party.place.municipality.name
        provision = put_consent(self.rows, answer, scopes, city, self._hall_of(city, day))
        if provision:
            self.network.provisions[party.id] = provision
        else:
            self.network.provisions.pop(party.id, None)
        return scopes

    def _hall_of(self, city: str, day: dt.date) -> Partner | None:
        """Return the city hall to be named, once there was an agreement with it."""
        if day < self.station.calendar.shared:
            return None
        return next((one for one in self.partners if one.hall.serves(city)), None)

    def _speaker(self, party: Party) -> str:
        if party.organization is None:
            return ""
        return self.community.heads[party.organization.id].name.whole

    def _officer(self, unit_id: UUID, day: dt.date) -> UUID:
        return self.rows.rng.choice(self.crew.at(unit_id, day))

    def _chief(self, day: dt.date) -> UUID:
        return self.crew.chief_of(self.station.network_office, day)

    def _some_day(self, latest_ago: int) -> dt.date:
        calendar = self.station.calendar
        span = (calendar.today - calendar.begins).days
        return self._ago(self.rows.rng.randint(latest_ago, span - 120))

    def _ago(self, days: int) -> dt.date:
        return self.station.calendar.today - dt.timedelta(days=days)

    def _between(self, day: dt.date) -> dt.date:
        """Return some day after `day` and before today."""
        left = (self.station.calendar.today - day).days - 2
        return day + dt.timedelta(days=self.rows.rng.randint(1, max(left, 1)))
