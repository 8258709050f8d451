"""所管区 and 区域: who is responsible for which area on a day, and what areas are called."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import MultiDict
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.access.queries import require_administrator
from crm.administration import queries
from crm.administration.forms import AreaNameForm, AreaQuestion, ChargeForm, FromDay
from crm.administration.lines import unit_options
from crm.administration.page_parts import (
    SAVED,
    Change,
    asked_day,
    carry_out,
    show_change,
)
from crm.agencies import reorganization
from crm.agencies.queries import units_on
from crm.areas import service
from crm.areas.models import AREA_KIND_LABELS, Area, AreaKind
from crm.areas.policy import may_correct_areas
from crm.areas.queries import area_of
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.web.pages import page, saved
from crm.web.visit import Visit


@get("/administration/jurisdictions", name="administration.jurisdictions", sync_to_thread=True)
def jurisdictions(
    desk: CurrentDesk,
    as_of: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    shown: FromQuery[str] = "",
    number: FromQuery[int] = 1,
) -> Response[str]:
    """Show who is responsible for the areas of a kind on a day, or which nobody is."""
    with desk.reads() as visit:
        asked = asked_day(visit, as_of)
        chosen, nobody = _kind(kind), shown == "nobody"
        return page(
            visit,
            "administration/jurisdictions.html",
            block="list",
            status=asked.status,
            asked=asked,
            kind=chosen,
            nobody=nobody,
            charges=queries.charges_page(visit.db, asked.day, chosen, number, nobody=nobody),
            vacant=queries.vacant_by_kind(visit.db, asked.day),
            query=urlencode({"as_of": asked.day.isoformat(), "kind": chosen.value}),
            kind_labels=AREA_KIND_LABELS,
        )


@get(
    "/administration/units/{unit_id:uuid}/areas",
    name="administration.unit_areas",
    sync_to_thread=True,
)
def unit_areas(
    desk: CurrentDesk,
    unit_id: FromPath[UUID],
    kind: FromQuery[str] = "",
    source: FromQuery[str] = "",
    number: FromQuery[int] = 1,
) -> Response[str]:
    """Show areas to be given to a unit: those nobody has, or those of another unit."""
    with desk.reads() as visit:
        known = blank(day=local_day(visit.now).isoformat())
        return _charge_form(visit, unit_id, kind, source, number, known, 200)


@post(
    "/administration/units/{unit_id:uuid}/areas",
    name="administration.unit_take_areas",
    sync_to_thread=True,
)
def unit_take_areas(
    desk: CurrentDesk,
    unit_id: FromPath[UUID],
    kind: FromQuery[str] = "",
    source: FromQuery[str] = "",
    number: FromQuery[int] = 1,
) -> Response[Any]:
    """Make a unit responsible for the areas chosen, from a day on."""
    with desk.writes() as visit:
        require_administrator(visit.actor)
        queries.unit_on(visit.db, unit_id, local_day(visit.now))
        return carry_out(
            visit,
            ChargeForm,
            lambda form: reorganization.hand_over_areas(
                visit.db, visit.actor, unit_id, form.area_ids, day=form.day, now=visit.now
            ),
            show=partial(_charge_form, visit, unit_id, kind, source, number),
            done=lambda _: saved(visit, "administration.unit", SAVED, unit_id=unit_id),
        )


@get("/administration/areas", name="administration.areas", sync_to_thread=True)
def areas(
    desk: CurrentDesk,
    as_of: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    words: FromQuery[str] = "",
    number: FromQuery[int] = 1,
) -> Response[str]:
    """Show the areas of a kind as they stand on a day."""
    with desk.reads() as visit:
        asked = asked_day(visit, as_of)
        chosen = _kind(kind)
        found = queries.charges_page(visit.db, asked.day, chosen, number, nobody=False, words=words)
        return page(
            visit,
            "administration/areas.html",
            block="list",
            status=asked.status,
            asked=asked,
            kind=chosen,
            words=words,
            areas=found,
            may_correct=may_correct_areas(visit.actor),
            query=urlencode({"as_of": asked.day.isoformat(), "kind": chosen.value, "words": words}),
            kind_labels=AREA_KIND_LABELS,
        )


@get("/administration/areas/{area_id:uuid}/name", name="administration.area", sync_to_thread=True)
def area(desk: CurrentDesk, area_id: FromPath[UUID]) -> Response[str]:
    """Show the form that corrects what an area is called."""
    with desk.reads() as visit:
        found = _area(visit, area_id)
        return _name_form(visit, found, blank(name=found.name, kana=found.kana), 200)


@post(
    "/administration/areas/{area_id:uuid}/name",
    name="administration.area_correct",
    sync_to_thread=True,
)
def area_correct(desk: CurrentDesk, area_id: FromPath[UUID]) -> Response[Any]:
    """Correct what an area is called."""
    with desk.writes() as visit:
        return carry_out(
            visit,
            AreaNameForm,
            lambda form: service.correct_area(
                visit.db, visit.actor, area_id, **form.model_dump(), now=visit.now
            ),
            show=partial(_name_form, visit, _area(visit, area_id)),
            done=lambda _: saved(visit, "administration.areas", SAVED),
        )


@get(
    "/administration/areas/{area_id:uuid}/ending",
    name="administration.area_ending",
    sync_to_thread=True,
)
def area_ending(desk: CurrentDesk, area_id: FromPath[UUID]) -> Response[str]:
    """Show the form that ends an area."""
    with desk.reads() as visit:
        known = blank(day=local_day(visit.now).isoformat())
        return _ending_form(visit, _area(visit, area_id), known, 200)


@post(
    "/administration/areas/{area_id:uuid}/ending",
    name="administration.area_end",
    sync_to_thread=True,
)
def area_end(desk: CurrentDesk, area_id: FromPath[UUID]) -> Response[Any]:
    """Let an area hold no more from a day on."""
    with desk.writes() as visit:
        return carry_out(
            visit,
            FromDay,
            lambda form: service.end_area(
                visit.db, visit.actor, area_id, **form.model_dump(), now=visit.now
            ),
            show=partial(_ending_form, visit, _area(visit, area_id)),
            done=lambda _: saved(visit, "administration.areas", SAVED),
        )


def _kind(text: str) -> AreaKind:
    asked = read_form(AreaQuestion, MultiDict({"kind": text}))
    return asked.form.kind if asked.form else AreaKind.ASSOCIATION_AREA


def _area(visit: Visit, area_id: UUID) -> Area:
    require_administrator(visit.actor)
    found = area_of(visit.db, area_id)
    if not may_correct_areas(visit.actor):
        raise NotFound
    return found


def _charge_form(
    visit: Visit,
    unit_id: UUID,
    kind: str,
    source: str,
    number: int,
    sub: Submission[Any],
    status: int,
) -> Response[str]:
    require_administrator(visit.actor)
    today, chosen = local_day(visit.now), _kind(kind)
    found = queries.unit_on(visit.db, unit_id, today)
    standing = units_on(visit.db, today)
    offered = queries.charges_offered(
        visit.db, today, chosen, source=_source(source), number=number
    )
    return page(
        visit,
        "administration/unit_areas.html",
        block="form",
        status=status,
        unit=found,
        sub=sub,
        kind=chosen,
        source=source,
        offered=offered,
        sources=[pair for pair in unit_options(standing) if pair[0] != unit_id],
        query=urlencode({"kind": chosen.value, "source": source}),
        kind_labels=AREA_KIND_LABELS,
    )


def _source(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _name_form(visit: Visit, found: Area, sub: Submission[Any], status: int) -> Response[str]:
    change = _change(
        found,
        title=translate(N_("区域の名称を訂正する")),
        route="administration.area_correct",
        fields="administration/fields/area_name.html",
        send=translate(N_("訂正する")),
    )
    return show_change(visit, change, sub, status=status)


def _ending_form(visit: Visit, found: Area, sub: Submission[Any], status: int) -> Response[str]:
    change = _change(
        found,
        title=translate(N_("区域を終了する")),
        route="administration.area_end",
        fields="administration/fields/area_ending.html",
        send=translate(N_("終了する")),
        is_danger=True,
    )
    return show_change(visit, change, sub, status=status)


def _change(
    found: Area, *, title: str, route: str, fields: str, send: str, is_danger: bool = False
) -> Change:
    return Change(
        title=title,
        about=found.name,
        route=route,
        keys={"area_id": found.id},
        back="administration.areas",
        fields=fields,
        send=send,
        revision=found.revision,
        current=[
            (translate(N_("いまの名称")), found.name),
            (translate(N_("ふりがな")), found.kana),
            (translate(N_("種類")), translate(AREA_KIND_LABELS[found.kind])),
        ],
        is_danger=is_danger,
    )


HANDLERS: Sequence[Any] = [
    jurisdictions,
    unit_areas,
    unit_take_areas,
    areas,
    area,
    area_correct,
    area_ending,
    area_end,
]
