"""所属: the tree as of a day, and the forms that change it from a day on."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.access.queries import require_administrator
from crm.administration import queries, staff_queries
from crm.administration.forms import EndingForm, NameForm, OfficeForm, PlaceForm, UnitForm
from crm.administration.lines import UnitFacts, paths_of, unit_options
from crm.administration.page_parts import (
    SAVED,
    Change,
    asked_day,
    carry_out,
    show_change,
)
from crm.agencies import reorganization, service
from crm.agencies.models import PARENT_KINDS, ROLE_LABELS, UNIT_KIND_LABELS, UnitKind
from crm.agencies.queries import units_on
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, translate
from crm.web.pages import page, saved
from crm.web.visit import Visit

PARTNER_KINDS = (UnitKind.DEPARTMENT, UnitKind.SECTION)
POLICE_KINDS = tuple(kind for kind, above in PARENT_KINDS.items() if above)


@get("/administration/units", name="administration.units", sync_to_thread=True)
def units(desk: CurrentDesk, as_of: FromQuery[str] = "") -> Response[str]:
    """Show the tree as it stands on a day."""
    with desk.reads() as visit:
        asked = asked_day(visit, as_of)
        return page(
            visit,
            "administration/units.html",
            block="list",
            status=asked.status,
            asked=asked,
            groups=queries.tree_on(visit.db, asked.day),
            kind_labels=UNIT_KIND_LABELS,
        )


@get("/administration/units/{unit_id:uuid}", name="administration.unit", sync_to_thread=True)
def unit(desk: CurrentDesk, unit_id: FromPath[UUID], as_of: FromQuery[str] = "") -> Response[str]:
    """Show a unit as it is on a day, and what it was called and where it stood before."""
    with desk.reads() as visit:
        asked = asked_day(visit, as_of)
        found = queries.unit_on(visit.db, unit_id, asked.day)
        standing = units_on(visit.db, asked.day)
        staff = staff_queries.staff_in_unit(visit.db, unit_id, asked.day)
        visit.seen("staff.listed", ("unit", unit_id), count=len(staff))
        return page(
            visit,
            "administration/unit.html",
            status=asked.status,
            asked=asked,
            unit=found,
            parent=paths_of(standing).get(found.parent_id) if found.parent_id else None,
            children=[line for line in standing if line.parent_id == unit_id],
            areas=queries.areas_of_unit(visit.db, unit_id, asked.day),
            staff=staff,
            history=queries.history_of_unit(visit.db, unit_id),
            kind_labels=UNIT_KIND_LABELS,
            role_labels=ROLE_LABELS,
        )


@get("/administration/units/new", name="administration.unit_new", sync_to_thread=True)
def unit_new(desk: CurrentDesk, parent: FromQuery[str] = "") -> Response[str]:
    """Show the form for a new unit."""
    with desk.reads() as visit:
        require_administrator(visit.actor)
        known = blank(parent_id=parent or None, day=local_day(visit.now).isoformat())
        return _new_form(visit, known, 200)


@post("/administration/units", name="administration.unit_open", sync_to_thread=True)
def unit_open(desk: CurrentDesk) -> Response[Any]:
    """Put a new unit into the tree."""
    with desk.writes() as visit:
        require_administrator(visit.actor)
        return carry_out(
            visit,
            UnitForm,
            lambda form: service.open_unit(
                visit.db, visit.actor, form.facts(), day=form.day, now=visit.now
            ),
            show=partial(_new_form, visit),
            done=lambda _: saved(visit, "administration.units", SAVED),
        )


@get(
    "/administration/units/{unit_id:uuid}/name",
    name="administration.unit_name",
    sync_to_thread=True,
)
def unit_name(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[str]:
    """Show the form for another name."""
    with desk.reads() as visit:
        found = _unit(visit, unit_id)
        known = blank(name=found.name, kana=found.kana, day=local_day(visit.now).isoformat())
        return _name_form(visit, found, known, 200)


@post(
    "/administration/units/{unit_id:uuid}/name",
    name="administration.unit_rename",
    sync_to_thread=True,
)
def unit_rename(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[Any]:
    """Call a unit by another name from a day on."""
    with desk.writes() as visit:
        return carry_out(
            visit,
            NameForm,
            lambda form: service.rename_unit(
                visit.db, visit.actor, unit_id, **form.model_dump(), now=visit.now
            ),
            show=partial(_name_form, visit, _unit(visit, unit_id)),
            done=partial(_to_unit, visit, unit_id),
        )


@get(
    "/administration/units/{unit_id:uuid}/place",
    name="administration.unit_place",
    sync_to_thread=True,
)
def unit_place(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[str]:
    """Show the form for another place in the tree."""
    with desk.reads() as visit:
        known = blank(day=local_day(visit.now).isoformat())
        return _place_form(visit, _unit(visit, unit_id), known, 200)


@post(
    "/administration/units/{unit_id:uuid}/place",
    name="administration.unit_move",
    sync_to_thread=True,
)
def unit_move(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[Any]:
    """Move a unit with all below it from a day on."""
    with desk.writes() as visit:
        return carry_out(
            visit,
            PlaceForm,
            lambda form: service.move_unit(
                visit.db, visit.actor, unit_id, **form.model_dump(), now=visit.now
            ),
            show=partial(_place_form, visit, _unit(visit, unit_id)),
            done=partial(_to_unit, visit, unit_id),
        )


@get(
    "/administration/units/{unit_id:uuid}/ending",
    name="administration.unit_ending",
    sync_to_thread=True,
)
def unit_ending(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[str]:
    """Show the form that ends or merges a unit."""
    with desk.reads() as visit:
        known = blank(day=local_day(visit.now).isoformat())
        return _ending_form(visit, _unit(visit, unit_id), known, 200)


@post(
    "/administration/units/{unit_id:uuid}/ending",
    name="administration.unit_end",
    sync_to_thread=True,
)
def unit_end(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[Any]:
    """End a unit from a day on; its areas pass to the successor."""
    with desk.writes() as visit:
        return carry_out(
            visit,
            EndingForm,
            lambda form: reorganization.end_unit(
                visit.db, visit.actor, unit_id, **form.model_dump(), now=visit.now
            ),
            show=partial(_ending_form, visit, _unit(visit, unit_id)),
            done=partial(_to_unit, visit, unit_id),
        )


@get(
    "/administration/units/{unit_id:uuid}/network-office",
    name="administration.network_office",
    sync_to_thread=True,
)
def network_office(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[str]:
    """Ask whether this section is to own the roster."""
    with desk.reads() as visit:
        return _office_form(visit, _unit(visit, unit_id), blank(), 200)


@post(
    "/administration/units/{unit_id:uuid}/network-office",
    name="administration.network_office_mark",
    sync_to_thread=True,
)
def network_office_mark(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[Any]:
    """Let this section own its station's roster."""
    with desk.writes() as visit:
        return carry_out(
            visit,
            OfficeForm,
            lambda form: reorganization.mark_network_office(
                visit.db,
                visit.actor,
                unit_id,
                day=local_day(visit.now),
                revision=form.revision,
                now=visit.now,
            ),
            show=partial(_office_form, visit, _unit(visit, unit_id)),
            done=partial(_to_unit, visit, unit_id),
        )


def _unit(visit: Visit, unit_id: UUID) -> UnitFacts:
    require_administrator(visit.actor)
    return queries.unit_on(visit.db, unit_id, local_day(visit.now))


def _to_unit(visit: Visit, unit_id: UUID, _: object) -> Response[None]:
    return saved(visit, "administration.unit", SAVED, unit_id=unit_id)


def _new_form(visit: Visit, sub: Submission[Any], status: int) -> Response[str]:
    change = Change(
        title=translate(N_("所属を新設する")),
        about=visit.actor.agency_name,
        route="administration.unit_open",
        back="administration.units",
        fields="administration/fields/unit.html",
        send=translate(N_("新設する")),
    )
    standing = units_on(visit.db, local_day(visit.now))
    offered = POLICE_KINDS if visit.actor.is_police else PARTNER_KINDS
    kinds = [(kind.value, translate(UNIT_KIND_LABELS[kind])) for kind in offered]
    return show_change(
        visit,
        change,
        sub,
        status=status,
        kinds=kinds,
        parents=unit_options(standing),
    )


def _name_form(visit: Visit, found: UnitFacts, sub: Submission[Any], status: int) -> Response[str]:
    change = _change(
        found,
        title=translate(N_("名称を変更する")),
        route="administration.unit_rename",
        fields="administration/fields/unit_name.html",
        send=translate(N_("変更する")),
    )
    return show_change(visit, change, sub, status=status)


def _place_form(visit: Visit, found: UnitFacts, sub: Submission[Any], status: int) -> Response[str]:
    standing = units_on(visit.db, local_day(visit.now))
    change = _change(
        found,
        title=translate(N_("所属を移す")),
        route="administration.unit_move",
        fields="administration/fields/unit_place.html",
        send=translate(N_("移す")),
        parent=paths_of(standing).get(found.parent_id, "") if found.parent_id else "",
    )
    above = [line for line in standing if line.kind in PARENT_KINDS[found.kind]]
    others = [pair for pair in unit_options(standing) if pair[0] in {line.id for line in above}]
    return show_change(visit, change, sub, status=status, parents=others)


def _ending_form(
    visit: Visit, found: UnitFacts, sub: Submission[Any], status: int
) -> Response[str]:
    standing = units_on(visit.db, local_day(visit.now))
    areas = queries.areas_of_unit(visit.db, found.id, local_day(visit.now))
    change = _change(
        found,
        title=translate(N_("所属を終了・統合する")),
        route="administration.unit_end",
        fields="administration/fields/unit_ending.html",
        send=translate(N_("終了する")),
        is_danger=True,
    )
    near = [line for line in standing if line.station_id == found.station_id]
    heirs = [pair for pair in unit_options(standing) if pair[0] in {line.id for line in near}]
    return show_change(
        visit,
        change,
        sub,
        status=status,
        areas=len(areas),
        heirs=[pair for pair in heirs if pair[0] != found.id],
    )


def _office_form(
    visit: Visit, found: UnitFacts, sub: Submission[Any], status: int
) -> Response[str]:
    change = _change(
        found,
        title=translate(N_("連絡員一覧表の受持ちにする")),
        route="administration.network_office_mark",
        fields="administration/fields/office.html",
        send=translate(N_("受持ちにする")),
    )
    return show_change(visit, change, sub, status=status)


def _change(
    found: UnitFacts,
    *,
    title: str,
    route: str,
    fields: str,
    send: str,
    parent: str = "",
    is_danger: bool = False,
) -> Change:
    return Change(
        title=title,
        about=found.name,
        route=route,
        keys={"unit_id": found.id},
        back="administration.unit",
        back_keys={"unit_id": found.id},
        fields=fields,
        send=send,
        revision=found.revision,
        current=[
            (translate(N_("いまの名称")), found.name),
            (translate(N_("ふりがな")), found.kana),
            (translate(N_("上位の所属")), parent),
        ],
        is_danger=is_danger,
    )


HANDLERS = [
    units,
    unit,
    unit_new,
    unit_open,
    unit_name,
    unit_rename,
    unit_place,
    unit_move,
    unit_ending,
    unit_end,
    network_office,
    network_office_mark,
]
