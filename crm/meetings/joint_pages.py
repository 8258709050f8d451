"""併催の提案: before a day is asked for, which coming gatherings bring the wanted together."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery

from crm.access.desk import CurrentDesk
from crm.bodies.queries import body_choices
from crm.contacts.models import Holder
from crm.contacts.queries import require_reader
from crm.kernel.clock import JST, local_day
from crm.kernel.errors import NotFound
from crm.liaisons.queries import areas_of_station
from crm.meetings import queries, series_queries
from crm.meetings.joint import Gathering, Joint, joint_with
from crm.meetings.joint_queries import what_comes
from crm.meetings.models import Meeting
from crm.meetings.page_parts import as_key, seen
from crm.web.pages import page
from crm.web.visit import Visit


@get("/meetings/joint", name="meetings.joint", sync_to_thread=True)
def joint(
    desk: CurrentDesk,
    area: FromQuery[str] = "",
    council: FromQuery[str] = "",
    meeting: FromQuery[str] = "",
) -> Response[str]:
    """Propose what a meeting can be held with, for an area, a body, or a meeting's own list."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        if meeting_id := as_key(meeting):
            return _for_meeting(visit, meeting_id)
        return _for_chosen(visit, as_key(area), as_key(council))


def _for_meeting(visit: Visit, meeting_id: UUID) -> Response[str]:
    """Propose for the people on a meeting's list; that they were shown goes on record there."""
    whole = seen(visit, meeting_id)
    wanted = {party.holder: party for party in whole.parties}
    found = _proposals(visit, wanted, besides=whole.meeting)
    return page(
        visit,
        "meetings/joint.html",
        meeting=whole.meeting,
        proposals=[(one, _query(_address(one.gathering))) for one in found],
        count=len(wanted),
    )


def _for_chosen(visit: Visit, area_id: UUID | None, body_id: UUID | None) -> Response[str]:
    """Propose for the liaisons of an area or of all, or for the members of a body."""
    day = local_day(visit.now)
    wanted = {
        one.holder: one for one in queries.invitees(visit.db, day, area_id=area_id, body_id=body_id)
    }
    found = _proposals(visit, wanted)
    named = [one.holder.subject for proposal in found for one in proposal.who]
    visit.seen("people.listed", named=named, count=len({*named}))
    station_id = visit.actor.station_id
    areas = areas_of_station(visit.db, station_id, day) if station_id else []
    chosen = {"council": str(body_id)} if body_id else {}
    return page(
        visit,
        "meetings/joint.html",
        meeting=None,
        proposals=[(one, _query({**_address(one.gathering), **chosen})) for one in found],
        count=len(wanted),
        alone=_query(chosen),
        area_id=area_id,
        body_id=body_id,
        areas=[(line.id, line.name) for line in areas],
        bodies=[(one.id, one.name) for one in body_choices(visit.db, day, chosen=body_id)],
    )


def _proposals(
    visit: Visit, wanted: Mapping[Holder, Any], *, besides: Meeting | None = None
) -> Sequence[Joint]:
    coming = what_comes(visit.db, visit.now)
    own = besides.id if besides else None
    others = [one for one in coming.gatherings if own is None or one.meeting_id != own]
    return joint_with(others, coming.expecting, wanted)


def _address(gathering: Gathering) -> dict[str, str]:
    """Return how an address names a gathering, for `held_within`."""
    if gathering.meeting_id is not None:
        return {"within": str(gathering.meeting_id)}
    return {"series": str(gathering.series_id), "on": gathering.day.isoformat()}


def _query(said: Mapping[str, str]) -> str:
    return f"?{urlencode(said)}" if said else ""


def held_within(visit: Visit, within: str, series: str, on: str) -> dict[str, Any]:
    """Return what a form says of a meeting held within a gathering; {} where none is named."""
    if meeting_id := as_key(within):
        found = queries.meeting_of(visit.db, meeting_id)
        return _said(found, found.starts_at.astimezone(JST))
    if series_id := as_key(series):
        row = series_queries.series_of(visit.db, series_id)
        try:
            day = dt.date.fromisoformat(on)
        except ValueError:
            raise NotFound from None
        return _said(row, dt.datetime.combine(day, row.first_at.astimezone(JST).timetz()))
    return {}


def _said(gathering: Any, starts_at: dt.datetime) -> dict[str, Any]:  # noqa: ANN401 - a meeting or a series
    return {
        "starts_at": f"{starts_at:%Y-%m-%dT%H:%M}",
        "place": gathering.place,
        "style": gathering.style,
        "held_with": gathering.title,
        "host_organization_id": gathering.host_organization_id,
    }


HANDLERS = [joint]
