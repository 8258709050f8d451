"""Where devices send what was written without a network, and the shell that works without one."""

import hashlib
import json
import re
from typing import Any

from litestar import MediaType, Response, get, post

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.forms import blank
from crm.kernel.i18n import current_locale, translate
from crm.notes.models import OUTCOME_LABELS
from crm.notes.policy import OF_ANOTHER_RECORD
from crm.outbox import parked_pages
from crm.outbox.entries import moment_of
from crm.outbox.envelopes import public_key
from crm.outbox.parked_pages import index_page
from crm.outbox.sending import read_batch, take_in
from crm.web.pages import HEADERS, page
from crm.web.templates import STATIC, asset
from crm.web.visit import Visit

ASSET = re.compile(r"(?:href|src)=\"(/static/[^\"]+)\"")
PARTS = tuple(
    sorted(path.relative_to(STATIC).as_posix() for path in (STATIC / "js").glob("*/*.js"))
)
"""Modules that others import: the page does not name them."""


@get("/outbox", name="outbox.index", sync_to_thread=True)
def index(desk: CurrentDesk) -> Response[str]:
    """Show what waits on this device, and what came in that a person has to look at."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        return index_page(visit, blank())


@get("/outbox/state", name="outbox.state", sync_to_thread=True)
def state(desk: CurrentDesk) -> Response[str]:
    """Tell a device of ours who is signed in, what to seal to, and what a form must carry."""
    with desk.reads(attended=False) as visit:
        key = public_key(desk.settings)
        return _json(
            {
                "owner": str(visit.actor.staff_id),
                "token": visit.csrf_token,
                "key": {"point": key.point, "name": key.name},
                "hours": desk.settings.absolute_hours,
            }
        )


@post("/outbox", name="outbox.send", sync_to_thread=True)
def send(desk: CurrentDesk) -> Response[str]:
    """Take in a batch of sealed entries and answer with a receipt for each."""
    with desk.reads(attended=False) as visit:
        batch = read_batch(visit.sent.get("batch"))
    sent_at = moment_of(batch.sent_at) if batch.sent_at is not None else None
    receipts = [
        take_in(desk, envelope, sent_at=sent_at, present=batch.present)
        for envelope in batch.entries
    ]
    return _json({"receipts": [receipt._asdict() for receipt in receipts]})


@get("/offline", name="outbox.offline", sync_to_thread=True)
def offline(desk: CurrentDesk) -> Response[str]:
    """Show the page a device shows where no network reaches: nobody's name is on it."""
    with desk.strangers() as visit:
        return _shell(visit)


@get("/sw.js", name="outbox.worker", sync_to_thread=True)
def worker(desk: CurrentDesk) -> Response[str]:
    """Give the service worker, which keeps the static shell and nothing else."""
    with desk.strangers() as visit:
        shell = _shell(visit).content
    assets = [*ASSET.findall(shell), *map(asset, PARTS)]
    version = hashlib.sha256(shell.encode()).hexdigest()[:12]
    begins = (
        f'const VERSION = "tsunagari-shell {version}";\n'
        f"const SHELL = {json.dumps(sorted({'/offline', *assets}))};\n"
    )
    text = (STATIC / "js" / "outbox" / "worker.js").read_text(encoding="utf-8")
    headers = {"Cache-Control": "no-cache"}
    return Response(begins + text, media_type="text/javascript", headers=headers)


@get("/manifest.webmanifest", name="outbox.manifest", sync_to_thread=True)
def manifest(desk: CurrentDesk) -> Response[str]:
    """Say how the product is installed on a device's first screen."""
    with desk.strangers():
        said = {
            "name": translate("つながり台帳"),
            "short_name": translate("つながり台帳"),
            "lang": current_locale(),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": [_icon("192x192"), _icon("512x512"), _icon("512x512", purpose="maskable")],
        }
    kind = "application/manifest+json"
    return Response(json.dumps(said), media_type=kind, headers={"Cache-Control": "no-cache"})


def _shell(visit: Visit) -> Response[str]:
    outcomes = [(outcome, translate(label)) for outcome, label in OUTCOME_LABELS.items()]
    hinted = OF_ANOTHER_RECORD.pattern
    return page(visit, "outbox/offline.html", outcomes=outcomes, hinted=hinted)


def _icon(size: str, purpose: str = "any") -> dict[str, str]:
    name = f"icons/{purpose}-{size}.png"
    return {"src": asset(name), "sizes": size, "type": "image/png", "purpose": purpose}


def _json(said: dict[str, Any]) -> Response[str]:
    return Response(json.dumps(said), media_type=MediaType.JSON, headers=HEADERS)


HANDLERS = [index, state, send, offline, worker, manifest, *parked_pages.HANDLERS]
