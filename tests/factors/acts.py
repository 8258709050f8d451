"""What several tests of factors do: sign somebody in, take on a factor, show it."""

import datetime as dt

import pyotp
import sqlalchemy as sa

from crm.access.models import SignInLevel, SignInSession
from crm.factors import passkeys, queries, service, showing
from crm.factors.models import ChallengePurpose
from crm.factors.passkeys import Place
from crm.kernel.actor import Actor
from tests.support.authenticator import Authenticator
from tests.support.world import NOW, World

MASTER = bytes(range(32))
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PLACE = Place("tsunagari.example", "https://tsunagari.example")
STEP = dt.timedelta(seconds=30)


def signed_in(world: World, who: str, level: SignInLevel = SignInLevel.PASSWORD) -> Actor:
    """Give an actor of the world a sign-in of their own, as the desk would find it."""
    actor = world.actors[who]
    session = SignInSession(
        key=actor.session_key or "",
        cookie_hash=f"hash-{who}",
        account_id=actor.account_id,
        created_at=NOW,
        last_seen_at=NOW,
        expires_at=NOW + dt.timedelta(hours=12),
        level=level,
    )
    world.put(session)
    return actor


def code_at(moment: dt.datetime, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(moment)


def enroll(world: World, who: str, *, at: dt.datetime = NOW, name: str = "公用携帯") -> None:
    """Take on the application of SECRET; the code of `at` is used up by it."""
    with world.writing(who) as db:
        service.enroll_totp(
            db,
            world.actors[who],
            MASTER,
            name=name,
            secret=SECRET,
            code=code_at(at),
            now=at,
        )


def ask(world: World, who: str, purpose: ChallengePurpose, now: dt.datetime = NOW) -> str:
    """Ask a browser for a key, and return the options it gets."""
    actor = world.actors[who]
    with world.writing(who) as db:
        challenge = service.ask(db, actor, purpose, now)
        known = [key.credential_id for key in queries.passkeys(db)]
    if purpose is ChallengePurpose.SIGN_IN:
        return passkeys.sign_in_options(PLACE, challenge=challenge, known=known)
    return passkeys.registration_options(
        PLACE,
        account_id=actor.account_id,
        login=who,
        challenge=challenge,
        known=known,
        shared_terminal=False,
    )


def register(
    world: World, who: str, answer: str, *, now: dt.datetime = NOW, name: str = "青い鍵"
) -> None:
    """Hand in what a browser answered to the latest question."""
    actor = world.actors[who]
    challenge = service.take_challenge(world.database, actor, ChallengePurpose.REGISTER, now)
    with world.writing(who) as db:
        service.register_passkey(
            db, actor, PLACE, name=name, answer=answer, challenge=challenge, now=now
        )


def with_key(world: World, who: str) -> Authenticator:
    """Return a key that is registered for an actor of the world."""
    key = Authenticator(PLACE.origin, PLACE.host)
    register(world, who, key.create(ask(world, who, ChallengePurpose.REGISTER)))
    show_level(world, who, SignInLevel.PENDING)
    return key


def show_level(world: World, who: str, level: SignInLevel) -> None:
    """Put the actor's sign-in to a level, as a new one would have it."""
    with world.database.system("a test signs in anew") as connection:
        table = sa.inspect(SignInSession).local_table
        connection.execute(
            sa.update(table)
            .where(table.c.account_id == world.actors[who].account_id)
            .values(level=level)
        )


def level_of(world: World, who: str) -> SignInLevel:
    with world.reading(who) as db:
        return queries.own_session(db, world.actors[who]).level


def show_key(world: World, who: str, answer: str, now: dt.datetime = NOW) -> str:
    return showing.show_passkey(world.database, world.actors[who], PLACE, answer, now=now)
