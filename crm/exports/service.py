"""Taking files out of the house: a number first, then the file on record, then one fetch of it."""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from crm.approvals.models import ApprovalKind
from crm.exports import queries
from crm.exports.models import (
    EXPORT_RECIPIENT_LABELS,
    Export,
    ExportContent,
    ExportFetch,
    ExportFile,
    ExportKind,
    ExportRecipient,
    ExportSubject,
)
from crm.exports.queries import Fetchable
from crm.exports.seconds import ask_second, use_second
from crm.formats.imprint import Imprint
from crm.formats.protected import new_password, protect
from crm.jobs.papers import MAY_REPLACE
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import fiscal_year

MOST_ALONE = 100
"""More people than this and a second person must approve: the number at which a leak is reported
(個人情報保護法施行規則43条)."""
ALONE = frozenset({ExportKind.REJECTED_ROWS})
"""What needs no second person however long: the rows somebody handed in come back to them, and
nobody in them was taken into the register."""
MANY = 300
"""From so many named on, paper takes longer than somebody should wait for the answer."""
MAX_PURPOSE = 40
MISSING_PURPOSE = N_("作成目的を入力してください。（例：第３回地域安全の会）")
MISSING_REASON = N_(
    "パスワードを付けない理由を入力してください。（例：他のシステムに取り込むため）"
)
GROWN = N_(
    "作成を依頼した後に、載る方が増えました。人数を確かめるため、元の画面からもう一度作成してください。"
)
GONE = N_(
    "このファイルは受け取られたか、保管の期限が過ぎています。必要なときは、もう一度作成してください。"
)
STATION_ENDINGS = ("警察署", "署")


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What somebody asks to take out: why, for whom, which fields, of how many at most.

    `format` is the maker's own word for the kind of file, `args` the rest it needs: ids and plain
    choices, never personal data. `plain_reason` says why a file bears no password where it could,
    `may_replace` lets what a font or an encoding lacks become 〓.
    """

    kind: ExportKind
    title: str
    purpose: str
    recipient: str
    format: str
    people: int
    organizations: int = 0
    fields: Sequence[str] = ()
    args: Mapping[str, Any] = field(default_factory=dict)
    is_encrypted: bool = False
    plain_reason: str = ""
    conditions: str = ""
    return_on: dt.date | None = None
    kept_hours: int = 24
    request_key: UUID | None = None
    may_replace: bool = False
    decision: ApprovalKind | None = None
    """What the station has decided before such a file leaves, however few it names."""


@dataclass(frozen=True, slots=True)
class Taking:
    """How somebody takes something out, whatever it is: the same fields as in ExportFacts."""

    recipient: str
    plain_reason: str = ""
    conditions: str = ""
    return_on: dt.date | None = None
    kept_hours: int = 24
    request_key: UUID | None = None
    may_replace: bool = False


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file as it will leave, and everybody it names."""

    name: str
    media_type: str
    content: bytes
    people: Collection[UUID] = ()
    organizations: Collection[UUID] = ()
    reference: str = ""
    named: int = 0
    """How many people it names where they have no ids (rows that were never taken in)."""


@dataclass(slots=True)
class Making:
    """An export being made, with the rights its requester has now.

    A maker reads in `reading`, writes its file through `sealed`, and leaves its own effects in
    `finishing`: one transaction in which they, the file and its record are kept, or nothing is.
    """

    export: Export
    actor: Actor
    now: dt.datetime
    reading: Callable[[], AbstractContextManager[ScopedSession]]
    opening: Callable[[], AbstractContextManager[ScopedSession]]
    password: str = ""

    def __post_init__(self) -> None:
        """Make up the password of a file that bears one; it is stored nowhere."""
        if self.export.is_encrypted:
            self.password = new_password()

    @property
    def imprint(self) -> Imprint:
        """What stands at the foot of every page; who made it is named within the house only."""
        export, actor = self.export, self.actor
        if export.recipient == EXPORT_RECIPIENT_LABELS[ExportRecipient.WITHIN]:
            return Imprint(self.now, actor.signature, export.purpose, export.number)
        return Imprint(self.now, actor.office, export.purpose, export.number, export.recipient)

    def sealed(self, content: bytes) -> bytes:
        """Return a file as it will be handed out: under its password where it bears one."""
        return protect(content, self.password) if self.password else content

    @contextmanager
    def finishing(self, made: MadeFile) -> Iterator[ScopedSession]:
        """Open the transaction that keeps `made`; Conflict when that may not be any more."""
        with self.opening() as db:
            export = queries.own_export(db, self.actor.account_id, self.export.id)
            require_unmade(db, export)
            if max(len(made.people), made.named) > export.people:
                raise Conflict(GROWN)
            use_second(db, self.actor, export, now=self.now)
            yield db
            record_file(db, self.actor, export, made, now=self.now)
            _keep(db, export, made.content, self.now)


Maker = Callable[[Making], None]
Look = Callable[[ScopedSession, Making], None]


@dataclass(frozen=True, slots=True)
class Craft:
    """How the files of one kind are made; `beside` are the formats that take seconds.

    They do so from `many` named on. `look_through` refuses what could not be made, in the
    transaction that registers it.
    """

    make: Maker
    beside: frozenset[str]
    many: int
    look_through: Look | None = None

    def is_beside(self, export: Export) -> bool:
        """Whether a file is made in a job, not while somebody waits for the answer."""
        return export.format in self.beside and export.people + export.organizations >= self.many


_crafts: dict[ExportKind, Craft] = {}


def maker(
    kind: ExportKind,
    *,
    beside: Collection[str] = (),
    many: int = 0,
    look_through: Look | None = None,
) -> Callable[[Maker], Maker]:
    """Let the function below make the files of `kind`, those `beside` of `many` in a job."""

    def learn(function: Maker) -> Maker:
        if kind in _crafts:
            raise LookupError(f"two functions make {kind}")
        _crafts[kind] = Craft(function, frozenset(beside), many, look_through)
        return function

    return learn


def craft_of(kind: ExportKind) -> Craft:
    """Return how files of `kind` are made."""
    return _crafts[kind]


def register_export(
    db: ScopedSession, actor: Actor, facts: ExportFacts, *, now: dt.datetime
) -> Export:
    """Put on record what `actor` asks to take out, under the station's next number.

    Above a hundred people it waits for a second person (`needs_approval`). The same `request_key`
    sent again is the same export. Raises Refused without a purpose, a recipient, or a reason for
    leaving the password out, and for paper with what no font draws.
    """
    if actor.station_id is None:
        raise Forbidden
    key = facts.request_key or uuid7()
    queries.lock_serials(db, actor.station_id)
    if before := queries.export_asked_with(db, actor.account_id, key):
        return before
    _require_told(facts)
    decision = _decision(facts)
    year = fiscal_year(local_day(now))
    serial = queries.last_serial(db, actor.station_id, year) + 1
    export = Export(
        agency_id=actor.agency_id,
        station_id=actor.station_id,
        number=f"{short_name(actor.station_name)}-{year}-{serial:04d}",
        year=year,
        serial=serial,
        kind=facts.kind,
        title=facts.title,
        purpose=facts.purpose,
        recipient=facts.recipient,
        conditions=facts.conditions,
        return_on=facts.return_on,
        fields=list(facts.fields),
        format=facts.format,
        is_encrypted=facts.is_encrypted,
        plain_reason=facts.plain_reason,
        args={**facts.args, MAY_REPLACE: facts.may_replace},
        people=facts.people,
        organizations=facts.organizations,
        needs_approval=decision is not None,
        kept_hours=facts.kept_hours,
        account_id=actor.account_id,
        unit_id=actor.unit_id,
        exported_by=actor.name,
        unit_name=actor.unit_name,
        request_key=key,
        asked_at=now,
    )
    db.add(export)
    db.flush()
    craft = _crafts.get(facts.kind)
    if craft and craft.look_through:
        making = Making(export, actor, now, lambda: nullcontext(db), lambda: nullcontext(db))
        craft.look_through(db, making)
    _audit(db, actor, "export.asked", export, now, count=export.people, fields=export.fields)
    if decision is not None:
        ask_second(db, actor, export, decision, now=now)
    return export


def record_file(
    db: ScopedSession, actor: Actor, export: Export, made: MadeFile, *, now: dt.datetime
) -> None:
    """Put on record the file made for `export`: its fingerprint and everybody it names."""
    owner = _owner(export)
    digest = hashlib.sha256(made.content).hexdigest()
    db.add(
        ExportFile(
            **owner,
            reference=made.reference,
            name=made.name,
            media_type=made.media_type,
            size=len(made.content),
            sha256=digest,
            people=max(len(made.people), made.named),
            organizations=len(made.organizations),
            made_at=now,
            expires_at=now + dt.timedelta(hours=export.kept_hours),
        )
    )
    db.add_all(ExportSubject(**owner, person_id=each) for each in made.people)
    db.add_all(ExportSubject(**owner, organization_id=each) for each in made.organizations)
    named = [
        *(("person", each) for each in made.people),
        *(("organization", each) for each in made.organizations),
    ]
    audit.record(
        db,
        actor,
        "export.made",
        now=now,
        subject=("export", export.id),
        named=named,
        number=export.number,
        reference=made.reference,
        sha256=digest,
    )


def hand_out(
    db: ScopedSession, actor: Actor, export: Export, made: MadeFile, *, now: dt.datetime
) -> None:
    """Put on record a file that is made and handed out at once, and kept nowhere."""
    record_file(db, actor, export, made, now=now)
    db.flush()
    _record_fetch(db, actor, export, hashlib.sha256(made.content).hexdigest(), now)


def fetch(db: ScopedSession, actor: Actor, export_id: UUID, *, now: dt.datetime) -> Fetchable:
    """Give the file to its requester, once: it is shredded in the transaction that hands it out.

    NotFound for anybody else's export, Conflict when it was fetched before or its time is over.
    """
    export = queries.own_export(db, actor.account_id, export_id)
    found = queries.fetchable(db, export_id, now)
    if found is None:
        raise Conflict(GONE)
    _record_fetch(db, actor, export, found.sha256, now)
    return found


def require_unmade(db: ScopedSession, export: Export) -> None:
    """Raise Conflict when the file was made already: each number is one file."""
    if queries.is_made(db, export.id):
        raise Conflict(GONE)


def short_name(station: str) -> str:
    """Return a station as numbers begin: 「若葉」 for 若葉署 and 若葉警察署."""
    for ending in STATION_ENDINGS:
        if station.endswith(ending) and station != ending:
            return station.removesuffix(ending)
    return station


def _decision(facts: ExportFacts) -> ApprovalKind | None:
    """Return which decision a file waits for; above a hundred people always one as an export."""
    if facts.people > MOST_ALONE and facts.kind not in ALONE:
        return ApprovalKind.EXPORT
    return facts.decision


def _require_told(facts: ExportFacts) -> None:
    if not facts.purpose.strip():
        raise Refused(MISSING_PURPOSE, field="purpose")
    if not facts.recipient.strip():
        raise Refused(N_("「提供先」を入力してください。"), field="recipient")


def _keep(db: ScopedSession, export: Export, content: bytes, now: dt.datetime) -> None:
    until = now + dt.timedelta(hours=export.kept_hours)
    db.add(ExportContent(**_owner(export), content=content, expires_at=until))


def _record_fetch(
    db: ScopedSession, actor: Actor, export: Export, sha256: str, now: dt.datetime
) -> None:
    db.add(ExportFetch(**_owner(export), fetched_at=now))
    db.flush()
    _audit(db, actor, "export.fetched", export, now, sha256=sha256)


def _owner(export: Export) -> dict[str, UUID]:
    return {
        "agency_id": export.agency_id,
        "station_id": export.station_id,
        "account_id": export.account_id,
        "export_id": export.id,
    }


def _audit(
    db: ScopedSession,
    actor: Actor,
    action: str,
    export: Export,
    now: dt.datetime,
    **detail: Any,  # noqa: ANN401 - small JSON facts
) -> None:
    subject = ("export", export.id)
    audit.record(db, actor, action, now=now, subject=subject, number=export.number, **detail)
