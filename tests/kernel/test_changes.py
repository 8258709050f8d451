"""A change is told to those who listen for its kind, and a listener can stop it."""

import datetime as dt
from dataclasses import dataclass

import pytest

from crm.kernel import changes
from crm.kernel.actor import Actor
from crm.kernel.errors import Refused
from crm.kernel.scope import ScopedSession
from tests.support.world import NOW, World


@dataclass(frozen=True)
class Rained:
    millimeters: int


@dataclass(frozen=True)
class Snowed:
    millimeters: int


@pytest.fixture(autouse=True)
def _listeners_of_this_test_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.kernel.changes._listeners", {})


def test_announce_reaches_the_listeners_of_that_kind_in_order(world: World) -> None:
    heard: list[str] = []

    @changes.on(Rained)
    def gauge(db: ScopedSession, change: Rained, actor: Actor, now: dt.datetime) -> None:
        heard.append(f"gauge {change.millimeters} {actor.name} {now:%H:%M} {db.actor == actor}")

    @changes.on(Rained)
    def garden(_db: ScopedSession, change: Rained, _actor: Actor, _now: dt.datetime) -> None:
        heard.append(f"garden {change.millimeters}")

    with world.writing("officer") as db:
        changes.announce(db, Rained(5), world.actors["officer"], NOW)
        changes.announce(db, Snowed(9), world.actors["officer"], NOW)

    assert heard == ["gauge 5 佐藤 彩 04:30 True", "garden 5"]


def test_announce_lets_a_listener_refuse_the_change(world: World) -> None:
    @changes.on(Rained)
    def umbrella(_db: ScopedSession, _change: Rained, _actor: Actor, _now: dt.datetime) -> None:
        raise Refused("傘がありません。")

    with (
        world.writing("officer") as db,
        pytest.raises(Refused, match="傘がありません。"),
    ):
        changes.announce(db, Rained(1), world.actors["officer"], NOW)
