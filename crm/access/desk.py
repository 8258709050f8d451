"""The desk: where a request's unit of work is opened, judged, put on record and closed.

A handler runs in one worker thread and does everything between `with desk.reads()` (or `writes`)
and its end: open, actor, queries, render, commit. Reads are one snapshot; the audit rows they owe
are committed in a short transaction of their own before the answer leaves (house.md).
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Flag, auto
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Request
from litestar.datastructures import Cookie, FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from crm.access import drafts, queries, service
from crm.access.models import DeviceKind, SignInLevel
from crm.access.policy import needs_strength
from crm.access.queries import OpenSession
from crm.access.throttle import record_once_a_minute
from crm.kernel.audit import AuditEntry, entry_of
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.kernel.errors import DomainError, Forbidden, NotFound, StrongSignInNeeded
from crm.kernel.i18n import use_locale
from crm.kernel.settings import Settings
from crm.web.errors import (
    CONFIRMATION,
    FACTORS,
    LOCK,
    OWN_PASSWORD,
    SECOND_FACTOR,
    GoFirst,
    SignInNeeded,
    answered_in,
    preferred_locale,
    sent_from,
)
from crm.web.pages import wants_fragment
from crm.web.security import SAFE_METHODS, csrf_token, require_token
from crm.web.visit import RequestFacts, Upload, Visit

MAX_FILE_NAME = 200
DEVICE_KNOWN_S = 2 * 365 * 24 * 3600


class Gate(Flag):
    """What can stand between whoever is signed in and the pages.

    A route that can be reached before one is passed says so.
    """

    NONE = 0
    SECOND_FACTOR = auto()
    """The account has a second factor, and it was not shown yet."""
    LOCK = auto()
    """The screen is locked, or nobody used it for longer than its kind of device allows."""
    PASSWORD = auto()
    """The password is one an administrator made."""
    STRENGTH = auto()
    """A role that crosses units, without the second factor it asks for."""
    ALL = SECOND_FACTOR | LOCK | PASSWORD | STRENGTH


@dataclass(frozen=True, slots=True)
class Desk:
    """One request, ready to be worked on."""

    database: Database
    settings: Settings
    request: RequestFacts

    @contextmanager
    def reads(self, *, attended: bool = True, past: Gate = Gate.NONE) -> Iterator[Visit]:
        """Open a unit of work that shows something; SignInNeeded when nobody is signed in.

        What a page asks for by itself is not `attended`: it neither keeps the sign-in in use nor
        takes the notice left for whoever sits there; nor does the lock. `past` are the gates this
        page lies before.
        """
        visit = self._arrive(past)
        if not attended or Gate.LOCK in past:
            visit.notice, visit.is_stale = "", False
        try:
            self._require_token()
            with self.database.reading(visit.who) as db:
                visit.db = db
                yield visit
        except (NotFound, Forbidden) as refusal:
            self._turn_away(visit, refusal)
            raise
        self._put_on_record(visit, None)

    @contextmanager
    def writes(self, *, past: Gate = Gate.NONE) -> Iterator[Visit]:
        """Open a unit of work that changes something; commits when the block returns."""
        visit = self._arrive(past)
        try:
            self._require_token()
            with self.database.writing(visit.who) as db:
                visit.db = db
                yield visit
                db.add_all(visit.entries)
                self._drop_sent_draft(visit)
                if visit.notice_to_leave:
                    service.touch(db, visit.actor, now=visit.now, notice=visit.notice_to_leave)
        except (NotFound, Forbidden) as refusal:
            self._turn_away(visit, refusal)
            raise

    @contextmanager
    def strangers(self) -> Iterator[Visit]:
        """Open a page for somebody who has not signed in (the sign-in page itself)."""
        use_locale(self.request.language)
        with self.database.reading(None) as db:
            yield Visit(
                db=db,
                now=utc_now(),
                request=self.request,
                who=None,
                locale=self.request.language,
                csrf_token="",
            )

    def _require_token(self) -> None:
        """Refuse a form that was not shown to this sign-in, whatever it asks for."""
        if self.request.method not in SAFE_METHODS:
            require_token(self.request.sent.get("_csrf_token"), self.request.cookie)

    @property
    def lasts(self) -> service.Lasting:
        """How long a sign-in lasts, by the kind of device."""
        return {
            DeviceKind.SHARED: dt.timedelta(hours=self.settings.shared_absolute_hours),
            DeviceKind.PERSONAL: dt.timedelta(hours=self.settings.absolute_hours),
        }

    def session_cookie(self, value: str, *, max_age: int | None = None) -> Cookie:
        """Return the cookie of a session that was opened, raised or unlocked."""
        return self._cookie(session_cookie_name(self.settings), value, max_age)

    def device_cookie(self, value: str) -> Cookie:
        """Return the cookie a browser is known by, whoever signs in there."""
        return self._cookie(device_cookie_name(self.settings), value, DEVICE_KNOWN_S)

    def _cookie(self, name: str, value: str, max_age: int | None) -> Cookie:
        return Cookie(
            key=name,
            value=value,
            max_age=max_age,
            path="/",
            httponly=True,
            samesite="lax",
            secure=self.settings.is_https,
        )

    def _arrive(self, past: Gate) -> Visit:
        now = utc_now()
        if not self.request.cookie:
            raise SignInNeeded
        with self.database.reading(None) as db:
            found = queries.open_session(
                db,
                service.hash_of(self.request.cookie),
                now=now,
                day=local_day(now),
            )
        if found is None:
            raise SignInNeeded
        is_strong = self._is_strong(found)
        try:
            self._require_way(found, past, now, is_strong=is_strong)
        except GoFirst as first:
            if first.path == LOCK and self.request.method == "POST":
                self._keep_what_was_sent(found, now)
            raise
        use_locale(found.locale)
        self.request.answered_in[:] = [found.locale]
        stale = now - found.last_seen_at > service.TOUCH_EVERY
        return Visit(
            db=db,
            now=now,
            request=self.request,
            who=replace(found.actor, address=self.request.address, strong=is_strong),
            locale=found.locale,
            csrf_token=csrf_token(self.request.cookie),
            notice=found.notice,
            is_stale=stale,
            has_second_factor=found.has_second_factor,
            shown_at=found.shown_at,
            lock_after_s=int(self._idle(found.device).total_seconds()),
            keeps_entries=found.keeps_entries,
        )

    def _keep_what_was_sent(self, found: OpenSession, now: dt.datetime) -> None:
        """Keep a form that came too late, for its author to find behind the lock."""
        self._require_token()
        typed = [(name, str(value)) for name, value in self.request.sent.multi_items()]
        with self.database.writing(found.actor) as db:
            drafts.keep_draft(
                db,
                found.actor,
                self.settings,
                page=self.request.sent_from,
                target=self.request.path,
                fields=typed,
                is_sent=True,
                now=now,
            )

    def _drop_sent_draft(self, visit: Visit) -> None:
        """Forget a draft whose form this is."""
        try:
            draft_id = UUID(str(visit.sent.get("_draft", "")))
        except ValueError:
            return
        drafts.drop_draft(visit.db, draft_id)

    def _is_strong(self, found: OpenSession) -> bool:
        return found.level is SignInLevel.SECOND_FACTOR or self.settings.second_factor != "required"

    def _require_way(
        self, found: OpenSession, past: Gate, now: dt.datetime, *, is_strong: bool
    ) -> None:
        """Send whoever has something to do first there; the least sure sign-in comes first."""
        is_idle = now - found.last_seen_at > self._idle(found.device)
        pending = found.level is SignInLevel.PENDING
        if pending and is_idle:
            raise SignInNeeded
        if pending and Gate.SECOND_FACTOR not in past:
            raise GoFirst(SECOND_FACTOR)
        if (found.locked_at is not None or is_idle) and Gate.LOCK not in past:
            raise GoFirst(LOCK)
        if found.must_change_password and Gate.PASSWORD not in past:
            raise GoFirst(OWN_PASSWORD)
        if needs_strength(found.actor) and not is_strong and Gate.STRENGTH not in past:
            raise GoFirst(SECOND_FACTOR if found.has_second_factor else FACTORS)

    def _idle(self, device: DeviceKind) -> dt.timedelta:
        minutes = {
            DeviceKind.SHARED: self.settings.shared_idle_minutes,
            DeviceKind.PERSONAL: self.settings.personal_idle_minutes,
        }
        return dt.timedelta(minutes=minutes[device])

    def _turn_away(self, visit: Visit, refusal: NotFound | Forbidden) -> None:
        """Put a refusal on record; whoever only lacks a second factor is led to it instead."""
        if isinstance(refusal, StrongSignInNeeded):
            refusal.is_enrolled = visit.has_second_factor
        self._put_on_record(visit, refusal)

    def _put_on_record(self, visit: Visit, refusal: DomainError | None) -> None:
        """Commit what the reading owes: who saw what, a refusal, a session still in use."""
        entries = list(visit.entries)
        if refusal is not None:
            entries = [
                entry_of(
                    visit.actor,
                    "access.denied",
                    now=visit.now,
                    outcome=str(refusal.status),
                    method=visit.request.method,
                    path=visit.request.path,
                )
            ]
        if not (entries or visit.notice or visit.is_stale):
            return
        with self.database.writing(visit.who) as db:
            db.add_all(entries)
            if visit.notice or visit.is_stale:
                service.touch(db, visit.actor, now=visit.now, notice="")


CurrentDesk = NamedDependency[Desk]
RECENTLY = dt.timedelta(minutes=5)


def require_recent(visit: Visit, *, after_form: bool = False) -> None:
    """Ask for the password again, unless one or a factor was shown a moment ago.

    What a stranger at an open terminal would want to do asks for it. `after_form` is as much
    longer as filling in the form may take that was shown a moment after.
    """
    within = 2 * RECENTLY if after_form else RECENTLY
    if visit.shown_at is None or visit.now - visit.shown_at > within:
        raise GoFirst(CONFIRMATION)


async def provide_desk(request: Request) -> Desk:  # type: ignore[type-arg]  # user, auth and state are not used
    """Read of the request what a unit of work may know, before the one hop into a thread."""
    asked = [request.url.path, *(said for _, said in request.query_params.multi_items())]
    if any("\0" in text for text in asked):
        # no link of ours says it, and PostgreSQL keeps no text that has it
        raise ClientException
    database: Database = request.app.state.database
    settings: Settings = request.app.state.settings
    address = client_address(request)
    try:
        sent, files = await _form_of(request) if request.method == "POST" else (FormMultiDict(), {})
    except RequestEntityTooLarge as refusal:
        status = refusal.status_code
        await run_sync(record_refused_form, database, request.url.path, address, status)
        raise
    facts = RequestFacts(
        method=request.method,
        path=request.url.path,
        address=address,
        cookie=request.cookies.get(session_cookie_name(settings), ""),
        language=preferred_locale(request),
        wants_fragment=wants_fragment(request),
        sent=sent,
        answered_in=answered_in(request),
        files=files,
        device_cookie=request.cookies.get(device_cookie_name(settings), ""),
        sent_from=sent_from(request),
    )
    return Desk(database, settings, facts)


def session_cookie_name(settings: Settings) -> str:
    """Return the session cookie's name; over https the browser itself keeps it to this host."""
    return "__Host-sid" if settings.is_https else "sid"


def device_cookie_name(settings: Settings) -> str:
    """Return the name of the cookie a browser is known by."""
    return "__Host-device" if settings.is_https else "device"


def client_address(request: Request) -> str:  # type: ignore[type-arg]  # as above
    """Return the address the request came from, as the audit trail keeps it."""
    return request.client.host if request.client else ""


def record_refused_form(database: Database, path: str, address: str, status: int) -> None:
    """Put on record that a form was refused unread; nobody knows by whom.

    Once a minute for an address, so that nobody buries the trail under their attempts.
    """
    refused = AuditEntry(
        at=utc_now(),
        action="access.denied",
        outcome=str(status),
        address=address,
        detail={"path": path[:200]},
    )
    record_once_a_minute(database, f"refused:{status}:{address}", refused)


async def _form_of(request: Request) -> tuple[FormMultiDict, dict[str, Upload]]:  # type: ignore[type-arg]  # as above
    """Return what was typed, and apart from it the files that were chosen."""
    try:
        sent = await request.form()
    except (LookupError, ValueError):
        # an encoding that does not exist, or bytes that are not in the one named
        raise ClientException from None
    typed, files = [], {}
    for name, value in sent.multi_items():
        if not isinstance(value, UploadFile):
            typed.append((name, value))
        elif value.filename:
            files[name] = Upload(_base_name(value.filename), await value.read())
    return FormMultiDict(typed), files


def _base_name(name: str) -> str:
    """Return a file's name without the folders some browsers send, as it can be stored."""
    base = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    return "".join(char for char in base if char.isprintable())[-MAX_FILE_NAME:]
