"""Recording consent: every answer is a new record, and the newest is in force as a whole."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from crm.consents.models import (
    ConsentFacts,
    ConsentGrant,
    ConsentRecord,
    ConsentRecorded,
    ConsentScope,
    SharedField,
)
from crm.consents.policy import may_record_consent
from crm.consents.queries import consent_history, other_agencies
from crm.contacts.models import Holder
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.changes import announce
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

FORM_VERSION = "2026-04"
"""Which text was read out or handed over; change it with the words below."""

FORM_PURPOSE = N_(
    "お預かりした氏名・連絡先などは、地域安全活動についての連絡、情報の提供及びご意見を伺うため"
    "に利用します。印を付けた範囲を超えて提供することはありません。同意はいつでも、一つずつ"
    "取りやめることができます。"
)
"""The purpose of use, printed on the form of consent (個人情報保護法 62条)."""


def record_consent(
    db: ScopedSession, actor: Actor, holder: Holder, facts: ConsentFacts, *, now: dt.datetime
) -> ConsentRecord:
    """Put on record what `holder` agrees to from that day on, replacing all agreed before.

    No scopes at all ends every sharing at once. Raises Refused for a day to come, a day before the
    newest record, and a provision without saying to whom and what.
    """
    if not may_record_consent(actor):
        raise Forbidden
    _check(db, holder, facts, local_day(now))
    names = _names_of_recipients(db, actor, facts)
    record = ConsentRecord(
        agency_id=actor.agency_id,
        station_id=actor.station_id,  # type: ignore[arg-type]  # who may record belongs to a station
        person_id=holder.person_id,
        organization_id=holder.organization_id,
        signatory=facts.signatory,
        capacity=facts.capacity,
        form_version=facts.form_version or FORM_VERSION,
        decided_on=facts.decided_on,
        method=facts.method,
        recorded_by=actor.staff_id,
        recorded_at=now,
    )
    db.add(record)
    db.flush()
    _grant(db, record, facts)
    _grant_provisions(db, record, facts, names)
    db.flush()
    audit.record(
        db,
        actor,
        "consent.recorded",
        now=now,
        subject=holder.subject,
        scopes=sorted(facts.scopes),
        recipients=len(names),
    )
    announce(db, ConsentRecorded(holder), actor, now)
    return record


def _check(db: ScopedSession, holder: Holder, facts: ConsentFacts, today: dt.date) -> None:
    if facts.decided_on > today:
        raise Refused("まだ来ていない日は記録できません。", field="decided_on")
    if ConsentScope.MUNICIPALITY in facts.scopes and not facts.scopes[ConsentScope.MUNICIPALITY]:
        raise Refused("市町への提供先（機関と項目）を入力してください。", field="municipality")
    history = consent_history(db, holder)
    if history and facts.decided_on < history[-1].decided_on:
        raise Refused(
            "これより新しい同意の記録があります。その日以後の日付にしてください。",
            field="decided_on",
        )


def _names_of_recipients(
    db: ScopedSession, actor: Actor, facts: ConsentFacts
) -> Mapping[UUID, str]:
    """Return what the agencies agreed to are called; Refused for one that is none, or for nothing.

    The name is kept with the consent: it says whom the person agreed to, whatever comes later.
    """
    if not facts.provisions:
        return {}
    known = {agency.id: agency.name for agency in other_agencies(db, actor)}
    if not known.keys() >= facts.provisions.keys() or not all(facts.provisions.values()):
        raise Refused("提供先の機関と項目を選び直してください。", field="provisions")
    return {agency_id: known[agency_id] for agency_id in facts.provisions}


def _grant(db: ScopedSession, record: ConsentRecord, facts: ConsentFacts) -> None:
    for scope, recipient in facts.scopes.items():
        db.add(
            ConsentGrant(
                agency_id=record.agency_id,
                station_id=record.station_id,
                record_id=record.id,
                scope=scope,
                recipient=recipient,
                valid_from=facts.decided_on,
            )
        )


def _grant_provisions(
    db: ScopedSession, record: ConsentRecord, facts: ConsentFacts, names: Mapping[UUID, str]
) -> None:
    for agency_id, fields in facts.provisions.items():
        db.add(
            ConsentGrant(
                agency_id=record.agency_id,
                station_id=record.station_id,
                record_id=record.id,
                scope=ConsentScope.MUNICIPALITY,
                recipient=names[agency_id],
                recipient_agency_id=agency_id,
                fields=[field for field in SharedField if field in fields],
                valid_from=facts.decided_on,
            )
        )
