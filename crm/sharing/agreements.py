"""Agreeing on a standing share with another agency, and disclosing once: two acts, never one."""

import datetime as dt
from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

from crm.approvals.models import Approval
from crm.approvals.service import carry_out, draft
from crm.consents.models import SharedField
from crm.consents.queries import holders_naming
from crm.contacts.models import Holder
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.scope import ScopedSession
from crm.sharing import agreement_queries, queries
from crm.sharing.giver_queries import disclosures_on, take_turn
from crm.sharing.information import end_without_agreement
from crm.sharing.lines import Office, in_order
from crm.sharing.matters import AgreementFacts as AgreementFacts  # noqa: PLC0414 - what its verbs take
from crm.sharing.matters import DisclosureFacts as DisclosureFacts  # noqa: PLC0414 - as above
from crm.sharing.matters import agreement_matter, disclosure_matter
from crm.sharing.models import Disclosure, DisclosureEnd, SharingAgreement
from crm.sharing.places import keep_places_in_step
from crm.sharing.policy import may_share
from crm.sharing.publishing import republish, republish_all
from crm.sharing.queries import require_own

LONGEST_DISCLOSURE = dt.timedelta(days=366)
ONE_DAY = dt.timedelta(days=1)
M = TypeVar("M", SharingAgreement, Disclosure)


def make_agreement(
    db: ScopedSession,
    actor: Actor,
    facts: AgreementFacts,
    *,
    now: dt.datetime,
    request_key: UUID | None = None,
) -> SharingAgreement:
    """Agree on a standing share with another agency's office; whoever agreed to it is given.

    The same `request_key` sent again is the same agreement. Raises Refused for an
    unknown office, fields without the name, and an end before the beginning; DecisionNeeded where
    the station has that decided and nobody did.
    """
    _require_chief(actor)
    if before := _made_with(db, actor, SharingAgreement, request_key):
        return before
    office = _fit_agreement(db, actor, facts, now)
    carry_out(db, actor, agreement_matter(facts, office), now=now)
    made = SharingAgreement(
        agency_id=actor.agency_id,
        station_id=actor.station_id,  # type: ignore[arg-type]  # a chief belongs to an office
        request_key=request_key,
        recipient_agency_id=office.agency_id,
        recipient_station_id=office.station_id,
        recipient_name=office.label,
        title=facts.title,
        purpose=facts.purpose,
        fields=list(in_order(facts.fields)),
        conditions=facts.conditions,
        retention=facts.retention,
        inquiries=facts.inquiries,
        gives_places=facts.gives_places,
        valid_from=facts.valid_from,
        valid_to=facts.valid_to,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        updated_by=actor.account_id,
    )
    db.add(made)
    db.flush()
    _put_into_force(db, actor, made, "agreement.made", now)
    return made


def draft_agreement(
    db: ScopedSession, actor: Actor, facts: AgreementFacts, *, now: dt.datetime
) -> Approval:
    """Ask for the decision to make a standing share (起案); Refused as `make_agreement` refuses."""
    _require_chief(actor)
    office = _fit_agreement(db, actor, facts, now)
    return draft(db, actor, agreement_matter(facts, office), reason=facts.purpose, now=now)


def narrow_agreement(
    db: ScopedSession,
    actor: Actor,
    agreement_id: UUID,
    *,
    fields: Collection[SharedField],
    valid_to: dt.date | None,
    gives_places: bool = False,
    revision: int,
    now: dt.datetime,
) -> SharingAgreement:
    """Give less, or until an earlier day; to give more, another agreement is made.

    Raises Conflict where it changed since `revision`, Refused where it would widen.
    """
    _require_chief(actor)
    agreement = _to_change(db, agreement_id, revision)
    _require_name(fields)
    if not set(agreement.fields).issuperset(fields):
        raise Refused("項目を増やすときは、新しい取決めを登録してください。", field="fields")
    if agreement.valid_to and (valid_to is None or valid_to > agreement.valid_to):
        raise Refused("期間を延ばすときは、新しい取決めを登録してください。", field="valid_to")
    if valid_to and valid_to < max(agreement.valid_from, local_day(now)):
        raise Refused("終わりの日は、今日以後にしてください。", field="valid_to")
    if gives_places and not agreement.gives_places:
        raise Refused("項目を増やすときは、新しい取決めを登録してください。", field="gives_places")
    agreement.fields, agreement.valid_to = list(in_order(fields)), valid_to
    agreement.gives_places = gives_places
    _touch(agreement, actor, now)
    db.flush()
    _put_into_force(db, actor, agreement, "agreement.narrowed", now)
    return agreement


def end_agreement(
    db: ScopedSession,
    actor: Actor,
    agreement_id: UUID,
    *,
    reason: str,
    revision: int,
    now: dt.datetime,
) -> SharingAgreement:
    """End a standing share at once: its last day was yesterday, its copies go with this.

    Raises Conflict where it changed since `revision`, Refused where it is over: until when it was
    in force, and why it ended, stays as it was recorded.
    """
    _require_chief(actor)
    agreement = _to_change(db, agreement_id, revision)
    yesterday = local_day(now) - ONE_DAY
    if agreement.valid_to and agreement.valid_to <= yesterday:
        raise Refused("この提供は、すでに終わっています。")
    agreement.valid_to, agreement.ended_reason = yesterday, reason
    _touch(agreement, actor, now)
    db.flush()
    _put_into_force(db, actor, agreement, "agreement.ended", now)
    return agreement


def disclose(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    facts: DisclosureFacts,
    *,
    now: dt.datetime,
    request_key: UUID | None = None,
) -> Disclosure:
    """Decide to give something of one contact once (69条), beside any standing share.

    The same `request_key` sent again is the same disclosure. Raises Refused for an
    unknown office, fields without the name, a day that has passed or lies more than a year ahead;
    DecisionNeeded where the station has that decided and nobody did.
    """
    _require_chief(actor)
    require_own(db, holder)
    if before := _made_with(db, actor, Disclosure, request_key):
        return before
    today = local_day(now)
    office = _fit_disclosure(db, actor, facts, now)
    carry_out(db, actor, disclosure_matter(holder, facts, office), now=now)
    made = Disclosure(
        agency_id=actor.agency_id,
        station_id=actor.station_id,  # type: ignore[arg-type]  # a chief belongs to an office
        person_id=holder.person_id,
        organization_id=holder.organization_id,
        request_key=request_key,
        recipient_agency_id=office.agency_id,
        recipient_station_id=office.station_id,
        recipient_name=office.label,
        basis=facts.basis,
        reason=facts.reason,
        fields=list(in_order(facts.fields)),
        expires_on=facts.expires_on,
        decided_on=today,
        decided_by=actor.staff_id,
        recorded_at=now,
    )
    db.add(made)
    db.flush()
    audit.record(
        db,
        actor,
        "disclosure.decided",
        now=now,
        subject=holder.subject,
        recipient=office.label,
        basis=facts.basis,
        fields=made.fields,
    )
    republish(db, actor, holder, now=now)
    return made


def draft_disclosure(
    db: ScopedSession, actor: Actor, holder: Holder, facts: DisclosureFacts, *, now: dt.datetime
) -> Approval:
    """Ask for the decision to disclose (起案); Refused as `disclose` refuses."""
    _require_chief(actor)
    require_own(db, holder)
    office = _fit_disclosure(db, actor, facts, now)
    matter = disclosure_matter(holder, facts, office)
    return draft(db, actor, matter, reason=facts.reason, now=now)


def end_disclosure(
    db: ScopedSession, actor: Actor, disclosure_id: UUID, *, now: dt.datetime
) -> Disclosure:
    """End a disclosure before its day; its copy goes with this. Refused where it is over."""
    _require_chief(actor)
    made = agreement_queries.disclosure(db, disclosure_id)
    holder = Holder(made.person_id, made.organization_id)
    running = disclosures_on(db, [holder], local_day(now)).get(holder, ())
    if made.id not in {one.id for one in running}:
        raise Refused("この提供は、すでに終わっています。")
    db.add(
        DisclosureEnd(
            agency_id=made.agency_id,
            station_id=made.station_id,
            disclosure_id=made.id,
            ended_at=now,
            ended_by=actor.staff_id,
        )
    )
    db.flush()
    audit.record(db, actor, "disclosure.ended", now=now, subject=holder.subject)
    republish(db, actor, holder, now=now)
    return made


def _made_with(
    db: ScopedSession, actor: Actor, table: type[M], request_key: UUID | None
) -> M | None:
    """Return what the same form made already; of two sent at one moment the second waits here."""
    if request_key is None:
        return None
    take_turn(db, actor)
    return agreement_queries.made_with(db, table, request_key)


def _put_into_force(
    db: ScopedSession, actor: Actor, agreement: SharingAgreement, action: str, now: dt.datetime
) -> None:
    audit.record(
        db,
        actor,
        action,
        now=now,
        subject=("agreement", agreement.id),
        recipient=agreement.recipient_name,
        fields=agreement.fields,
    )
    concerned = holders_naming(db, agreement.recipient_agency_id)
    republish_all(db, actor, concerned, now=now)
    end_without_agreement(db, actor, now=now)
    keep_places_in_step(db, actor, now=now)


def _fit_agreement(
    db: ScopedSession, actor: Actor, facts: AgreementFacts, now: dt.datetime
) -> Office:
    """Return the office a standing share is with; Refused for terms that cannot be."""
    office = _office(db, actor, facts.recipient_station_id, now)
    _require_name(facts.fields)
    if facts.valid_to and facts.valid_to < facts.valid_from:
        raise Refused("終わりの日は、始まりの日以後にしてください。", field="valid_to")
    return office


def _fit_disclosure(
    db: ScopedSession, actor: Actor, facts: DisclosureFacts, now: dt.datetime
) -> Office:
    """Return the office a disclosure is made to; Refused for terms that cannot be."""
    today = local_day(now)
    office = _office(db, actor, facts.recipient_station_id, now)
    _require_name(facts.fields)
    if not today <= facts.expires_on <= today + LONGEST_DISCLOSURE:
        raise Refused("期限は、今日から一年以内の日にしてください。", field="expires_on")
    return office


def _require_chief(actor: Actor) -> None:
    if not may_share(actor):
        raise Forbidden


def _require_name(fields: Collection[SharedField]) -> None:
    if SharedField.NAME not in fields:
        raise Refused("氏名を含めて、項目を選んでください。", field="fields")


def _office(db: ScopedSession, actor: Actor, station_id: UUID, now: dt.datetime) -> Office:
    for office in queries.other_offices(db, actor, local_day(now)):
        if office.station_id == station_id:
            return office
    raise Refused("提供先を選び直してください。", field="recipient_station_id")


def _to_change(db: ScopedSession, agreement_id: UUID, revision: int) -> SharingAgreement:
    agreement = agreement_queries.agreement(db, agreement_id, to_change=True)
    if agreement.revision != revision:
        raise Conflict
    return agreement


def _touch(agreement: SharingAgreement, actor: Actor, now: dt.datetime) -> None:
    agreement.revision += 1
    agreement.updated_at, agreement.updated_by = now, actor.account_id
