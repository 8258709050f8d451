"""Telling another agency of a note, and recognizing its contacts as own ones."""

import datetime as dt
from uuid import UUID

from crm.consents.models import ConsentFacts, ConsentMethod, ConsentScope
from crm.consents.queries import current_consent
from crm.consents.service import record_consent
from crm.contacts.models import Holder
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, NotFound, Refused
from crm.kernel.scope import ScopedSession
from crm.notes.models import ActivityNote, occasion_labels
from crm.notes.policy import may_correct
from crm.notes.queries import companions_of, note_of, parties_of
from crm.sharing import agreement_queries, queries
from crm.sharing.agreements import end_disclosure
from crm.sharing.giver_queries import disclosures_on
from crm.sharing.lines import NoteRecipient, giver_label
from crm.sharing.link_queries import link_of
from crm.sharing.models import ContactLink, ProvisionAct, PublishedNote
from crm.sharing.policy import may_link
from crm.sharing.publishing import end_all_under, record_provision
from crm.sharing.publishing import expire_copies as expire_copies  # noqa: PLC0414 - a verb this room offers
from crm.sharing.publishing import refresh_copies as refresh_copies  # noqa: PLC0414 - as above
from crm.sharing.publishing import republish as republish  # noqa: PLC0414 - as above
from crm.sharing.queries import require_own

TO_OTHERS = frozenset(
    {ConsentScope.HQ_NAME, ConsentScope.MUNICIPALITY, ConsentScope.OTHER_LIAISONS}
)
"""What agrees to giving something to others than the own office."""


def publish_note(
    db: ScopedSession,
    actor: Actor,
    note_id: UUID,
    holder: Holder,
    recipient_station_id: UUID,
    text: str,
    *,
    now: dt.datetime,
) -> PublishedNote:
    """Tell another office of one contact, in words written for it; the own note stays here.

    Its author or a chief may. Raises Refused where no ground names notes, or it was told already.
    """
    note = note_of(db, note_id)
    if not may_correct(actor, note):
        raise Forbidden
    if holder not in {party.holder for party in parties_of(db, note_id)}:
        raise NotFound
    recipient = _note_recipient(db, actor, holder, recipient_station_id, now)
    # the copy and its reference must be there before something is told under it
    republish(db, actor, holder, now=now)
    link = agreement_queries.link_to(db, holder, recipient_station_id)
    told = agreement_queries.told_of(db, actor, note_id)
    if (link.reference, recipient_station_id) in {
        (one.reference, one.recipient_station_id) for one in told
    }:
        raise Refused("この活動は、すでに提供しています。", field="recipient")
    made = PublishedNote(
        giver_agency_id=actor.agency_id,
        giver_station_id=link.station_id,
        giver_name=giver_label(actor),
        recipient_agency_id=recipient.agency_id,
        recipient_station_id=recipient.station_id,
        recipient_name=recipient.name,
        reference=link.reference,
        note_id=note_id,
        basis=recipient.basis,
        basis_id=recipient.basis_id,
        valid_until=recipient.valid_until,
        happened_at=note.happened_at,
        occasion=occasion_labels(actor)[note.occasion],
        joint_on=_joint_on(db, note, recipient_station_id),
        text=text,
        told_by=actor.unit_name,
        published_at=now,
    )
    db.add(made)
    record_provision(db, actor, holder, made, ProvisionAct.GIVEN, now)
    db.flush()
    return made


def withdraw_note(db: ScopedSession, actor: Actor, published_id: UUID, *, now: dt.datetime) -> None:
    """Take back what was told of a note."""
    told = agreement_queries.told_note(db, actor, published_id)
    if not may_correct(actor, note_of(db, told.note_id)):
        raise Forbidden
    link = link_of(db, actor, told.reference)
    if link is None:
        raise NotFound
    holder = Holder(link.person_id, link.organization_id)
    record_provision(db, actor, holder, told, ProvisionAct.ENDED, now)
    db.delete(told)
    db.flush()


def link_contact(
    db: ScopedSession, actor: Actor, reference: UUID, holder: Holder, *, now: dt.datetime
) -> ContactLink:
    """Recognize a received contact as an own one; from now on both are one timeline.

    NotFound for a reference nobody published, or a holder that is not the own office's; Refused
    where it was recognized as somebody already.
    """
    if not may_link(actor):
        raise Forbidden
    giver = queries.giver_of(db, actor, reference, local_day(now))
    require_own(db, holder)
    if link_of(db, actor, reference) is not None:
        raise Refused("この連絡先は、すでに結び付けられています。", field="holder")
    link = ContactLink(
        agency_id=actor.agency_id,
        station_id=actor.station_id,  # type: ignore[arg-type]  # who links belongs to an office
        person_id=holder.person_id,
        organization_id=holder.organization_id,
        reference=reference,
        other_agency_id=giver.agency_id,
        other_station_id=giver.station_id,
        linked_at=now,
        linked_by=actor.account_id,
        recognized=True,
    )
    db.add(link)
    db.flush()
    audit.record(db, actor, "contact.linked", now=now, subject=holder.subject)
    republish(db, actor, holder, now=now)
    return link


def unlink_contact(db: ScopedSession, actor: Actor, reference: UUID, *, now: dt.datetime) -> Holder:
    """Take a recognition back: they were not the same after all; return whom it was taken from.

    What the own office gave under that reference is removed: it was about somebody else. It needs
    no copy to be there: the next one would be taken for the same person again.
    """
    if not may_link(actor):
        raise Forbidden
    link = link_of(db, actor, reference)
    if link is None or not link.recognized:
        raise NotFound
    holder = Holder(link.person_id, link.organization_id)
    end_all_under(db, actor, holder, link, now=now)
    db.delete(link)
    db.flush()
    audit.record(db, actor, "contact.unlinked", now=now, subject=holder.subject)
    republish(db, actor, holder, now=now)
    return holder


def stop_provision(
    db: ScopedSession, actor: Actor, holder: Holder, *, now: dt.datetime, all_consent: bool
) -> None:
    """End whatever anybody else is given of one contact, at once: disclosures and consent to it.

    With `all_consent` what was agreed to within the own office ends as well.
    """
    today = local_day(now)
    for made in disclosures_on(db, [holder], today).get(holder, ()):
        end_disclosure(db, actor, made.id, now=now)
    current = current_consent(db, holder, today)
    ends = frozenset(ConsentScope) if all_consent else TO_OTHERS
    if current is not None and current.scopes & ends:
        kept = {one.scope: one.recipient for one in current.grants if one.scope not in ends}
        facts = ConsentFacts(today, ConsentMethod.WRITTEN, kept)
        record_consent(db, actor, holder, facts, now=now)
    republish(db, actor, holder, now=now)


def _joint_on(db: ScopedSession, note: ActivityNote, station_id: UUID) -> dt.date | None:
    """Return the day both offices were there, where the note names the other one as present."""
    return local_day(note.happened_at) if station_id in companions_of(db, note.id) else None


def _note_recipient(
    db: ScopedSession, actor: Actor, holder: Holder, station_id: UUID, now: dt.datetime
) -> NoteRecipient:
    for recipient in queries.recipients_of_notes(db, actor, holder, local_day(now)):
        if recipient.station_id == station_id:
            return recipient
    raise Refused("この機関への活動の提供には、取決めと本人の同意が必要です。", field="recipient")
