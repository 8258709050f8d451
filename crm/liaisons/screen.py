"""What the page of a liaison shows: where they stand, how it came about, what can be done next."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from crm.agencies.queries import station_staff
from crm.approvals.lines import ApprovalLine
from crm.consents.models import (
    CONSENT_METHOD_LABELS,
    SHARED_FIELD_LABELS,
    ConsentScope,
    scope_labels,
)
from crm.consents.queries import (
    AgencyLine,
    Consent,
    Grant,
    consent_history,
    in_force,
    other_agencies,
)
from crm.consents.service import FORM_PURPOSE
from crm.contacts.models import Holder
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, translate
from crm.liaisons.acts import ACT_LABELS, Act, act_at_hand, acts_offered, may_propose
from crm.liaisons.asking import DEFAULT_RULE, Rule
from crm.liaisons.checks import station_of
from crm.liaisons.decisions import request_decision
from crm.liaisons.forms import provision_value
from crm.liaisons.models import (
    APPROACH_METHOD_LABELS,
    END_REASON_LABELS,
    LIAISON_STATE_LABELS,
    EndReason,
    LiaisonState,
)
from crm.liaisons.policy import may_record_answer
from crm.liaisons.queries import (
    AreaLine,
    HolderLine,
    areas_of_station,
    areas_of_terms,
    asking_rule_on,
    course_of,
    holder_line,
    post_holders,
)
from crm.liaisons.standing import (
    HAPPENING_LABELS,
    Answer,
    Course,
    Happening,
    HappeningKind,
    Term,
)
from crm.web.templates import show_day
from crm.web.visit import Visit

OTHER_RECIPIENTS = N_("上にない市町等への提供")
"""What 市町への提供 is called where agencies can be named: it is for the rest, in words."""
TONES = {
    LiaisonState.ACTIVE: "active",
    LiaisonState.ACCEPTED: "waiting",
    LiaisonState.ASKED: "waiting",
    LiaisonState.CANDIDATE: "waiting",
}
ICONS = {
    HappeningKind.NOTED: "person",
    HappeningKind.ASKED: "handshake",
    HappeningKind.ACCEPTED: "check",
    HappeningKind.THINKING: "note",
    HappeningKind.DECLINED: "note",
    HappeningKind.WITHDRAWN: "note",
    HappeningKind.WILLING: "note",
    HappeningKind.BEGAN: "calendar",
    HappeningKind.ENDED: "calendar",
}


class Entry(NamedTuple):
    """One line of the history, in words."""

    on: dt.date
    title: str
    icon: str
    by: str = ""
    text: str = ""
    badges: tuple[str, ...] = ()
    tone: str = "blue"


class Option(NamedTuple):
    """One choice of a form, with room for a note."""

    value: str
    label: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """The page, ready to be drawn."""

    holder: Holder
    line: HolderLine
    today: dt.date
    state: LiaisonState
    end_reason: EndReason | None
    term: Term | None
    areas: Sequence[str]
    consent: Consent | None
    history: Sequence[Entry]
    offered: Sequence[Act]
    act: Act | None
    sub: Submission[Any]
    rule: Rule
    refusal: Answer | None
    asks_again: bool
    may_record: bool
    may_propose: bool
    candidate_id: UUID | None
    askers: Sequence[tuple[str, str]]
    area_groups: Mapping[str, Sequence[AreaLine]]
    speakers: Sequence[tuple[str, str]]
    needs_decision: bool
    decision: ApprovalLine | None
    agencies: Sequence[AgencyLine]
    scope_labels: Mapping[ConsentScope, str]

    @property
    def is_person(self) -> bool:
        """Whether the page is about a person; if not, an organization."""
        return self.holder.person_id is not None

    @property
    def people(self) -> list[UUID]:
        """Everybody else the page names: who may speak for an organization, who does."""
        speakers = [UUID(key) for key, _ in self.speakers]
        speaker = self.term.contact_person_id if self.term else None
        return [*speakers, *([speaker] if speaker else [])]

    @property
    def parameters(self) -> dict[str, UUID]:
        """What every address of this page needs."""
        kind, key = self.holder.subject
        return {f"{kind}_id": key}

    @property
    def route_prefix(self) -> str:
        """How the names of this page's routes begin."""
        return "liaisons." if self.is_person else "liaisons.organization_"

    @property
    def tone(self) -> str:
        """How the state is drawn; a no looks like any other end."""
        return TONES.get(self.state, "ended")

    @property
    def state_label(self) -> str:
        """The state in words, 「終了（転出）」 with its reason."""
        label = translate(LIAISON_STATE_LABELS[self.state])
        if self.state is LiaisonState.ENDED and self.end_reason:
            reason = translate(END_REASON_LABELS[self.end_reason])
            return translate("終了（%(reason)s）", reason=reason)
        return label

    @property
    def agreed(self) -> Sequence[Option]:
        """What is agreed to today, each with its recipient where it has one."""
        grants = self.consent.grants if self.consent else ()
        return [
            Option(grant.scope, translate(self.scope_labels[grant.scope]), _recipient(grant))
            for grant in grants
        ]

    @property
    def others(self) -> Sequence[tuple[Act, str]]:
        """What else can be done, each with its label."""
        return [(act, translate(ACT_LABELS[act])) for act in self.offered if act is not self.act]

    @property
    def act_label(self) -> str:
        """What the open form does, in words."""
        if self.act is Act.CONSENTS and not self.consent:
            return translate("同意を記録する")
        return translate(ACT_LABELS[self.act]) if self.act else ""

    @property
    def ways_of_asking(self) -> Sequence[tuple[str, str]]:
        """How somebody can be asked."""
        return [(key, translate(label)) for key, label in APPROACH_METHOD_LABELS.items()]

    @property
    def purpose(self) -> str:
        """What data are used for, as the form of consent prints it."""
        return translate(FORM_PURPOSE)

    @property
    def methods(self) -> Sequence[tuple[str, str]]:
        """How an answer can be given."""
        return [(key, translate(label)) for key, label in CONSENT_METHOD_LABELS.items()]

    @property
    def scopes(self) -> Sequence[Option]:
        """What can be agreed to, each apart."""
        named = {**self.scope_labels}
        if self.agencies:
            named[ConsentScope.MUNICIPALITY] = OTHER_RECIPIENTS
        return [Option(key, translate(label)) for key, label in named.items()]

    @property
    def provisions(self) -> Sequence[tuple[str, Sequence[Option]]]:
        """For each agency by name, what it could have, each field apart."""
        return [
            (
                agency.name,
                [
                    Option(provision_value(agency.id, field), translate(label))
                    for field, label in SHARED_FIELD_LABELS.items()
                ],
            )
            for agency in self.agencies
        ]

    @property
    def reasons(self) -> Sequence[Option]:
        """Why a term can end, own wish aside, which is a withdrawal."""
        return [
            Option(key, translate(label))
            for key, label in END_REASON_LABELS.items()
            if key is not EndReason.OWN_WISH
        ]


def liaison_screen(
    visit: Visit, holder: Holder, wanted: str, sub: Submission[Any] | None = None
) -> Screen:
    """Gather the page about `holder`, with the form of the act that is wanted or at hand.

    `sub` is a form that was refused; its act is shown whether or not it would still be offered.
    """
    db, today = visit.db, local_day(visit.now)
    line = holder_line(db, holder)
    course = course_of(db, holder)
    consents = consent_history(db, holder)
    consent = in_force(consents, today)
    term = course.open_term(today)
    rule = asking_rule_on(db, today) if visit.actor.is_police else DEFAULT_RULE
    offered = acts_offered(
        visit.actor,
        holder,
        course,
        today,
        has_consent=bool(consent and consent.grants),
        cool_off_days=rule.cool_off_days,
    )
    at_hand = act_at_hand(offered, holder, course, today)
    act = Act(wanted) if sub or wanted in offered else at_hand
    asking = act is Act.APPROACH
    needs, decision = request_decision(db, visit.actor, holder, today) if asking else (False, None)
    return Screen(
        holder=holder,
        line=line,
        today=today,
        state=course.state_on(today),
        end_reason=course.end_reason_on(today),
        term=term,
        areas=[name for _, name in areas_of_terms(db, [term.id])[term.id]] if term else (),
        consent=consent,
        history=_history(course, consents, scope_labels(visit.actor)),
        offered=offered,
        act=act,
        sub=sub or _blank(act, line, consent, today),
        rule=rule,
        refusal=course.last_no(),
        asks_again=course.left_alone_on(today, rule.cool_off_days),
        may_record=may_record_answer(visit.actor),
        may_propose=may_propose(visit.actor, course, today, rule.cool_off_days),
        candidate_id=course.candidacies[-1].id if course.candidacies else None,
        askers=_askers(visit, today) if asking else (),
        area_groups=_area_groups(visit, today) if act is Act.ANSWER else {},
        speakers=_speakers(visit, holder, today) if act in {Act.ANSWER, Act.CONTACT} else (),
        needs_decision=needs,
        decision=decision,
        agencies=other_agencies(db, visit.actor) if act in {Act.ANSWER, Act.CONSENTS} else (),
        scope_labels=scope_labels(visit.actor),
    )


def _blank(
    act: Act | None, line: HolderLine, consent: Consent | None, today: dt.date
) -> Submission[Any]:
    """Fill in what is known; what somebody agrees to is never filled in for them."""
    if act is Act.ANSWER:
        own_area = [line.area_id] if line.area_id else []
        return blank(decided_on=today, starts_on=today, area_ids=own_area)
    if act is Act.CONSENTS and consent:
        in_words = [grant for grant in consent.grants if grant.agency_id is None]
        return blank(
            decided_on=today,
            scopes=[grant.scope for grant in in_words],
            municipality="".join(grant.recipient for grant in in_words) or None,
            provisions=[
                provision_value(grant.agency_id, field)
                for grant in consent.grants
                for field in grant.fields
            ],
        )
    return blank(asked_on=today, decided_on=today, day=today)


def _history(
    course: Course, consents: Sequence[Consent], labels: Mapping[ConsentScope, str]
) -> Sequence[Entry]:
    """Tell everything, newest first."""
    told = [_entry(happening) for happening in course.happenings()]
    told += [_consent_entry(consent, labels) for consent in consents]
    return sorted(told, key=lambda entry: entry.on)[::-1]


def _entry(happening: Happening) -> Entry:
    title = translate(HAPPENING_LABELS[happening.kind])
    if happening.end_reason:
        reason = translate(END_REASON_LABELS[happening.end_reason])
        title = translate("終了（%(reason)s）", reason=reason)
    said = [_method(happening)] if happening.method else []
    if happening.not_before:
        said.append(translate("%(day)s以後に伺う", day=show_day(happening.not_before)))
    if happening.asks_no_more:
        said.append(translate("今後の依頼は望まない"))
    icon = ICONS[happening.kind]
    return Entry(happening.on, title, icon, happening.by, happening.remark, tuple(said))


def _consent_entry(consent: Consent, labels: Mapping[ConsentScope, str]) -> Entry:
    scopes = tuple(translate(labels[grant.scope]) for grant in consent.grants)
    recipients = "、".join(_recipient(grant) for grant in consent.grants if grant.recipient)
    spoken = " ".join(part for part in (consent.capacity, consent.signatory) if part)
    text = "\n".join(
        part
        for part in (
            translate("提供先：%(recipients)s", recipients=recipients) if recipients else "",
            translate("回答された方：%(name)s", name=spoken) if spoken else "",
            "" if scopes else translate("同意している事項はありません。"),
        )
        if part
    )
    title = translate("同意の記録")
    return Entry(consent.decided_on, title, "shield", consent.recorded_by, text, scopes, "green")


def _recipient(grant: Grant) -> str:
    """Return who may have what, in words; an old record has both in one text."""
    if not grant.fields:
        return grant.recipient
    fields = "、".join(translate(SHARED_FIELD_LABELS[field]) for field in grant.fields)
    return translate("%(recipient)s（%(fields)s）", recipient=grant.recipient, fields=fields)


def _method(happening: Happening) -> str:
    asked = happening.kind is HappeningKind.ASKED
    labels = APPROACH_METHOD_LABELS if asked else CONSENT_METHOD_LABELS
    return translate(labels[happening.method]) if happening.method else ""


def _askers(visit: Visit, today: dt.date) -> Sequence[tuple[str, str]]:
    """Return who of the station may have asked, the reader first."""
    found = station_staff(visit.db, station_of(visit.actor), today)
    others = [one for one in found if one.id != visit.actor.staff_id]
    return [(str(one.id), f"{one.name}（{one.unit_name}）") for one in others]


def _area_groups(visit: Visit, today: dt.date) -> Mapping[str, Sequence[AreaLine]]:
    groups: dict[str, list[AreaLine]] = {}
    for area in areas_of_station(visit.db, station_of(visit.actor), today):
        groups.setdefault(area.unit_name, []).append(area)
    return groups


def _speakers(visit: Visit, holder: Holder, today: dt.date) -> Sequence[tuple[str, str]]:
    if holder.organization_id is None:
        return ()
    found = post_holders(visit.db, holder.organization_id, today)
    return [(str(one.person_id), f"{one.name}（{one.post}）") for one in found]
