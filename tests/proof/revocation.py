"""What was taken away is gone on the next request: a role, an account, a sign-in, a share."""

import datetime as dt
from collections.abc import Callable, Iterator
from random import Random

import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import SQLModel, col, select

from crm.access.queries import actor_by_login
from crm.kernel.clock import local_day, utc_now
from crm.sharing.agreements import end_agreement
from crm.sharing.models import SharingAgreement
from tests.proof.proofs import Outcome, proof
from tests.proof.sample import CANARY, Sample, sample
from tests.proof.walks import Walk, everything_in, send, some_walk, walking, ways

Event = Callable[[Sample, str], None]
AT_STATIONS = ("officer", "chief", "seian", "station-chief", "misaki")
PARTNERS = ("city", "city-chief", "fire")
MOST_TRIES = 60


@proof(
    "G5",
    "what was shown is shown no more on the next request after a role, an account, a post, a"
    " sign-in, an opening or a share has ended",
    quick=9,
    full=1_000,
)
def what_ended_is_gone(size: int) -> Outcome:
    """Find pages that show something, end what they stand on, and ask for them again."""
    random, wrong = Random(8), list[str]()  # noqa: S311 - no secret, the same every time
    events = list(_events())
    with sample() as town, walking(town) as client:
        for number in range(size):
            name, event, people, tables = events[number % len(events)]
            walk, before = _showing(client, town, random, people, tables)
            event(town, walk.who)
            after = _canaries(client, town, walk)
            if not before:
                wrong.append(f"{name}: nothing was shown to begin with")
            if left := before & after:
                wrong.append(f"{name}: {walk.who} {walk.path} still shows {len(left)}")
            town.restore()
    return Outcome(size, len(wrong), "; ".join(wrong[:5]) or ", ".join(one[0] for one in events))


def _events() -> Iterator[tuple[str, Event, tuple[str, ...], set[str]]]:
    """Yield what can end: its name, how, for whom, and which tables' canaries go with it."""
    everything = set[str]()
    yield "role ended", _role_ended, AT_STATIONS, everything
    yield "account closed", _account_closed, AT_STATIONS, everything
    yield "transferred", _transferred, AT_STATIONS, {"person", "activity_note", "organization"}
    yield "signed out", _signed_out, AT_STATIONS, everything
    yield "sign-in over", _over, AT_STATIONS, everything
    yield "opening over", _opening_over, ("hq-opened",), {"person", "telephone", "appointment"}
    yield "share ended", _share_ended, PARTNERS, {"published_contact"}


def _showing(
    client: TestClient[Litestar],
    town: Sample,
    random: Random,
    people: tuple[str, ...],
    tables: set[str],
) -> tuple[Walk, set[int]]:
    """Find a page that shows somebody canaries of `tables` (of any, when none is named)."""
    pages = [way for way in ways(client.app) if way.method == "GET"]
    if people == ("hq-opened",):
        pages = [way for way in pages if way.path == "/opened-person"]
    elif tables == {"published_contact"}:
        pages = [way for way in pages if way.path.startswith("/shared")]
    for _ in range(MOST_TRIES):
        walk = some_walk(town, random.choice(pages), random.choice(people), random)
        found = _canaries(client, town, walk)
        if wanted := {one for one in found if not tables or town.canaries[one][0] in tables}:
            return walk, wanted
    return walk, set()


def _canaries(client: TestClient[Litestar], town: Sample, walk: Walk) -> set[int]:
    return {int(one) for one in CANARY.findall(everything_in(send(client, town, walk)))}


def _update(town: Sample, table: str, login: str, **values: object) -> None:
    """Change the rows of a table that are an account's own."""
    rows, accounts = SQLModel.metadata.tables[table], SQLModel.metadata.tables["account"]
    account = sa.select(accounts.c.id).where(accounts.c.login == login).scalar_subquery()
    staff = sa.select(accounts.c.staff_id).where(accounts.c.login == login).scalar_subquery()
    own = {
        "account": accounts.c.login == login,
        "staff_assignment": sa.false() if table != "staff_assignment" else rows.c.staff_id == staff,
        "sign_in_session": sa.false()
        if "account_id" not in rows.c
        else rows.c.account_id == account,
    }
    with town.database.system("a proof's event") as connection:
        connection.execute(sa.update(rows).where(own[table]).values(**values))


def _yesterday() -> dt.date:
    return local_day(utc_now()) - dt.timedelta(days=1)


def _role_ended(town: Sample, who: str) -> None:
    _update(town, "staff_assignment", who, valid_to=_yesterday())


def _account_closed(town: Sample, who: str) -> None:
    _update(town, "account", who, is_active=False)


def _transferred(town: Sample, who: str) -> None:
    """Move somebody to the other station, from yesterday on."""
    there = town.everybody["misaki-chief" if who != "misaki" else "chief"]
    assert there is not None
    _update(town, "staff_assignment", who, unit_id=there.unit)


def _signed_out(town: Sample, who: str) -> None:
    _update(town, "sign_in_session", who, revoked_at=utc_now())


def _over(town: Sample, who: str) -> None:
    _update(town, "sign_in_session", who, expires_at=utc_now())


def _opening_over(town: Sample, who: str) -> None:
    del who
    _update(town, "sign_in_session", "hq", opened_until=utc_now())


def _share_ended(town: Sample, who: str) -> None:
    """Let every chief end every agreement there is, and the sample's one disclosure run out."""
    del who
    now = utc_now()
    for login in ("chief", "misaki-chief", "city-chief", "school-board", "fire"):
        with town.database.reading(None) as db:
            actor = actor_by_login(db, login, local_day(now))
        assert actor is not None
        with town.database.writing(actor) as db:
            made = db.exec(select(SharingAgreement).where(col(SharingAgreement.valid_to).is_(None)))
            for one in made.all():
                end_agreement(db, actor, one.id, reason="", revision=one.revision, now=now)
    copies = SQLModel.metadata.tables["published_contact"]
    with town.database.system("a proof's event") as connection:
        once = copies.c.basis == "disclosure"
        connection.execute(sa.update(copies).where(once).values(valid_until=_yesterday()))
