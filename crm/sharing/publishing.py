"""Published copies: rewritten in the transaction of whatever changes what may be given.

The copies of a contact are always those its grounds allow: agreement and consent and the day, or a
disclosure. They are worked out anew, compared with what is there, and only differences are
written; each of them goes into the record of provision (提供記録).
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from crm.consents.models import ConsentRecorded, SharedField
from crm.consents.queries import provisions_in_force
from crm.contacts.models import ContactChanged, Holder
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.scope import ScopedSession
from crm.liaisons.models import LiaisonTermChanged
from crm.sharing import giver_queries as own
from crm.sharing.lines import (
    Ground,
    contents_of,
    copy_of,
    giver_label,
    grounds_of,
)
from crm.sharing.models import (
    ContactLink,
    ProvisionAct,
    ProvisionRecord,
    PublishedContact,
    PublishedNote,
)

BATCH = 300
"""How many contacts are worked out at a time: a dozen statements for each batch."""

COPY_ACTIONS = {
    ProvisionAct.GIVEN: "copy.published",
    ProvisionAct.CHANGED: "copy.changed",
    ProvisionAct.ENDED: "copy.ended",
}
NOTE_ACTIONS = {ProvisionAct.GIVEN: "note.published", ProvisionAct.ENDED: "note.recalled"}

Copies = list[tuple[Ground, dict[str, Any]]]
"""What is to be given of one contact: each ground with the columns of its copy."""


def republish(db: ScopedSession, actor: Actor, holder: Holder, *, now: dt.datetime) -> None:
    """Make the copies of one own contact what its grounds allow at `now`."""
    republish_all(db, actor, [holder], now=now)


def republish_all(
    db: ScopedSession, actor: Actor, holders: Collection[Holder], *, now: dt.datetime
) -> None:
    """Make the copies of many own contacts what their grounds allow at `now`."""
    own.take_turn(db, actor)
    expire_copies(db, actor, now=now)
    ordered = sorted(holders, key=lambda holder: holder.subject)
    for start in range(0, len(ordered), BATCH):
        # most contacts are shared with nobody, and a list taken in changes hundreds of them
        if shared := own.ever_shared(db, ordered[start : start + BATCH]):
            _publish(db, actor, shared, now)


def refresh_copies(db: ScopedSession, actor: Actor, *, now: dt.datetime) -> None:
    """Make every copy of the own office what is allowed today.

    What begins on a day (an agreement, a term) is given from the first change on it, or by the
    errand of that night; what ends on a day needs none, because readers are shown nothing past its
    last day.
    """
    republish_all(db, actor, own.holders_to_review(db), now=now)


def expire_copies(db: ScopedSession, actor: Actor, *, now: dt.datetime) -> None:
    """Remove the own office's copies whose last day has passed."""
    day = local_day(now)
    if not own.has_expired(db, actor, day):
        return
    over: list[PublishedContact | PublishedNote] = [
        *own.expired_copies(db, actor, day),
        *own.expired_notes(db, actor, day),
    ]
    links = own.links_by_reference(db, {copy.reference for copy in over})
    for copy in over:
        link = links[copy.reference]
        _end(db, actor, Holder(link.person_id, link.organization_id), copy, now)
    db.flush()


def end_all_under(
    db: ScopedSession, actor: Actor, holder: Holder, link: ContactLink, *, now: dt.datetime
) -> None:
    """Remove whatever the own office gave under one reference."""
    for copy in own.copies_given(db, actor, [link.reference]):
        _end(db, actor, holder, copy, now)
    for note in own.notes_given(db, actor, [link.reference]):
        _end(db, actor, holder, note, now)
    db.flush()


def record_provision(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    given: PublishedContact | PublishedNote,
    act: ProvisionAct,
    now: dt.datetime,
) -> None:
    """Put on record what was given to whom, on which ground, or that it ended."""
    fields = [SharedField.NOTES] if isinstance(given, PublishedNote) else given.fields
    subject_type, subject_id = holder.subject
    db.add(
        ProvisionRecord(
            agency_id=given.giver_agency_id,
            station_id=given.giver_station_id,
            reference=given.reference,
            subject_type=subject_type,
            subject_id=subject_id,
            recipient_agency_id=given.recipient_agency_id,
            recipient_name=given.recipient_name,
            basis=given.basis,
            basis_id=given.basis_id,
            act=act,
            fields=list(fields),
            at=now,
            by_account_id=None if actor.is_product else actor.account_id,
        )
    )
    actions = NOTE_ACTIONS if isinstance(given, PublishedNote) else COPY_ACTIONS
    audit.record(
        db,
        actor,
        actions[act],
        now=now,
        subject=holder.subject,
        recipient=given.recipient_name,
        fields=list(fields),
    )


def publish_changed_contact(
    db: ScopedSession, change: ContactChanged, actor: Actor, now: dt.datetime
) -> None:
    """Let copies say what is recorded now; an organization's name stands in its people's posts."""
    holders = {change.holder}
    if organization_id := change.holder.organization_id:
        holders |= own.people_with_posts_at(db, organization_id, local_day(now))
    republish_all(db, actor, holders, now=now)


def publish_after_consent(
    db: ScopedSession, change: ConsentRecorded, actor: Actor, now: dt.datetime
) -> None:
    """Widen, narrow or remove copies with what was agreed to."""
    republish(db, actor, change.holder, now=now)


def publish_changed_term(
    db: ScopedSession, change: LiaisonTermChanged, actor: Actor, now: dt.datetime
) -> None:
    """Give or take back copies with the service as a liaison."""
    republish(db, actor, change.holder, now=now)


def _publish(db: ScopedSession, actor: Actor, holders: Sequence[Holder], now: dt.datetime) -> None:
    given = _what_to_give(db, actor, holders, local_day(now))
    links = own.links_of(db, holders)
    references = [link.reference for of_one in links.values() for link in of_one]
    if not given and not references:
        return
    copies = _by_reference(own.copies_given(db, actor, references))
    notes = _by_reference(own.notes_given(db, actor, references))
    for holder in holders:
        known, wanted = list(links.get(holder, ())), given.get(holder, [])
        there = [copy for link in known for copy in copies.get(link.reference, ())]
        told = [note for link in known for note in notes.get(link.reference, ())]
        _exchange(db, actor, holder, known, wanted, there, now)
        _review_notes(db, actor, holder, [ground for ground, _ in wanted], told, now)
    db.flush()


def _what_to_give(
    db: ScopedSession, actor: Actor, holders: Sequence[Holder], day: dt.date
) -> dict[Holder, Copies]:
    agreements = own.agreements_on(db, actor, day)
    disclosures = own.disclosures_on(db, holders, day)
    if not agreements and not disclosures:
        return {}
    provisions = provisions_in_force(db, holders, day)
    found: dict[Holder, Copies] = {}
    for holder, facts in own.facts_of(db, holders, day).items():
        grounds = grounds_of(
            facts,
            agreements=agreements,
            provisions=provisions.get(holder, {}),
            disclosures=disclosures.get(holder, ()),
            day=day,
            liaisons_only=actor.is_police,
        )
        found[holder] = [(ground, copy_of(facts, ground)) for ground in grounds]
    return found


def _exchange(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    known: list[ContactLink],
    wanted: Copies,
    there: Iterable[PublishedContact],
    now: dt.datetime,
) -> None:
    """Write the difference between the copies that are `there` and those `wanted`."""
    left = {(copy.reference, copy.basis_id): copy for copy in there}
    for ground, contents in wanted:
        link = _link_to(db, actor, holder, known, ground, now)
        copy = left.pop((link.reference, ground.basis_id), None)
        if copy is None:
            _give(db, actor, holder, link, contents, now)
        elif contents_of(copy) != contents:
            _change(db, actor, holder, copy, contents, now)
    for copy in left.values():
        _end(db, actor, holder, copy, now)


def _link_to(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    known: list[ContactLink],
    ground: Ground,
    now: dt.datetime,
) -> ContactLink:
    """Return the reference the recipient knows the contact by, a new one at the first copy."""
    station_id = ground.recipient_station_id
    found = next((link for link in known if link.other_station_id == station_id), None)
    if found is not None:
        return found
    link = ContactLink(
        agency_id=actor.agency_id,
        station_id=actor.station_id,  # type: ignore[arg-type]  # who gives belongs to an office
        person_id=holder.person_id,
        organization_id=holder.organization_id,
        reference=uuid4(),
        other_agency_id=ground.recipient_agency_id,
        other_station_id=station_id,
        linked_at=now,
        linked_by=None if actor.is_product else actor.account_id,
    )
    db.add(link)
    known.append(link)
    return link


def _give(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    link: ContactLink,
    contents: Mapping[str, Any],
    now: dt.datetime,
) -> None:
    copy = PublishedContact(
        giver_agency_id=link.agency_id,
        giver_station_id=link.station_id,
        giver_name=giver_label(actor),
        reference=link.reference,
        published_at=now,
        **contents,
    )
    db.add(copy)
    record_provision(db, actor, holder, copy, ProvisionAct.GIVEN, now)


def _change(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    copy: PublishedContact,
    contents: Mapping[str, Any],
    now: dt.datetime,
) -> None:
    for name, value in contents.items():
        setattr(copy, name, value)
    copy.published_at = now
    record_provision(db, actor, holder, copy, ProvisionAct.CHANGED, now)


def _end(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    given: PublishedContact | PublishedNote,
    now: dt.datetime,
) -> None:
    record_provision(db, actor, holder, given, ProvisionAct.ENDED, now)
    db.delete(given)


def _review_notes(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    grounds: Iterable[Ground],
    told: Iterable[PublishedNote],
    now: dt.datetime,
) -> None:
    """Take back what was told where no ground names notes any more; the rest follows its ground."""
    allowed: dict[Any, Ground] = {}
    for ground in grounds:
        if SharedField.NOTES in ground.fields:
            allowed.setdefault(ground.recipient_station_id, ground)
            allowed[ground.basis_id] = ground
    for note in told:
        ground_now = allowed.get(note.basis_id) or allowed.get(note.recipient_station_id)
        if ground_now is None:
            _end(db, actor, holder, note, now)
            continue
        note.basis, note.basis_id = ground_now.basis, ground_now.basis_id
        note.valid_until = ground_now.valid_until


def _by_reference(rows: Iterable[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(row.reference, []).append(row)
    return found
