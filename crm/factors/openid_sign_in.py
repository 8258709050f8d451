"""Signing in by OpenID: the browser is sent away once, and heard once when it comes back."""

import datetime as dt
import hmac
import secrets
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.models import SignInLevel
from crm.access.queries import SIGN_IN, account_of, actor_of_account, device_of_cookie
from crm.access.service import Lasting, SignInFacts, end_cookie, hash_of, start_session
from crm.factors import queries
from crm.factors.models import OpenIdLink, OpenIdRequest
from crm.factors.openid import Errand, Identity, NotWhoTheySay, Provider
from crm.factors.resets import require_keeper
from crm.factors.service import require_own_factors
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day
from crm.kernel.db import Database
from crm.kernel.errors import Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

AWAY_FOR = dt.timedelta(minutes=10)


class Departure(NamedTuple):
    """Where a browser is sent, and the cookie it will be known by when it returns."""

    address: str
    cookie: str


def send_away(database: Database, provider: Provider, now: dt.datetime) -> Departure:
    """Send a browser to the provider with a state, a nonce and a code challenge of its own."""
    endpoints = provider.discover()
    cookie = secrets.token_urlsafe(32)
    errand = Errand(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
    )
    with database.writing(None) as db:
        db.exec(
            sa.delete(OpenIdRequest)
            .where(col(OpenIdRequest.expires_at) < now)
            .execution_options(**SIGN_IN)
        )
        db.exec(
            sa.insert(OpenIdRequest)
            .values(key=hash_of(cookie), expires_at=now + AWAY_FOR, **errand._asdict())
            .execution_options(**SIGN_IN)
        )
    return Departure(provider.address_of(endpoints, errand), cookie)


def sign_in(
    database: Database,
    provider: Provider,
    cookie: str,
    answer: Mapping[str, str],
    facts: SignInFacts,
    *,
    lasts: Lasting,
) -> str:
    """Open a session for whoever the provider names, and return its cookie.

    Forbidden, and on record, for an answer to another errand or to none, for one that proves
    nothing, and for a subject that no account's owner has accepted as theirs.
    """
    try:
        errand = _taken(database, cookie, facts.now)
        _require_answer(answer, errand, provider)
        identity = provider.identify(answer["code"], errand, now=facts.now)
        return _open(database, identity, facts, lasts)
    except NotWhoTheySay:
        _put_on_record(database, facts)
        raise Forbidden(
            N_("OpenIDでサインインできませんでした。サインインの画面からやり直してください。")
        ) from None


def link(
    db: ScopedSession,
    actor: Actor,
    account_id: UUID,
    *,
    issuer: str,
    subject: str,
    now: dt.datetime,
) -> None:
    """Let an administrator say which subject an account's owner is; it waits for the owner's word.

    Refused for a subject somebody has already.
    """
    require_keeper(actor)
    account_of(db, account_id)
    if queries.is_subject_known(db, issuer, subject):
        raise Refused(N_("このサブジェクトは、すでに結び付けられています。"), field="subject")
    if queries.link_of(db, account_id):
        raise Refused(N_("先に、いまの結び付けを解除してください。"), field="subject")
    db.add(
        OpenIdLink(
            agency_id=actor.agency_id,
            account_id=account_id,
            issuer=issuer,
            subject=subject,
            created_at=now,
            created_by=actor.account_id,
            updated_at=now,
        )
    )
    audit.record(db, actor, "openid.linked", now=now, subject=("account", account_id))


def accept(db: ScopedSession, actor: Actor, now: dt.datetime) -> None:
    """Let the owner of an account say that the subject linked to it is theirs."""
    require_own_factors(db, actor)
    accepted = db.exec(
        sa.update(OpenIdLink)
        .where(
            col(OpenIdLink.account_id) == actor.account_id, col(OpenIdLink.accepted_at).is_(None)
        )
        .values(accepted_at=now, updated_at=now, updated_by=actor.account_id)
    )
    if accepted.rowcount != 1:
        raise NotFound
    audit.record(db, actor, "openid.accepted", now=now, subject=("account", actor.account_id))


def unlink(db: ScopedSession, actor: Actor, account_id: UUID, now: dt.datetime) -> None:
    """Take an OpenID from an account again: its owner can, and the administrator."""
    gone = db.exec(sa.delete(OpenIdLink).where(col(OpenIdLink.account_id) == account_id))
    if gone.rowcount != 1:
        raise NotFound
    audit.record(db, actor, "openid.unlinked", now=now, subject=("account", account_id))


def _taken(database: Database, cookie: str, now: dt.datetime) -> Errand:
    """Return what a browser was sent away with, and never again."""
    with database.writing(None) as db:
        sent = queries.openid_request(db, hash_of(cookie), now)
        if sent is None:
            raise NotWhoTheySay
        errand = Errand(sent.state, sent.nonce, sent.verifier)
        gone = db.exec(
            sa.delete(OpenIdRequest)
            .where(col(OpenIdRequest.key) == sent.key)
            .execution_options(**SIGN_IN)
        )
        if gone.rowcount != 1:
            raise NotWhoTheySay
        return errand


def _require_answer(answer: Mapping[str, str], errand: Errand, provider: Provider) -> None:
    """Refuse an answer to another errand, or from a provider of another name (RFC 9207)."""
    state = answer.get("state", "").encode(errors="replace")
    is_ours = hmac.compare_digest(state, errand.state.encode())
    if not (
        is_ours and answer.get("code") and answer.get("iss", provider.issuer) == provider.issuer
    ):
        raise NotWhoTheySay


def _open(database: Database, identity: Identity, facts: SignInFacts, lasts: Lasting) -> str:
    with database.writing(None) as db:
        found = queries.account_by_subject(db, identity.issuer, identity.subject)
        actor = actor_of_account(db, found.account_id, local_day(facts.now)) if found else None
        if found is None or actor is None:
            raise NotWhoTheySay
        device = (
            device_of_cookie(db, hash_of(facts.device_cookie), found.login)
            if facts.device_cookie
            else None
        )
        if identity.is_strong:
            level = SignInLevel.SECOND_FACTOR
        else:
            level = SignInLevel.PENDING if found.has_second_factor else SignInLevel.PASSWORD
        end_cookie(db, facts.cookie, facts.now)
        return start_session(db, actor, facts, level=level, device=device, lasts=lasts)


def _put_on_record(database: Database, facts: SignInFacts) -> None:
    with database.writing(None) as db:
        db.add(
            AuditEntry(
                at=facts.now,
                action="session.refused",
                outcome="refused",
                address=facts.address,
                detail={"method": "openid"},
            )
        )
