"""監査記録の封印: how far the trail is sealed, who countersigned it, and having it verified."""

import datetime as dt
from typing import Any

from litestar import Response, get, post
from litestar.params import FromQuery

from crm.access.desk import CurrentDesk, Desk
from crm.access.queries import require_auditor
from crm.kernel.errors import Conflict
from crm.kernel.i18n import N_
from crm.kernel.keys import load_key
from crm.seals import queries, service
from crm.seals.signing import Signer, log_signer, witness_signer
from crm.web.pages import goto, page, saved

SHOWN_BACK = dt.timedelta(minutes=15)


@get("/audit/seals", name="seals.index", sync_to_thread=True)
def index(desk: CurrentDesk, number: FromQuery[int] = 1) -> Response[str]:
    """Show auditors the checkpoints, newest first, and what waits for the next."""
    with desk.reads() as visit:
        require_auditor(visit.actor)
        newest = queries.newest_checkpoint(visit.db)
        return page(
            visit,
            "seals/index.html",
            newest=newest,
            sealed_at=newest and dt.datetime.fromisoformat(newest.sealed_at + "+00:00"),
            waiting=queries.count_waiting(visit.db, queries.key_before(newest, SHOWN_BACK)),
            checkpoints=queries.checkpoint_page(visit.db, number),
            key=str(_log(desk).key),
        )


@post("/audit/seals/verification", name="seals.verification", sync_to_thread=True)
def verify_now(desk: CurrentDesk) -> Response[None]:
    """Have the whole trail verified, as a job whose file holds the result."""
    with desk.writes() as visit:
        require_auditor(visit.actor)
        asked = service.ask_to_verify(visit.db, visit.actor, visit.now)
        return goto(visit, "jobs.show", job_id=asked.id)


@post("/audit/seals/countersignature", name="seals.countersignature", sync_to_thread=True)
def countersign(desk: CurrentDesk) -> Response[Any]:
    """Countersign the newest checkpoint as the auditor's own agency."""
    with desk.writes() as visit:
        require_auditor(visit.actor)
        signer = witness_signer(load_key(desk.database.settings), visit.actor.agency_id)
        try:
            service.countersign_here(visit.db, visit.actor, signer, _log(desk).key, visit.now)
        except Conflict as refusal:
            return saved(visit, "seals.index", refusal.message)
        return saved(visit, "seals.index", N_("立会いの署名をしました。"))


def _log(desk: Desk) -> Signer:
    return log_signer(load_key(desk.database.settings))


HANDLERS = [index, verify_now, countersign]
