import datetime as dt
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from crm.access.models import SignInLevel, SignInSession
from crm.access.service import hash_of
from crm.access.throttle import TooManyAttempts
from crm.factors import queries, service, showing
from crm.factors.models import ChallengePurpose, Passkey, TotpFactor
from crm.factors.passkeys import NotThisKey, read_assertion, verified_registration
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Refused
from tests.factors.acts import (
    MASTER,
    PLACE,
    STEP,
    ask,
    code_at,
    enroll,
    level_of,
    show_key,
    show_level,
    signed_in,
    with_key,
)
from tests.support.authenticator import PRESENT, Authenticator
from tests.support.world import NOW, World


@pytest.fixture
def officer(world: World) -> World:
    """An officer who has an application, and has just given the password."""
    signed_in(world, "officer")
    enroll(world, "officer", at=NOW - 4 * STEP)
    show_level(world, "officer", SignInLevel.PENDING)
    return world


def show(world: World, code: str, now: dt.datetime = NOW, who: str = "officer") -> str:
    return showing.show_code(world.database, world.actors[who], MASTER, code, now=now)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as told:
        act()
    return told.value.field


def test_a_code_raises_the_sign_in_and_gives_it_a_new_cookie(officer: World) -> None:
    cookie = show(officer, code_at(NOW))
    with officer.reading("officer") as db:
        found = db.exec(select(SignInSession.level, SignInSession.cookie_hash)).all()
    assert found == [(SignInLevel.SECOND_FACTOR, hash_of(cookie))]


def test_a_code_works_once(officer: World) -> None:
    show(officer, code_at(NOW))
    show_level(officer, "officer", SignInLevel.PENDING)
    assert refused(lambda: show(officer, code_at(NOW))) == "code"
    assert level_of(officer, "officer") is SignInLevel.PENDING


def test_the_code_that_enrolled_does_not_sign_in(officer: World) -> None:
    then = NOW - 4 * STEP
    assert refused(lambda: show(officer, code_at(then), now=then)) == "code"


def test_an_older_code_does_not_work_after_a_newer_one(officer: World) -> None:
    show(officer, code_at(NOW + STEP))
    assert refused(lambda: show(officer, code_at(NOW))) == "code"


def test_a_code_works_once_though_two_send_it_at_the_same_time(officer: World) -> None:
    start = threading.Barrier(2)

    def race(code: str) -> bool:
        start.wait()
        try:
            show(officer, code)
        except (Refused, TooManyAttempts):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(race, [code_at(NOW)] * 2))
    assert sorted(won) == [False, True]


def test_a_code_of_another_account_does_not_help(officer: World) -> None:
    signed_in(officer, "chief", SignInLevel.PENDING)
    assert refused(lambda: show(officer, code_at(NOW), who="chief")) == "code"


def test_another_key_of_the_installation_opens_no_secret(officer: World) -> None:
    def with_other_key() -> object:
        actor = officer.actors["officer"]
        return showing.show_code(officer.database, actor, bytes(32), code_at(NOW), now=NOW)

    assert refused(with_other_key) == "code"


def test_the_database_does_not_hold_the_secret(officer: World) -> None:
    with officer.reading("officer") as db:
        (factor,) = queries.totp_factors(db)
        assert b"JBSWY3DP" not in factor.secret
        assert service.secret_of(MASTER, factor) == "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_a_secret_moved_to_another_account_opens_nothing(officer: World) -> None:
    with officer.reading("officer") as db:
        (factor,) = queries.totp_factors(db)
        moved = TotpFactor(
            account_id=officer.actors["chief"].account_id, secret=factor.secret, last_step=0
        )
    assert service.secret_of(MASTER, moved) is None


def test_guessing_waits_longer_each_time_and_never_locks(officer: World) -> None:
    at = [0, 0, 0, 0, 0, 0, 2, 2, 6]
    said = []
    for seconds in at:
        try:
            show(officer, "000000", now=NOW + dt.timedelta(seconds=seconds))
        except (Refused, TooManyAttempts) as refusal:
            said.append((type(refusal), refusal.facts.get("seconds")))
    waited = (TooManyAttempts, 2), (Refused, None), (TooManyAttempts, 4), (Refused, None)
    assert said == [(Refused, None)] * 5 + list(waited)
    show(officer, code_at(NOW), now=NOW + dt.timedelta(seconds=20))
    assert level_of(officer, "officer") is SignInLevel.SECOND_FACTOR


def test_what_was_shown_and_refused_is_on_record(officer: World) -> None:
    refused(lambda: show(officer, "000000"))
    show(officer, code_at(NOW))
    with officer.reading("auditor") as db:
        entries = db.exec(
            select(AuditEntry.action, AuditEntry.outcome, AuditEntry.detail).order_by(
                col(AuditEntry.id)
            )
        ).all()
    assert entries == [
        ("factor.enrolled", "done", {"method": "totp"}),
        ("factor.refused", "refused", {"method": "totp"}),
        ("factor.accepted", "done", {"method": "totp"}),
    ]


@pytest.fixture
def paper(officer: World) -> tuple[World, list[str]]:
    """The officer with a sheet of recovery codes."""
    show_level(officer, "officer", SignInLevel.SECOND_FACTOR)
    with officer.writing("officer") as db:
        codes = service.make_codes(db, officer.actors["officer"], NOW)
    show_level(officer, "officer", SignInLevel.PENDING)
    return officer, codes


def show_paper(world: World, code: str, now: dt.datetime = NOW) -> str:
    return showing.show_recovery_code(world.database, world.actors["officer"], code, now=now)


def codes_left(world: World) -> int:
    with world.reading("officer") as db:
        return queries.factor_sheet(db, world.actors["officer"]).codes_left


def test_each_recovery_code_works_once_however_it_is_typed(paper: tuple[World, list[str]]) -> None:
    world, codes = paper
    for code in codes[:5]:
        show_paper(world, code)
    for code in codes[5:]:
        show_paper(world, f" {code.upper().replace('-', ' ')} ")
    assert codes_left(world) == 0
    assert refused(lambda: show_paper(world, codes[0])) == "recovery"


def test_a_recovery_code_works_once_though_two_send_it_at_the_same_time(
    paper: tuple[World, list[str]],
) -> None:
    world, codes = paper
    start = threading.Barrier(2)

    def race(code: str) -> bool:
        start.wait()
        try:
            show_paper(world, code)
        except (Refused, TooManyAttempts):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(race, codes[:1] * 2))
    assert (sorted(won), codes_left(world)) == ([False, True], 9)


def test_recovery_codes_of_an_older_sheet_end_with_a_new_one(
    paper: tuple[World, list[str]],
) -> None:
    world, codes = paper
    show_level(world, "officer", SignInLevel.SECOND_FACTOR)
    with world.writing("officer") as db:
        service.make_codes(db, world.actors["officer"], NOW)
    assert refused(lambda: show_paper(world, codes[0])) == "recovery"
    assert codes_left(world) == 10


@pytest.fixture
def keyed(world: World) -> tuple[World, Authenticator]:
    """An officer with a passkey, who has just given the password."""
    signed_in(world, "officer")
    return world, with_key(world, "officer")


def test_a_passkey_raises_the_sign_in(keyed: tuple[World, Authenticator]) -> None:
    world, key = keyed
    for _ in range(2):
        show_level(world, "officer", SignInLevel.PENDING)
        show_key(world, "officer", key.get(ask(world, "officer", ChallengePurpose.SIGN_IN)))
        assert level_of(world, "officer") is SignInLevel.SECOND_FACTOR


LIES: dict[str, dict[str, Any]] = {
    "another origin": {"said": {"origin": "https://tsunagari.example.evil"}},
    "the origin without https": {"said": {"origin": "http://tsunagari.example"}},
    "another host": {"host": "evil.example"},
    "another challenge": {"said": {"challenge": "AAAA"}},
    "a registration": {"said": {"type": "webauthn.create"}},
    "nobody proved who they are": {"flags": PRESENT},
    "nobody was there": {"flags": 0},
    "a count that stood still": {"count": 0},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_passkey_that_tells_something_else_is_refused(
    keyed: tuple[World, Authenticator], lie: str
) -> None:
    world, key = keyed
    if lie == "a count that stood still":
        show_key(world, "officer", key.get(ask(world, "officer", ChallengePurpose.SIGN_IN)))
        show_level(world, "officer", SignInLevel.PENDING)
    answer = key.get(ask(world, "officer", ChallengePurpose.SIGN_IN), **LIES[lie])
    assert refused(lambda: show_key(world, "officer", answer)) == "answer"
    assert level_of(world, "officer") is SignInLevel.PENDING


def test_an_answer_is_heard_once(keyed: tuple[World, Authenticator]) -> None:
    world, key = keyed
    answer = key.get(ask(world, "officer", ChallengePurpose.SIGN_IN))
    show_key(world, "officer", answer)
    assert refused(lambda: show_key(world, "officer", answer)) == "answer"


def test_a_refused_answer_takes_the_challenge_with_it(keyed: tuple[World, Authenticator]) -> None:
    world, key = keyed
    options = ask(world, "officer", ChallengePurpose.SIGN_IN)
    refused(lambda: show_key(world, "officer", key.get(options, host="evil.example")))
    assert refused(lambda: show_key(world, "officer", key.get(options))) == "answer"


def test_a_challenge_is_answered_within_minutes(keyed: tuple[World, Authenticator]) -> None:
    world, key = keyed
    answer = key.get(ask(world, "officer", ChallengePurpose.SIGN_IN))
    late = NOW + dt.timedelta(minutes=5)
    assert refused(lambda: show_key(world, "officer", answer, now=late)) == "answer"


def test_a_question_for_one_purpose_is_not_answered_for_another(
    keyed: tuple[World, Authenticator],
) -> None:
    world, key = keyed
    answer = key.get(ask(world, "officer", ChallengePurpose.REGISTER))
    assert refused(lambda: show_key(world, "officer", answer)) == "answer"


def test_a_key_of_another_account_does_not_help(keyed: tuple[World, Authenticator]) -> None:
    world, key = keyed
    signed_in(world, "chief")
    with_key(world, "chief")
    answer = key.get(ask(world, "chief", ChallengePurpose.SIGN_IN))
    assert refused(lambda: show_key(world, "chief", answer)) == "answer"


def test_a_key_that_names_another_owner_is_refused(keyed: tuple[World, Authenticator]) -> None:
    world, key = keyed
    key.owner = world.actors["chief"].account_id.bytes
    answer = key.get(ask(world, "officer", ChallengePurpose.SIGN_IN))
    assert refused(lambda: show_key(world, "officer", answer)) == "answer"


def test_a_signature_by_another_key_is_refused(keyed: tuple[World, Authenticator]) -> None:
    world, key = keyed
    other = Authenticator(PLACE.origin, PLACE.host, credential_id=key.credential_id)
    answer = other.get(ask(world, "officer", ChallengePurpose.SIGN_IN))
    assert refused(lambda: show_key(world, "officer", answer)) == "answer"


def test_a_refused_answer_leaves_the_count_as_it_was(keyed: tuple[World, Authenticator]) -> None:
    world, key = keyed
    answer = key.get(ask(world, "officer", ChallengePurpose.SIGN_IN), host="evil.example")
    refused(lambda: show_key(world, "officer", answer))
    with world.reading("officer") as db:
        assert db.exec(select(Passkey.sign_count)).all() == [0]


@given(
    answer=st.one_of(
        st.text(max_size=60),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=8),
            lambda inner: st.dictionaries(
                st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "x"]),
                inner,
                max_size=5,
            ),
            max_leaves=8,
        ).map(json.dumps),
    )
)
@settings(max_examples=25, deadline=None)
def test_whatever_is_sent_as_an_answer_is_refused_in_words(answer: str) -> None:
    with pytest.raises(NotThisKey):
        read_assertion(answer)
    with pytest.raises(NotThisKey):
        verified_registration(PLACE, answer, challenge=b"x")
