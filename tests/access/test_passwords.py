"""Passwords: hashed off the threads of requests, and never ones that are tried first."""

import asyncio

import pytest
from argon2 import PasswordHasher
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm.access import passwords
from crm.access.accounts import new_password, require_password
from crm.access.guessable import common, is_guessable
from crm.kernel.errors import Refused
from tests.support.pages import Browser
from tests.support.world import PASSWORD


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd2026!",
        "Keisatsu2026!!",
        "けいさつけいさつけいさつ",
        "123456789012",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "qwertyuiopas",
        "1qaz2wsx3edc",
        "sakura sakura 2026",
        "ｐａｓｓｗｏｒｄ１２３４",
        "officer-2026-officer",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(Refused, match="推測されます"):
        require_password(password, ["officer"])


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "mihon-no-pasuwaado",
        "correct horse battery staple",
        "8293740192837465",
        "雨の日は静かな図書館で本を読む",
        "xk3d-9fmw-2pqr-7yhn",
    ],
)
def test_what_somebody_makes_up_is_taken(password: str) -> None:
    require_password(password, ["officer"])


def test_the_password_an_administrator_hands_out_is_taken() -> None:
    for _ in range(50):
        require_password(new_password())


@settings(max_examples=300, deadline=None)
@given(word=st.sampled_from(sorted(common())), times=st.integers(1, 4), tail=st.integers(0, 10**6))
@example(word="blabla", times=1, tail=0)
def test_every_word_of_the_lists_is_refused_however_often_with_any_figures(
    word: str, times: int, tail: int
) -> None:
    assert is_guessable(word * times)
    assert not word.isalpha() or is_guessable(f"{word * times}{tail}")


def test_the_lists_hold_more_than_asvs_asks_for() -> None:
    assert len(common()) > 10_000


@pytest.mark.parametrize("login", ["officer", "nobody-has-this-name"])
def test_a_known_and_an_unknown_name_cost_one_hash_each(
    monkeypatch: pytest.MonkeyPatch, browser: Browser, login: str
) -> None:
    counted: list[str] = []
    verify, hash_ = PasswordHasher.verify, PasswordHasher.hash

    def counting_verify(self: PasswordHasher, *args: str) -> bool:
        counted.append("verify")
        return bool(verify(self, *args))

    def counting_hash(self: PasswordHasher, *args: str) -> str:
        counted.append("hash")
        return hash_(self, *args)

    monkeypatch.setattr(PasswordHasher, "verify", counting_verify)
    monkeypatch.setattr(PasswordHasher, "hash", counting_hash)
    browser.post("/sign-in", {"login": login, "password": "まちがい"})
    assert counted == ["verify"]


def test_hashes_are_computed_in_threads_of_their_own() -> None:
    stored = passwords.hash_password(PASSWORD)

    async def both() -> list[bool]:
        return await asyncio.gather(
            passwords.matched(stored, PASSWORD), passwords.matched(stored, "まちがい")
        )

    assert asyncio.run(both()) == [True, False]
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
