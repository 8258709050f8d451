"""Every route of the product, with something to ask it for: keys in its path, and a form."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from io import BytesIO
from random import Random
from subprocess import run
from types import UnionType
from typing import Any, Union, get_args, get_origin
from urllib.parse import unquote
from uuid import UUID
from zipfile import ZipFile, is_zipfile

import httpx
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

from crm.app import create_app
from crm.kernel.forms import Form
from crm.web.security import csrf_token
from tests.proof.reference import Who, specified
from tests.proof.sample import Sample, some_key

PLACE = re.compile(r"\{(\w+):\w+\}")
TABLES = {
    "person_id": "person",
    "organization_id": "organization",
    "note_id": "activity_note",
    "request_id": "community_request",
    "meeting_id": "meeting",
    "body_id": "body",
    "member_id": "body_member",
    "series_id": "meeting_series",
    "token": "calendar_feed",
    "candidate_id": "liaison_candidate",
    "referral_id": "published_request",
    "item_id": "information_item",
    "suspension_id": "suspension_request",
    "period_id": "quiet_period",
    "message_id": "shift_message",
    "version_id": "minutes_version",
    "published_id": "published_information",
    "appointment_id": "appointment",
    "agreement_id": "sharing_agreement",
    "disclosure_id": "disclosure",
    "contact_id": "published_contact",
    "copy_id": "published_note",
    "station_id": "unit",
    "unit_id": "unit",
    "area_id": "area",
    "staff_id": "staff",
    "assignment_id": "staff_assignment",
    "account_id": "account",
    "job_id": "job",
    "batch_id": "intake_batch",
    "opening_id": "person_opening",
    "export_id": "export",
    "issue_id": "roster_issue",
    "handout_id": "roster_copy",
    "filter_id": "roster_filter",
    "search_id": "stored_search",
    "key": "sign_in_session",
    "reference": "published_contact",
    "subject_id": "person",
    "factor_id": "passkey",
    "entry_id": "sent_entry",
}
"""Which record a route's key is of, where it is not called after it. A route with a key that is of
nothing fails: it is not in the matrix."""
CHOICES = {"kind": ("totp", "passkey", "openid")}
"""Parts of a path that are one of a few words."""
NOT_WALKED = {
    "jobs.events": "a stream that ends when its job does (tests/jobs)",
}
FIELDS = {
    "organization_id": "organization",
    "parent_id": "organization",
    "contact_person_id": "person",
    "person_ids": "person",
    "organization_ids": "organization",
    "recipient_station_id": "unit",
    "post_type_id": "post_type",
    "area_ids": "area",
    "staff_ids": "staff",
    "reference": "contact_link",
    "holder": "person",
    "who": "person",
    "agenda_item_id": "agenda_item",
    "previous_id": "meeting",
    "asked_by": "staff",
    **TABLES,
}
Chance = tuple[Sample, Random, Who | None]
PROTECTED = bytes.fromhex("d0cf11e0a1b11ae1")
"""How a file under a password begins."""
WORDS = ("会", "山田", "0110", "たかはし")
DAYS = ("2026-11-20", "2026-04-01", "2027-03-31", "")


@dataclass(frozen=True, slots=True)
class Way:
    """One route and one method of it."""

    name: str
    method: str
    path: str
    keys: tuple[str, ...]


@dataclass(slots=True)
class Walk:
    """One attempt: who asks which way for what."""

    way: Way
    who: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    subject: tuple[str, UUID] | None = None


def ways(app: Litestar) -> list[Way]:
    """Return every way in; LookupError for one the matrix knows nothing to ask for."""
    found = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or route.path.startswith("/static"):
            continue
        keys = tuple(key for key in PLACE.findall(route.path) if key not in CHOICES)
        for handler in route.route_handlers:
            name = str(handler.name)
            methods = [str(method) for method in handler.http_methods if method != "OPTIONS"]
            if missing := [key for key in keys if table_of(key) not in specified()]:
                raise LookupError(f"{name} asks for {missing}, of which the matrix has none")
            found += [Way(name, method, route.path, keys) for method in methods]
    return [way for way in found if way.name not in NOT_WALKED]


def table_of(key: str) -> str:
    """Return the table a route's key is of: the one said, or the one it is called after."""
    named = key.removesuffix("_id")
    called = [name for name in specified() if name == named or name.endswith(f"_{named}")]
    return TABLES.get(key) or (called[0] if len(called) == 1 else "")


@contextmanager
def walking(town: Sample) -> Iterator[TestClient[Litestar]]:
    """Serve the town in-process."""
    app = create_app(town.settings, town.database)
    with TestClient(app, base_url=town.settings.origin, raise_server_exceptions=False) as client:
        yield client


def some_walk(town: Sample, way: Way, who: str, random: Random) -> Walk:
    """Make up an attempt on a way."""
    walk = Walk(way, who, way.path)
    for name in way.keys:
        key = some_key(town, table_of(name), random, town.everybody[who])
        walk.subject = walk.subject or (table_of(name), key)
        # by a reference both sides call a contact they share
        asked = town.rows[table_of(name)].get(key, {}).get(name, town.tokens.get(key, key))
        walk.path = re.sub(r"\{" + name + r":\w+\}", str(asked), walk.path)
    for name, words in CHOICES.items():
        walk.path = walk.path.replace("{" + name + ":str}", random.choice(words))
    if way.method == "POST":
        walk.body = some_form(town, random, town.everybody[who])
    return walk


def send(client: TestClient[Litestar], town: Sample, walk: Walk, **more: str) -> httpx.Response:
    """Send an attempt as the sign-in's own page would have, and follow where it leads."""
    cookie = town.cookies[walk.who]
    headers = {"Accept-Language": "ja", **more}
    client.cookies.clear()
    if cookie:
        client.cookies.set("sid", cookie)
    if walk.way.method == "POST":
        headers = {"Origin": str(client.base_url).rstrip("/"), **headers}
        body = {"_csrf_token": csrf_token(cookie), **walk.body}
        return client.post(walk.path, data=body, headers=headers)
    return client.request(walk.way.method, walk.path, headers=headers)


def everything_in(answer: httpx.Response, passwords: Sequence[str] = ()) -> bytes:
    """Return whatever can be read in an answer and on the way to it, under a password or not."""
    read = bytearray()
    for one in (*answer.history, answer):
        headers = "\n".join(f"{name}: {value}" for name, value in one.headers.items())
        read += headers.encode() + unquote(headers).encode() + str(one.url).encode()
        read += _text_of(_opened(one.content, passwords))
    return bytes(read)


def _opened(content: bytes, passwords: Sequence[str]) -> bytes:
    """Return a workbook without its password; LookupError when it opens with none of them."""
    if not content.startswith(PROTECTED):
        return content
    for password in passwords:
        book, out = OOXMLFile(BytesIO(content)), BytesIO()
        with suppress(InvalidKeyError):
            book.load_key(password=password, verify_password=True)
            book.decrypt(out)
            return out.getvalue()
    raise LookupError("a workbook nobody can open")


def _text_of(content: bytes) -> bytes:
    """Return the words of a page, a workbook or a document."""
    if content.startswith(b"%PDF"):
        told = run(["pdftotext", "-", "-"], input=content, capture_output=True, check=False)  # noqa: S607 - wherever it is installed
        return content + told.stdout
    if content.startswith(b"PK") and is_zipfile(BytesIO(content)):
        with ZipFile(BytesIO(content)) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    return content


def forms() -> list[type[Form]]:
    """Return every form of the product."""
    found, left = [], [Form]
    while left:
        one = left.pop()
        found.append(one)
        left += one.__subclasses__()
    return found[1:]


def some_form(town: Sample, random: Random, who: Who | None = None) -> dict[str, Any]:
    """Fill in every control of every form at once: a route reads those it knows."""
    body: dict[str, Any] = {}
    for form in random.sample(forms(), len(forms())):
        for name, info in form.model_fields.items():
            if random.random() < 0.9:
                body[name] = _some_value((town, random, who), name, info.annotation)
    return body


def _some_value(chance: Chance, name: str, kind: Any) -> Any:  # noqa: PLR0911 - any annotation, any value
    while get_origin(kind) in (Union, UnionType):
        kind = next(arm for arm in get_args(kind) if arm is not type(None))
    town, random, who = chance
    if name in FIELDS:
        return str(some_key(town, FIELDS[name], random, who))
    if get_origin(kind) is not None:
        inner = get_args(kind)[0]
        return [_some_value(chance, name, inner)] if inner is not kind else "1"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return random.choice(list(kind)).value
    if kind is bool:
        return random.choice(("on", ""))
    if kind is int:
        return random.choice(("1", "2"))
    if kind is str or kind is UUID:
        return (
            random.choice(("会", "山田", "0110", "たかはし")) if kind is str else str(UUID(int=7))
        )
    return random.choice(DAYS)
