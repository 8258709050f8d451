"""A search is kept for the sign-in that made it, under a name nobody can guess."""

import datetime as dt

import pytest
from sqlmodel import select

from crm.access.models import SignInSession
from crm.kernel.errors import Forbidden, NotFound, Refused
from crm.search import queries, service
from crm.search.models import StoredSearch
from tests.support.world import NOW, World


@pytest.fixture
def signed_in(world: World) -> World:
    """The world, with the officer and a colleague signed in."""
    for who in ("officer", "chief", "hq"):
        actor = world.actors[who]
        assert actor.session_key is not None
        world.put(
            SignInSession(
                key=actor.session_key,
                cookie_hash=f"cookie-{who}",
                account_id=actor.account_id,
                created_at=NOW,
                last_seen_at=NOW,
                expires_at=NOW + dt.timedelta(hours=8),
            )
        )
    return world


def search(world: World, who: str, typed: str) -> str:
    with world.writing(who) as db:
        return service.make_search(db, world.actors[who], typed, now=NOW).id


def test_make_search_keeps_the_term_under_a_random_id(signed_in: World) -> None:
    ids = {search(signed_in, "officer", "たかはし") for _ in range(2)}

    assert {len(search_id) for search_id in ids} == {32}
    assert len(ids) == 2
    with signed_in.reading("officer") as db:
        assert {queries.stored_search(db, search_id).term for search_id in ids} == {"たかはし"}


def test_another_sign_in_cannot_open_it(signed_in: World) -> None:
    search_id = search(signed_in, "officer", "たかはし")

    with signed_in.reading("chief") as db, pytest.raises(NotFound):
        queries.stored_search(db, search_id)


def test_make_search_refuses_nothing_to_look_for(signed_in: World) -> None:
    fields = []
    for typed in ("", "　", "ー", "-"):
        with pytest.raises(Refused) as refusal:
            search(signed_in, "officer", typed)
        fields.append(refusal.value.field)

    assert fields == ["q"] * 4
    with signed_in.reading("officer") as db:
        assert db.exec(select(StoredSearch)).all() == []


def test_make_search_is_not_for_headquarters(signed_in: World) -> None:
    with pytest.raises(Forbidden):
        search(signed_in, "hq", "たかはし")
