"""One small sample, built once for every test here; storing it changes nothing (test_loader)."""

import datetime as dt
import hashlib
from importlib import import_module
from uuid import UUID

import pytest
from shapely import Geometry

from crm.samples.book import PostKind
from crm.samples.home import Order
from crm.samples.police import Sample, build_sample
from crm.samples.stations import HOMES

TODAY = dt.date(2026, 11, 20)


POSTS = {
    code: PostKind(UUID(bytes=code.encode()[:16].ljust(16, b".")), name, position)
    for position, (code, name, _) in enumerate(
        import_module("crm.migrations.versions.0003_kinds_of_posts").POSTS
    )
}
"""Stands for the kinds of posts of a database."""


def small_order(**changes: object) -> Order:
    facts: dict[str, object] = {
        "homes": HOMES["small"],
        "seed": 7,
        "today": TODAY,
        "password_hash": "",
        "post_types": POSTS,
    }
    return Order(**{**facts, **changes})  # type: ignore[arg-type]  # the facts of an order by name


def digest(sample: Sample) -> str:
    seen = hashlib.sha256()
    for name, rows in sample.tables.items():
        for row in rows:
            values = [value.wkb if isinstance(value, Geometry) else value for value in row.values()]
            seen.update(f"{name}{values!r}".encode())
    return seen.hexdigest()


@pytest.fixture(scope="session")
def sample() -> Sample:
    return build_sample(small_order())
