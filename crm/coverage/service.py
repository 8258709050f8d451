"""The spans kept with the records: worked out anew for whoever a change concerns."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection
from uuid_utils.compat import uuid7

from crm.coverage import span_queries
from crm.coverage.spans import Dates, Standing, Term, spans_of
from crm.kernel.changes import Written


def follow(connection: Connection, written: Written) -> None:
    """Bring the spans of everybody whom `written` concerns up to date, before it is committed."""
    span_queries.lock(connection, written)
    _count(connection, span_queries.holders_touched(connection, written))


def count_anew(connection: Connection) -> None:
    """Work out all spans there are: after loading in bulk, or a release that counts otherwise."""
    _count(connection, span_queries.every_holder(connection))


def _count(connection: Connection, holders: Collection[UUID]) -> None:
    for some in span_queries.in_portions(holders):
        span_queries.replace(connection, some, list(_rows(connection, some)))


_Serving = dict[tuple[UUID, UUID, bool], list[Term]]


def _rows(connection: Connection, holders: Collection[UUID]) -> Iterator[dict[str, Any]]:
    serving: _Serving = {}
    for holder, agency, is_person, term in span_queries.terms_of(connection, holders):
        serving.setdefault((holder, agency, is_person), []).append(term)
    if not serving:
        return
    posts: dict[UUID, list[Dates]] = {}
    for person, dates in span_queries.posts_of(connection, holders):
        posts.setdefault(person, []).append(dates)
    standing = _standing(connection, serving)
    for (holder, agency, is_person), terms in serving.items():
        for span in spans_of(terms, posts.get(holder, ()), standing.get(agency, {})):
            yield {
                "id": uuid7(),
                "agency_id": agency,
                "holder_id": holder,
                "persons": int(is_person),
                "organizations": int(not is_person),
                "kind": span.kind,
                "reach": span.reach,
                "posts": span.posts,
                "valid_from": span.dates.first,
                "valid_to": span.dates.last,
                **span.spot._asdict(),
            }


def _standing(connection: Connection, serving: _Serving) -> dict[UUID, dict[UUID, list[Standing]]]:
    """Return what stands by agency and area, of the areas `serving` are about."""
    areas = {area for terms in serving.values() for term in terms for area in term.area_ids}
    found: dict[UUID, dict[UUID, list[Standing]]] = {}
    for agency, area, stands in span_queries.standing_at(connection, areas):
        found.setdefault(agency, {}).setdefault(area, []).append(stands)
    return found
