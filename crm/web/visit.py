"""One request's unit of work, as handlers and templates see it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar.datastructures import FormMultiDict

from crm.kernel.actor import Actor
from crm.kernel.audit import AuditEntry, Subject, entry_of
from crm.kernel.scope import ScopedSession


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody chose in a form: its name without any folder, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What of an HTTP request a unit of work may know."""

    method: str
    path: str
    address: str
    cookie: str
    language: str
    wants_fragment: bool
    sent: FormMultiDict
    answered_in: list[str]
    """The language of whoever signed in, for an error page made after the unit of work."""
    files: Mapping[str, Upload] = field(default_factory=dict)
    """The files a form brought, by the name of their field; none chosen, none here."""
    device_cookie: str = ""
    """What the browser is known by, whoever sits there."""
    sent_from: str = "/"
    """The page of ours a form was sent from, as far as the browser tells."""


@dataclass(slots=True)
class Visit:
    """A unit of work in progress: its session, who acts, and what was shown to whom.

    Reads that must be on record are named with `seen`; the desk commits them before the answer
    leaves the house.
    """

    db: ScopedSession
    now: dt.datetime
    request: RequestFacts
    who: Actor | None
    locale: str
    csrf_token: str
    notice: str = ""
    notice_to_leave: str = ""
    is_stale: bool = False
    has_second_factor: bool = False
    shown_at: dt.datetime | None = None
    """When whoever sits there last showed a password or a factor."""
    lock_after_s: int = 0
    """Seconds without use after which the screen locks; 0 where nothing can be locked."""
    keeps_entries: bool = False
    """Whether the device may keep, sealed, what is written where no network reaches."""
    entries: list[AuditEntry] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        """The signed-in member of staff; pages behind the sign-in always have one."""
        if self.who is None:
            raise LookupError("nobody has signed in")
        return self.who

    @property
    def signed_in(self) -> bool:
        """Whether anybody has signed in."""
        return self.who is not None

    @property
    def path(self) -> str:
        """The path of the page being shown."""
        return self.request.path

    @property
    def sent(self) -> FormMultiDict:
        """The submitted form, empty on GET."""
        return self.request.sent

    @property
    def files(self) -> Mapping[str, Upload]:
        """The files the submitted form brought; the route must allow a body of their size."""
        return self.request.files

    def seen(
        self,
        action: str,
        subject: Subject | None = None,
        *,
        named: Iterable[Subject] = (),
        **detail: Any,  # noqa: ANN401 - small JSON facts, see AuditEntry.detail
    ) -> None:
        """Put on record that the actor is shown something: a person, a list, search results.

        A page that shows people has exactly one such entry, and `named` is everybody on it.
        """
        self.entries.append(
            entry_of(self.actor, action, now=self.now, subject=subject, named=named, **detail)
        )
