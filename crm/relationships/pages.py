"""The page of a person and of an organization: what must be known, and one timeline."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.bodies.models import BODY_ROLE_LABELS
from crm.bulletins.models import INFORMATION_KIND_LABELS
from crm.consents.models import CONSENT_METHOD_LABELS, scope_labels
from crm.contacts.models import ORGANIZATION_KIND_LABELS, Holder
from crm.kernel.clock import local_day
from crm.kernel.i18n import translate
from crm.kernel.kana import furigana
from crm.liaisons.models import LIAISON_STATE_LABELS, LiaisonState
from crm.notes.models import OUTCOME_LABELS, Occasion, occasion_labels, problem_label
from crm.relationships import queries
from crm.sharing.policy import may_share
from crm.visiting.models import QUIET_REASON_LABELS
from crm.web.pages import page
from crm.web.visit import Visit

MOST_STEPS = 50
STATE_TONES = {
    LiaisonState.ACTIVE: "active",
    LiaisonState.CANDIDATE: "waiting",
    LiaisonState.ASKED: "waiting",
    LiaisonState.ACCEPTED: "waiting",
}
"""A refusal is shown like any other end: neutrally."""
ICONS = {
    Occasion.PATROL_VISIT: "walk",
    Occasion.PATROL: "shield",
    Occasion.MEETING: "calendar",
    Occasion.CAMPAIGN: "bulletin",
    Occasion.PHONE: "phone",
    Occasion.AT_STATION: "building",
    Occasion.OTHER: "note",
}
FIELDS = [
    *("name", "posts", "telephones", "address", "care_note"),
    *("consents", "notes", "received", "visibility"),
]


@get("/people/{person_id:uuid}", name="relationships.person", sync_to_thread=True)
def show_person(
    desk: CurrentDesk, person_id: FromPath[UUID], steps: FromQuery[int] = 1
) -> Response[str]:
    """Show a person: what to know before a call, and everything that happened."""
    holder = Holder(person_id=person_id)
    with desk.reads() as visit:
        today = local_day(visit.now)
        facts = queries.person_facts(visit.db, person_id)
        person = facts.person
        standing = queries.standing_of(
            visit.db, visit.actor, holder, now=visit.now, steps=_steps(steps)
        )
        visit.seen("person.viewed", holder.subject, fields=FIELDS)
        return page(
            visit,
            "relationships/person.html",
            block="timeline",
            person=person,
            family_furigana=furigana(person.family_kana),
            given_furigana=furigana(person.given_kana),
            posts=[post for post in standing.posts if post.holds_on(today)],
            phones=facts.phones,
            **_shown(visit, standing, _steps(steps)),
        )


@get(
    "/organizations/{organization_id:uuid}", name="relationships.organization", sync_to_thread=True
)
def show_organization(
    desk: CurrentDesk, organization_id: FromPath[UUID], steps: FromQuery[int] = 1
) -> Response[str]:
    """Show an organization: its people, its area, and everything that happened."""
    holder = Holder(organization_id=organization_id)
    with desk.reads() as visit:
        today = local_day(visit.now)
        facts = queries.organization_facts(visit.db, organization_id)
        standing = queries.standing_of(
            visit.db, visit.actor, holder, now=visit.now, steps=_steps(steps)
        )
        people = [("person", post.person_id) for post in standing.posts]
        visit.seen("organization.viewed", holder.subject, named=people, fields=FIELDS)
        return page(
            visit,
            "relationships/organization.html",
            block="timeline",
            organization=facts.organization,
            furigana=furigana(facts.organization.kana),
            facts=facts,
            kind_label=ORGANIZATION_KIND_LABELS[facts.organization.kind],
            posts=[post for post in standing.posts if post.holds_on(today)],
            phones=facts.phones,
            **_shown(visit, standing, _steps(steps)),
        )


def _steps(steps: int) -> int:
    """Return how many stretches of the timeline are shown, however many were asked for."""
    return min(max(1, steps), MOST_STEPS)


def _shown(visit: Visit, standing: queries.Standing, steps: int) -> dict[str, Any]:
    actor = visit.actor
    scopes = scope_labels(actor)
    return {
        "standing": standing,
        "body_roles": BODY_ROLE_LABELS,
        "quiet_reasons": QUIET_REASON_LABELS,
        "today": local_day(visit.now),
        "steps": steps,
        "state_label": LIAISON_STATE_LABELS[standing.state],
        "state_tone": STATE_TONES.get(standing.state, "ended"),
        "scopes": [translate(scopes[scope]) for scope in standing.scopes],
        "methods": CONSENT_METHOD_LABELS,
        "occasions": occasion_labels(actor),
        "information_kinds": INFORMATION_KIND_LABELS,
        "problem_label": problem_label,
        "is_police": actor.is_police,
        "may_share": may_share(actor),
        "outcomes": OUTCOME_LABELS,
        "icons": ICONS,
        "this_month": local_day(visit.now).replace(day=1),
    }


HANDLERS = [show_person, show_organization]
