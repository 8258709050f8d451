"""The verbs of information items: issue, correct, withdraw, and hand over during a contact."""

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass
from uuid import UUID

from crm.bulletins import policy, queries
from crm.bulletins.files import Sheet
from crm.bulletins.models import (
    HANDED_TO_LIAISONS,
    Handling,
    InformationChanged,
    InformationFile,
    InformationItem,
    InformationKind,
    InformationWidening,
    ItemState,
    NoteInformation,
    is_wider,
)
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.changes import announce
from crm.kernel.clock import local_day
from crm.kernel.columns import StationOwned
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.text import search_key

ONLY_NARROWER = N_(
    "既に渡した情報の取扱区分は、広げられません。広げるときは、新しい情報として登録してください。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What an item says of itself; `valid_to` is its last day, None without one."""

    kind: InformationKind
    title: str
    handling: Handling
    valid_from: dt.date
    valid_to: dt.date | None = None
    issue_number: str = ""
    topic: str = ""


def issue_item(
    db: ScopedSession,
    actor: Actor,
    facts: ItemFacts,
    sheet: Sheet | None,
    *,
    now: dt.datetime,
    request_key: UUID | None = None,
) -> InformationItem:
    """Register an item: a station's for itself, headquarters' for every station.

    The same `request_key` sent again is the same item. Forbidden for who does neither; Refused for
    days that cannot be.
    """
    if not policy.may_issue_information(actor):
        raise Forbidden
    if request_key and (before := queries.item_issued_with(db, actor, request_key)):
        return before
    _check(facts)
    if facts.valid_to is not None and facts.valid_to < local_day(now):
        raise Refused("有効期限は、今日以後の日付を入力してください。", field="valid_to")
    item = InformationItem(
        **asdict(facts),
        agency_id=actor.agency_id,
        station_id=actor.station_id,
        unit_id=actor.unit_id,
        request_key=request_key,
        search_key=_search_key(facts),
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        updated_by=actor.account_id,
    )
    db.add(item)
    db.flush()
    if sheet is not None:
        db.add(_file(item, sheet))
        db.flush()
    audit.record(db, actor, "information.issued", now=now, subject=("information", item.id))
    return item


def correct_item(
    db: ScopedSession,
    actor: Actor,
    item_id: UUID,
    facts: ItemFacts,
    *,
    revision: int,
    now: dt.datetime,
) -> InformationItem:
    """Say anew what an item is; copies given to other agencies follow.

    The handling class may be widened only while nobody was handed the item. Forbidden for who did
    not issue it; Conflict when somebody changed it since `revision`; Refused otherwise. Nothing
    changes when nothing differs.
    """
    item = _own_item(db, actor, item_id, revision)
    _check(facts)
    changed = [name for name, value in asdict(facts).items() if getattr(item, name) != value]
    if not changed:
        return item
    if is_wider(facts.handling, item.handling):
        _require_nobody_has(db, actor, item, now)
    for name in changed:
        setattr(item, name, getattr(facts, name))
    item.search_key = _search_key(facts)
    _stamp(db, item, actor, now)
    audit.record(
        db,
        actor,
        "information.corrected",
        now=now,
        subject=("information", item.id),
        fields=changed,
    )
    return item


def withdraw_item(
    db: ScopedSession, actor: Actor, item_id: UUID, *, revision: int, now: dt.datetime
) -> InformationItem:
    """Take an item back (撤回): from today nobody hands it on, and other agencies' copies go.

    Refusals as for a correction.
    """
    item = _own_item(db, actor, item_id, revision)
    item.withdrawn_on = local_day(now)
    _stamp(db, item, actor, now)
    audit.record(db, actor, "information.withdrawn", now=now, subject=("information", item.id))
    return item


def hand_over(db: ScopedSession, note: StationOwned, ids: Collection[UUID]) -> None:
    """Put on record that items were handed over in the contact of `note`.

    To be asked first: `require_handable`.
    """
    owner = {"agency_id": note.agency_id, "station_id": note.station_id, "note_id": note.id}
    for item_id in ids:
        db.add(NoteInformation(**owner, item_id=item_id))


def require_handable(db: ScopedSession, ids: Collection[UUID], day: dt.date, *, field: str) -> None:
    """Raise Refused at `field` unless each of `ids` may be handed to a liaison on `day`.

    NotFound for an item that is not the actor's to know of. No statement where none is asked for.
    """
    if not ids:
        return
    items = queries.items_named(db, ids)
    if {item.id for item in items} != set(ids):
        raise NotFound
    for item in items:
        if item.handling not in HANDED_TO_LIAISONS:
            raise Refused(NOT_FOR_LIAISONS[item.handling], field=field, title=item.title)
        if (state := item.state_on(day)) is not ItemState.CURRENT:
            raise Refused(NOT_THAT_DAY[state], field=field, title=item.title)


NOT_FOR_LIAISONS = {
    Handling.STATION_ONLY: N_("「%(title)s」は署内限りのため、連絡員等に渡せません。"),
    Handling.AGENCIES: N_("「%(title)s」は関係機関限りのため、連絡員等に渡せません。"),
}
NOT_THAT_DAY = {
    ItemState.UPCOMING: N_("「%(title)s」は有効期間前のため、渡せません。"),
    ItemState.EXPIRED: N_("「%(title)s」は期限切れのため、渡せません。"),
    ItemState.WITHDRAWN: N_("「%(title)s」は撤回されているため、渡せません。"),
}


def _check(facts: ItemFacts) -> None:
    if facts.valid_to is not None and facts.valid_to < facts.valid_from:
        raise Refused("有効期限は、開始日以後の日付を入力してください。", field="valid_to")


def _own_item(db: ScopedSession, actor: Actor, item_id: UUID, revision: int) -> InformationItem:
    item = queries.item_to_change(db, item_id)
    if not policy.may_change(actor, item):
        raise Forbidden
    if item.revision != revision:
        raise Conflict
    if item.withdrawn_on is not None:
        raise Refused("この情報は撤回されています。")
    return item


def _require_nobody_has(
    db: ScopedSession, actor: Actor, item: InformationItem, now: dt.datetime
) -> None:
    # what stations did with an item of headquarters' is theirs: it counts as handed over
    if item.station_id is None or queries.times_handed(db, item.id):
        raise Refused(ONLY_NARROWER, field="handling")
    announce(db, InformationWidening(item.id), actor, now)


def _stamp(db: ScopedSession, item: InformationItem, actor: Actor, now: dt.datetime) -> None:
    item.revision += 1
    item.updated_at, item.updated_by = now, actor.account_id
    db.flush()
    announce(db, InformationChanged(item.id), actor, now)


def _search_key(facts: ItemFacts) -> str:
    return search_key(facts.title, facts.topic, facts.issue_number)


def _file(item: InformationItem, sheet: Sheet) -> InformationFile:
    return InformationFile(
        agency_id=item.agency_id,
        station_id=item.station_id,
        item_id=item.id,
        name=sheet.name,
        media_type=sheet.media_type,
        sha256=sheet.sha256,
        content=sheet.content,
    )
