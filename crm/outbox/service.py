"""The verbs of the outbox: store what a device sent, park what needs a person, settle that."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.queries import KEY_CHANGE
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, DomainError, Forbidden, NotFound, Refused
from crm.kernel.i18n import N_, translate
from crm.kernel.keys import derive, load_key, reseal, seal, unseal
from crm.kernel.scope import ScopedSession
from crm.kernel.settings import Settings
from crm.notes import service as notes
from crm.notes.entering import facts_of, read_entry
from crm.notes.models import ActivityNote
from crm.notes.service import NoteFacts
from crm.outbox import queries
from crm.outbox.clocks import Written
from crm.outbox.entries import Arrived, arrived
from crm.outbox.models import Fate, SentEntry

_PURPOSE = "parked entries"
ANOTHERS = N_("別の職員が書いた記録です。本人がサインインすると送信されます。")
NOBODY_CHOSEN = N_("相手を選んで登録してください。")
MOVED_ON = N_("記録した後に所属が変わりました。")
UNFINISHED = N_("書きかけのまま画面がロックされた記録です。内容を確かめて登録してください。")
OUT_OF_REACH = N_("相手の記録が見つかりません。相手を選び直してください。")


def store_entry(
    db: ScopedSession, actor: Actor, entry: Arrived, written: Written, *, now: dt.datetime
) -> SentEntry:
    """Make a note of an entry; the receipt of the first time where it came before.

    What was parked under its key is settled by what its author went on to write. Raises whatever
    says that a person has to look at it: nothing was changed then.
    """
    _require_author(actor, entry)
    known = queries.receipt_of(db, actor.staff_id, entry.key)
    if known and not _goes_on(known, entry):
        return _same(known, entry)
    if entry.words.unfinished:
        raise Refused(UNFINISHED)
    facts = _facts(entry, written)
    if known:
        return _completed(db, actor, known, facts, now)
    office_id = _office(db, actor, written)
    if office_id != actor.station_id:
        raise Forbidden(MOVED_ON)
    note = notes.log_activity(db, actor, facts, now=now)
    return _receipt(db, entry, written, Fate.STORED, office_id, note=note, now=now)


def park_entry(
    db: ScopedSession,
    actor: Actor,
    settings: Settings,
    entry: Arrived,
    written: Written,
    refusal: DomainError,
    *,
    now: dt.datetime,
) -> SentEntry:
    """Keep an entry for a person to look at, with the reason; the first receipt if it has one.

    Refused where it belongs to no office: it stays on its device.
    """
    _require_author(actor, entry)
    if known := queries.receipt_of(db, actor.staff_id, entry.key):
        return _same(known, entry)
    office_id = _office(db, actor, written)
    parked = _receipt(db, entry, written, Fate.PARKED, office_id, now=now)
    parked.sentence = _sentence(refusal)
    parked.content = seal(_key(settings), entry.plain, about=_about(parked))
    audit.record(db, actor, "entry.parked", now=now, subject=("entry", parked.id))
    return parked


def settle_entry(
    db: ScopedSession, actor: Actor, parked: SentEntry, facts: NoteFacts, *, now: dt.datetime
) -> ActivityNote:
    """Record a parked entry as somebody completed it; its author took part, whoever completes it.

    Raises as recording an activity does.
    """
    facts = replace(
        facts,
        client_key=parked.entry_key,
        entered_at=parked.written_at,
        staff_ids=facts.staff_ids | {parked.author_id},
    )
    note = notes.log_activity(db, actor, facts, now=now)
    parked.fate, parked.note_id = Fate.STORED, note.id
    _settled(parked, actor, now)
    audit.record(db, actor, "entry.settled", now=now, subject=("entry", parked.id))
    return note


def dismiss_entry(db: ScopedSession, actor: Actor, parked: SentEntry, *, now: dt.datetime) -> None:
    """Close a parked entry that is not to be recorded; only that there was one is kept."""
    parked.fate = Fate.DISMISSED
    _settled(parked, actor, now)
    audit.record(db, actor, "entry.dismissed", now=now, subject=("entry", parked.id))


def words_of(parked: SentEntry, settings: Settings) -> Arrived:
    """Return what a parked entry says; BrokenSeal when the installation's key is another."""
    plain = unseal(_key(settings), parked.content, about=_about(parked))
    return arrived(parked.entry_key, parked.author_id, plain)


def _settled(parked: SentEntry, actor: Actor, now: dt.datetime) -> None:
    parked.content, parked.sentence = b"", ""
    parked.settled_at, parked.settled_by = now, actor.staff_id


def _require_author(actor: Actor, entry: Arrived) -> None:
    if entry.author_id != actor.staff_id:
        raise Refused(ANOTHERS)


def _goes_on(known: SentEntry, entry: Arrived) -> bool:
    """Whether an entry that waited, or was settled since, comes again in other words."""
    waited = known.fate is Fate.PARKED or known.settled_at is not None
    return waited and known.fate is not Fate.DISMISSED and known.digest != entry.digest


def _completed(
    db: ScopedSession, actor: Actor, known: SentEntry, facts: NoteFacts, now: dt.datetime
) -> SentEntry:
    """Settle what waited by what its author went on to write; sent again, it is that note."""
    if known.fate is Fate.PARKED:
        settle_entry(db, actor, known, facts, now=now)
    else:
        notes.log_activity(db, actor, facts, now=now)
    return known


def _same(known: SentEntry, entry: Arrived) -> SentEntry:
    if known.digest != entry.digest:
        raise Conflict(N_("同じ番号の記録が、別の内容で登録されています。"))
    return known


def _facts(entry: Arrived, written: Written) -> NoteFacts:
    """Return the note an entry tells of; Refused with the first sentence its form is refused by."""
    holder, area_id = entry.words.holder, entry.words.area_id
    if holder is None and area_id is None:
        raise Refused(NOBODY_CHOSEN)
    sub = read_entry(entry.words.sent)
    if sub.form is None:
        field, sentence = next(iter(sub.errors.items()))
        raise Refused(sentence, field=field)
    facts = facts_of(sub.form, holder, at=written.at, area_id=area_id)
    return replace(facts, client_key=entry.key, entered_at=written.at)


def _office(db: ScopedSession, actor: Actor, written: Written) -> UUID:
    """Return the office an entry belongs to: where its author served as it was written."""
    office = queries.office_of(db, actor.staff_id, local_day(written.at)) or actor.station_id
    if office is None:
        raise Forbidden
    return office


def _receipt(
    db: ScopedSession,
    entry: Arrived,
    written: Written,
    fate: Fate,
    office_id: UUID,
    *,
    note: ActivityNote | None = None,
    now: dt.datetime,
) -> SentEntry:
    assert db.actor is not None  # noqa: S101 - whoever sends has signed in
    row = SentEntry(
        agency_id=db.actor.agency_id,
        author_id=entry.author_id,
        office_id=office_id,
        entry_key=entry.key,
        digest=entry.digest,
        fate=fate,
        note_id=note.id if note else None,
        written_at=written.at,
        received_at=now,
        wrong_by_s=round(written.wrong_by.total_seconds()),
        is_certain=written.certain,
    )
    db.add(row)
    return row


def _sentence(refusal: DomainError) -> str:
    if isinstance(refusal, NotFound):
        return translate(OUT_OF_REACH)
    return translate(refusal.message, **refusal.facts)


def reseal_parked(db: ScopedSession, old: bytes, new: bytes) -> int:
    """Seal what waits to be settled with the secret that takes the old one's place."""
    waiting = queries.every_parked(db)
    for parked in waiting:
        content = reseal(
            derive(old, _PURPOSE), derive(new, _PURPOSE), parked.content, about=_about(parked)
        )
        db.exec(
            sa.update(SentEntry)
            .where(col(SentEntry.id) == parked.id)
            .values(content=content)
            .execution_options(**KEY_CHANGE)
        )
    return len(waiting)


def _key(settings: Settings) -> bytes:
    return derive(load_key(settings), _PURPOSE)


def _about(parked: SentEntry) -> bytes:
    return parked.id.bytes + parked.author_id.bytes
