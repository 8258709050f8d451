"""Taking in sealed entries one by one: a transaction and a receipt for each."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple

from litestar.exceptions import ClientException
from pydantic import ValidationError

from crm.access.desk import Desk
from crm.kernel.errors import Conflict, DomainError, Forbidden, NotFound, Refused
from crm.kernel.i18n import N_, translate
from crm.kernel.keys import BrokenSeal
from crm.notes.entering import notice_of
from crm.outbox import service
from crm.outbox.entries import Arrived, arrived
from crm.outbox.envelopes import Batch, Envelope, open_envelope
from crm.outbox.models import Fate, SentEntry

UNREADABLE = N_("この台帳では開けない記録です。書いた端末で、もう一度記録してください。")


class Result(StrEnum):
    """What a device is told of an entry; it keeps what was refused and forgets the others."""

    STORED = "stored"
    KNOWN = "known"
    PARKED = "parked"
    REFUSED = "refused"


class Receipt(NamedTuple):
    """The answer for one entry: what became of it, why, where to see it, the field."""

    id: str
    result: Result
    sentence: str = ""
    path: str = ""
    field: str = ""


def read_batch(text: object) -> Batch:
    """Return what a device sent; a bad request for what no device of ours sends."""
    try:
        return Batch.model_validate_json(str(text))
    except ValidationError:
        raise ClientException from None


def take_in(
    desk: Desk, envelope: Envelope, *, sent_at: dt.datetime | None, present: bool
) -> Receipt:
    """Store one entry, or park it for a person, in a transaction of its own; say which.

    With somebody `present` at its form what is wrong is said there instead, and nothing is parked.
    """
    try:
        plain = open_envelope(desk.settings, envelope)
        entry = arrived(envelope.id, envelope.owner, plain)
    except BrokenSeal:
        return Receipt(str(envelope.id), Result.REFUSED, translate(UNREADABLE))
    try:
        return _store(desk, entry, sent_at, present=present)
    except (Refused, NotFound, Forbidden, Conflict) as refusal:
        if present or _is_anothers(refusal):
            return _refused(entry, refusal)
        return _park(desk, entry, sent_at, refusal)


def _store(desk: Desk, entry: Arrived, sent_at: dt.datetime | None, *, present: bool) -> Receipt:
    with desk.writes() as visit:
        written = entry.words.written(sent_at, visit.now)
        row = service.store_entry(visit.db, visit.actor, entry, written, now=visit.now)
        if present:
            texts = [
                text for name, text in entry.words.fields if name in ("heard", "told", "advice")
            ]
            visit.notice_to_leave = notice_of(*texts)
        return _receipt(entry, row, is_new=row.received_at == visit.now)


def _park(desk: Desk, entry: Arrived, sent_at: dt.datetime | None, refusal: DomainError) -> Receipt:
    try:
        with desk.writes() as visit:
            written = entry.words.written(sent_at, visit.now)
            row = service.park_entry(
                visit.db, visit.actor, desk.settings, entry, written, refusal, now=visit.now
            )
            return _receipt(entry, row, is_new=True)
    except (Refused, Forbidden, Conflict) as still:
        return _refused(entry, still)


def _receipt(entry: Arrived, row: SentEntry, *, is_new: bool) -> Receipt:
    if row.fate is Fate.PARKED:
        return Receipt(str(entry.key), Result.PARKED, row.sentence, "/outbox")
    about = entry.words.about
    collection = {"person": "people", "organization": "organizations", "area": "areas"}
    path = f"/{collection[about[0]]}/{about[1]}" if about else ""
    return Receipt(str(entry.key), Result.STORED if is_new else Result.KNOWN, path=path)


def _refused(entry: Arrived, refusal: DomainError) -> Receipt:
    sentence = translate(refusal.message, **refusal.facts)
    field = refusal.field if isinstance(refusal, Refused) else ""
    return Receipt(str(entry.key), Result.REFUSED, sentence, field=field)


def _is_anothers(refusal: DomainError) -> bool:
    return refusal.message == service.ANOTHERS
