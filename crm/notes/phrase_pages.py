"""定型文: the words a station offers at one tap, kept by its chiefs."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.notes.form_queries import every_phrase
from crm.notes.forms import PhraseForm
from crm.notes.models import PHRASE_USE_LABELS, PROBLEM_LABELS, PhraseUse
from crm.notes.phrasing import end_phrase, offer_phrase
from crm.notes.policy import may_keep_phrases
from crm.web.pages import page, saved
from crm.web.visit import Visit


@get("/phrases", name="notes.phrases", sync_to_thread=True)
def phrases(desk: CurrentDesk) -> Response[str]:
    """Show what is offered at one tap, since when, and what was offered before."""
    with desk.reads() as visit:
        return _page(visit, blank())


@post("/phrases", name="notes.phrase_offer", sync_to_thread=True)
def offer(desk: CurrentDesk) -> Response[Any]:
    """Offer a phrase from a day on."""
    with desk.writes() as visit:
        sub = read_form(PhraseForm, visit.sent)
        if sub.form is None:
            return _page(visit, sub, status=422)
        form = sub.form
        try:
            offer_phrase(
                visit.db,
                visit.actor,
                form.use,
                form.text,
                valid_from=form.valid_from,
                now=visit.now,
            )
        except Refused as refusal:
            return _page(visit, sub.refused(refusal), status=422)
        return saved(visit, "notes.phrases", N_("定型文を登録しました。"))


@post("/phrases/{phrase_id:uuid}/end", name="notes.phrase_end", sync_to_thread=True)
def end(desk: CurrentDesk, phrase_id: FromPath[UUID]) -> Response[None]:
    """Offer a phrase no more from today on."""
    with desk.writes() as visit:
        end_phrase(visit.db, visit.actor, phrase_id, day=local_day(visit.now), now=visit.now)
        return saved(visit, "notes.phrases", N_("定型文を終了しました。"))


def _page(visit: Visit, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    require_reader(visit.actor)
    today = local_day(visit.now)
    kept = every_phrase(visit.db)
    current = [one for one in kept if one.valid_to is None or one.valid_to >= today]
    return page(
        visit,
        "notes/phrases.html",
        status=status,
        sub=sub,
        today=today,
        uses=[(use, translate(label)) for use, label in PHRASE_USE_LABELS.items()],
        current={use: [one for one in current if one.use is use] for use in PhraseUse},
        past=[one for one in kept if one not in current],
        labels=PHRASE_USE_LABELS,
        common=list(PROBLEM_LABELS.values()),
        may_keep=may_keep_phrases(visit.actor),
    )


HANDLERS = [phrases, offer, end]
