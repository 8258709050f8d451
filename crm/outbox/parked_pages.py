"""What waits for a person: read, completed and recorded, or closed."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk, Desk
from crm.areas.queries import area_names
from crm.contacts.queries import require_reader
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.kernel.keys import BrokenSeal
from crm.notes.entering import choices_of, facts_of, notice_of, problems_of, read_entry
from crm.outbox import queries, service
from crm.outbox.entries import Words
from crm.outbox.envelopes import Batch
from crm.outbox.forms import PartnerForm
from crm.outbox.models import SentEntry
from crm.outbox.sending import Receipt, Result, read_batch, take_in
from crm.web.pages import page, saved
from crm.web.visit import Visit

MAX_FILE_BYTES = 5_000_000
NO_FILE = N_("「ファイルに保存する」で作ったファイルを選んでください。")


@get("/outbox/{entry_id:uuid}", name="outbox.show", sync_to_thread=True)
def show(desk: CurrentDesk, entry_id: FromPath[UUID]) -> Response[str]:
    """Show what waits, why, and the form it is recorded with."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        return _page(desk, visit, entry_id, None)


@post("/outbox/{entry_id:uuid}", name="outbox.settle", sync_to_thread=True)
def settle(desk: CurrentDesk, entry_id: FromPath[UUID]) -> Response[Any]:
    """Record an entry with whom somebody chose; or, asked to look, show whom a name finds."""
    with desk.writes() as visit:
        require_reader(visit.actor)
        chosen, sub = read_form(PartnerForm, visit.sent), read_entry(visit.sent)
        if visit.sent.get("act") == "look":
            return _page(desk, visit, entry_id, _both(chosen, sub, quiet=True))
        holder = chosen.form.holder if chosen.form else None
        area_id = chosen.form.area_id if chosen.form else None
        is_chosen = holder is not None or area_id is not None
        if sub.form is None or not is_chosen:
            both = _chosen(_both(chosen, sub), is_chosen)
            return _page(desk, visit, entry_id, both, status=422)
        parked = queries.parked_entry(visit.db, entry_id)
        facts = facts_of(sub.form, holder, at=parked.written_at, area_id=area_id)
        try:
            note = service.settle_entry(visit.db, visit.actor, parked, facts, now=visit.now)
        except (Refused, Conflict) as refusal:
            said = refusal if isinstance(refusal, Refused) else Refused(refusal.message)
            both = _both(chosen, sub).refused(said)
            return _page(desk, visit, entry_id, both, status=refusal.status)
        return saved(
            visit, "notes.show", notice_of(note.heard, note.told, note.advice), note_id=note.id
        )


@post("/outbox/{entry_id:uuid}/dismissal", name="outbox.dismiss", sync_to_thread=True)
def dismiss(desk: CurrentDesk, entry_id: FromPath[UUID]) -> Response[None]:
    """Close an entry that is not to be recorded; its words are gone."""
    with desk.writes() as visit:
        require_reader(visit.actor)
        parked = queries.parked_entry(visit.db, entry_id)
        service.dismiss_entry(visit.db, visit.actor, parked, now=visit.now)
        return saved(visit, "outbox.index", N_("登録せずに終了しました。"))


@post(
    "/outbox/file",
    name="outbox.file",
    sync_to_thread=True,
    request_max_body_size=MAX_FILE_BYTES,
)
def take_file(desk: CurrentDesk) -> Response[Any]:
    """Take in the entries of a file another device saved; each as if it had been sent."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        upload = visit.files.get("file")
        batches = _batches(upload.content if upload else b"")
        if batches is None:
            return index_page(visit, blank().refused(Refused(NO_FILE, field="file")), status=422)
    receipts = [
        take_in(desk, envelope, sent_at=None, present=False)
        for batch in batches
        for envelope in batch.entries
    ]
    with desk.writes() as visit:
        return saved(visit, "outbox.index", _sum(receipts))


def index_page(visit: Visit, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    """Render what waits on this device and at the server, and the last receipts."""
    parked = queries.parked_entries(visit.db, visit.actor)
    visit.seen("entries.listed", count=len(parked))
    return page(
        visit,
        "outbox/index.html",
        status=status,
        sub=sub,
        parked=parked,
        recent=queries.recent_receipts(visit.db, visit.actor.staff_id),
    )


def _page(
    desk: Desk, visit: Visit, entry_id: UUID, sub: Submission[Any] | None, *, status: int = 200
) -> Response[str]:
    parked = queries.parked_entry(visit.db, entry_id, at=visit.actor)
    words = _words(desk, parked)
    shown = sub or _as_written(words)
    typed = str(shown.values.get("q", ""))
    found = queries.partners_named(visit.db, typed, words.holder if words else None)
    named = [each.holder.subject for each in found]
    visit.seen("entry.viewed", ("entry", entry_id), named=named)
    return page(
        visit,
        "outbox/show.html",
        status=status,
        sub=shown,
        parked=parked,
        words=words,
        found=[
            *(
                (":".join(map(str, each.holder.subject)), each.name, each.furigana)
                for each in found
            ),
            *_areas(visit, words),
        ],
        problems=problems_of([str(shown.values.get("problem", ""))]),
        **choices_of(visit.actor),
    )


def _words(desk: Desk, parked: SentEntry) -> Words | None:
    try:
        return service.words_of(parked, desk.settings).words
    except BrokenSeal:
        return None


def _areas(visit: Visit, words: Words | None) -> list[tuple[str, str, str | None]]:
    """Return the area an entry was written about, to choose again."""
    if words is None or words.area_id is None:
        return []
    names = area_names(visit.db, [words.area_id])
    return [(f"area:{key}", name, None) for key, name in names.items()]


def _as_written(words: Words | None) -> Submission[Any]:
    """Return the form as it was filled in without a network."""
    if words is None:
        return blank()
    sub = read_entry(words.sent)
    about = f"{words.about[0]}:{words.about[1]}" if words.about else None
    return blank(**{**sub.values, "q": words.who or None, "about": about})


def _both(
    chosen: Submission[PartnerForm], sub: Submission[Any], *, quiet: bool = False
) -> Submission[Any]:
    errors = {} if quiet else {**chosen.errors, **sub.errors}
    return Submission({**sub.values, **chosen.values}, None, errors)


def _chosen(sub: Submission[Any], is_chosen: bool) -> Submission[Any]:  # noqa: FBT001 - said by position in one place
    if is_chosen:
        return sub
    return sub.refused(Refused(N_("相手を選んでください。"), field="about"))


def _batches(content: bytes) -> Sequence[Batch] | None:
    """Return the entries of a saved file, as many at a time as a device sends."""
    try:
        entries = json.loads(content)["entries"]
        texts = [
            json.dumps({"entries": entries[at : at + 50]}) for at in range(0, len(entries), 50)
        ]
    except (ValueError, LookupError, TypeError):
        return None
    return [read_batch(text) for text in texts]


def _sum(receipts: Sequence[Receipt]) -> str:
    counts = {result: sum(each.result is result for each in receipts) for result in Result}
    return translate(
        N_(
            "登録%(stored)s件、登録済み%(known)s件、確認待ち%(parked)s件、取り込めない記録%(refused)s件です。"
        ),
        **{result.value: number for result, number in counts.items()},
    )


HANDLERS = [show, settle, dismiss, take_file]
