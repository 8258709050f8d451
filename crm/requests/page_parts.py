"""What several pages of requests show, and what they put on record of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm.kernel.clock import local_day
from crm.liaisons.queries import areas_of_station
from crm.requests import queries
from crm.requests.lines import WholeRequest
from crm.requests.models import (
    ANSWER_METHOD_LABELS,
    OUTCOME_LABELS,
    SOURCE_LABELS,
    STEP_LABELS,
    TOPIC_LABELS,
)
from crm.web.visit import Visit


def seen(visit: Visit, request_id: UUID) -> WholeRequest:
    """Return a request, and put on record that it was shown with the names of who asked."""
    whole = queries.whole_request(visit.db, request_id)
    named = [asker.holder.subject for asker in whole.askers]
    visit.seen("request.viewed", ("request", request_id), named=named)
    return whole


def areas(visit: Visit) -> Sequence[tuple[UUID, str]]:
    """Return the areas of the own station to choose from."""
    if visit.actor.station_id is None:
        return []
    lines = areas_of_station(visit.db, visit.actor.station_id, local_day(visit.now))
    return [(line.id, line.name) for line in lines]


def words() -> dict[str, Any]:
    """Return what the choices of a request are called (msgids)."""
    return {
        "topic_labels": TOPIC_LABELS,
        "source_labels": SOURCE_LABELS,
        "step_labels": STEP_LABELS,
        "outcome_labels": OUTCOME_LABELS,
        "method_labels": ANSWER_METHOD_LABELS,
    }
