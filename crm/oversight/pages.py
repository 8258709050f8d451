"""The auditor's pages: who saw somebody, what an account did, what left, what is unusual, leaks."""

import datetime as dt
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.access.queries import require_auditor
from crm.access.trail_lines import label_of, trail_line
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.oversight import check_pages, dossier_pages, leak_queries, queries, service, unusual
from crm.oversight.forms import LeakForm, TraceForm
from crm.oversight.lines import Sighting, field_words, reference_number
from crm.oversight.models import LEAK_SOURCE_LABELS, LeakSource
from crm.oversight.sheets import XLSX, worksheet_file
from crm.web.pages import HEADERS, goto, page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]
MONTH = dt.timedelta(days=31)
SHOWN = 50


@get("/oversight", name="oversight.index", sync_to_thread=True)
def index(desk: CurrentDesk) -> Response[str]:
    """Show the four questions an auditor asks."""
    with desk.reads() as visit:
        require_auditor(visit.actor)
        return _index(visit, blank())


@post("/oversight/people", name="oversight.trace", sync_to_thread=True)
def trace(desk: CurrentDesk) -> Answer:
    """Find whose sightings are asked for; by POST, so that no name stands in an address."""
    with desk.writes() as visit:
        require_auditor(visit.actor)
        sub = read_form(TraceForm, visit.sent)
        if sub.form is None:
            return _index(visit, sub, status=422)
        found = queries.people_called(
            visit.db, visit.actor, sub.form.name, sub.form.station, local_day(visit.now)
        )
        visit.seen("person.traced", named=[("person", key) for key in found], count=len(found))
        if len(found) == 1:
            return goto(visit, "oversight.person", subject_id=found[0])
        if not found:
            none = Refused(N_("この氏名の方は、この署・庁舎の台帳にいません。"), field="name")
            return _index(visit, sub.refused(none), status=422)
        return _index(visit, sub, namesakes=[(key, reference_number(key)) for key in found])


@get("/oversight/people/{subject_id:uuid}", name="oversight.person", sync_to_thread=True)
def person(
    desk: CurrentDesk, subject_id: FromPath[UUID], number: FromQuery[int] = 1
) -> Response[str]:
    """Show who was shown a person, an organization or a received contact: when, where, what."""
    with desk.reads() as visit:
        require_auditor(visit.actor)
        found = queries.sightings_of(visit.db, subject_id, number)
        visit.seen("sightings.viewed", ("subject", subject_id), page=found.number)
        return page(
            visit,
            "oversight/person.html",
            subject_id=subject_id,
            reference=reference_number(subject_id),
            sightings=found.map(sighting_words),
        )


@get("/oversight/accounts/{account_id:uuid}", name="oversight.account", sync_to_thread=True)
def account(
    desk: CurrentDesk, account_id: FromPath[UUID], number: FromQuery[int] = 1
) -> Response[str]:
    """Show what an account did."""
    with desk.reads() as visit:
        require_auditor(visit.actor)
        found = queries.doings_of(visit.db, account_id, number)
        visit.seen("audit.viewed", ("account", account_id), page=found.number)
        return page(
            visit,
            "oversight/account.html",
            account_id=account_id,
            who=found.items[0].actor_name if found.items else "",
            entries=found.map(trail_line),
        )


@get("/oversight/outflow", name="oversight.outflow", sync_to_thread=True)
def outflow(desk: CurrentDesk, number: FromQuery[int] = 1) -> Response[str]:
    """Show what left the house in the last month: files, provisions to other agencies."""
    with desk.reads() as visit:
        require_auditor(visit.actor)
        found = queries.outflow(visit.db, visit.now - MONTH, visit.now, number)
        visit.seen("outflow.viewed", page=found.number, count=found.total)
        return page(visit, "oversight/outflow.html", entries=found.map(trail_line))


@get("/oversight/unusual", name="oversight.unusual", sync_to_thread=True)
def unusual_page(desk: CurrentDesk) -> Response[str]:
    """Show what is unusual in the last week, each with the reason for looking."""
    with desk.reads() as visit:
        require_auditor(visit.actor)
        since = visit.now - unusual.WINDOW
        db, actor = visit.db, visit.actor
        found = [
            *unusual.many_views(queries.views_since(db, since)),
            *unusual.night_files(queries.files_since(db, since)),
            *unusual.strangers_seen(queries.strangers_since(db, actor, since)),
            *unusual.colleagues_seen(queries.colleagues_since(db, actor, since)),
        ]
        visit.seen("unusual.viewed", count=len(found))
        return page(
            visit,
            "oversight/unusual.html",
            oddities=sorted(found, key=lambda one: one.at, reverse=True),
            labels=unusual.LABELS,
            limits=unusual,
        )


@get("/oversight/leaks", name="oversight.leaks", sync_to_thread=True)
def leaks(desk: CurrentDesk, number: FromQuery[int] = 1) -> Response[str]:
    """Show the leak cases and the form that works out another."""
    with desk.reads() as visit:
        require_auditor(visit.actor)
        today = local_day(visit.now)
        return _leaks(visit, blank(since=today - MONTH, until=today), number=number)


@post("/oversight/leaks", name="oversight.leak_record", sync_to_thread=True)
def leak_record(desk: CurrentDesk) -> Answer:
    """Work out whom a leak concerns and keep it as a case."""
    with desk.writes() as visit:
        require_auditor(visit.actor)
        sub = read_form(LeakForm, visit.sent)
        if sub.form is None:
            return _leaks(visit, sub, status=422)
        try:
            case = service.record_leak(
                visit.db,
                visit.actor,
                sub.form.leak,
                is_malicious=sub.form.is_malicious,
                now=visit.now,
            )
        except Refused as refusal:
            return _leaks(visit, sub.refused(refusal), status=422)
        return saved(visit, "oversight.leak", N_("調査票を作成しました。"), case_id=case.id)


@get("/oversight/leaks/{case_id:uuid}", name="oversight.leak", sync_to_thread=True)
def leak(desk: CurrentDesk, case_id: FromPath[UUID]) -> Response[str]:
    """Show the worksheet of a case: persons, fields, since when, who."""
    with desk.reads() as visit:
        require_auditor(visit.actor)
        case = queries.leak_case(visit.db, case_id)
        found = leak_queries.worksheet_of(visit.db, service.leak_of(case))
        visit.seen("leak.viewed", ("leak", case_id), number=case.number)
        return page(
            visit,
            "oversight/leak.html",
            case=case,
            source=source_words(visit, case.source_kind, case.source),
            source_label=LEAK_SOURCE_LABELS[case.source_kind],
            worksheet=found,
            shown=found.exposures[:SHOWN],
            is_reported=service.is_reported(case),
            most=service.REPORTED_ABOVE,
        )


@get(
    "/oversight/leaks/{case_id:uuid}/worksheet.xlsx",
    name="oversight.leak_file",
    sync_to_thread=True,
)
def leak_file(desk: CurrentDesk, case_id: FromPath[UUID]) -> Response[bytes]:
    """Answer with the whole worksheet as a workbook; it holds reference numbers, no names."""
    with desk.reads() as visit:
        require_auditor(visit.actor)
        case = queries.leak_case(visit.db, case_id)
        found = leak_queries.worksheet_of(visit.db, service.leak_of(case))
        visit.seen("leak.downloaded", ("leak", case_id), number=case.number)
        source = source_words(visit, case.source_kind, case.source)
        content = worksheet_file(case, found, source, now=visit.now)
        name = quote(f"{case.number}.xlsx")
    disposition = f"attachment; filename=\"leak.xlsx\"; filename*=UTF-8''{name}"
    return Response(
        content,
        media_type=XLSX,
        headers={**HEADERS, "Content-Disposition": disposition},  # RFC 6266 §4.3, RFC 8187
    )


def sighting_words(sighting: Sighting) -> dict[str, Any]:
    """Return a sighting as the pages put it."""
    return {
        "at": sighting.at,
        "label": label_of(sighting.action),
        "who": sighting.actor_name or translate("（不明）"),
        "unit": sighting.unit_name,
        "address": sighting.address,
        "fields": field_words(sighting.fields),
    }


def source_words(visit: Visit, kind: LeakSource, source: str) -> str:
    """Return a source as people call it: an account by its sign-in name."""
    if kind is LeakSource.ACCOUNT:
        return queries.login_of(visit.db, visit.actor, UUID(source))
    return source


def _index(
    visit: Visit,
    sub: Submission[Any],
    *,
    namesakes: list[tuple[UUID, str]] | None = None,
    status: int = 200,
) -> Response[str]:
    return page(
        visit,
        "oversight/index.html",
        status=status,
        sub=sub,
        namesakes=namesakes or [],
        accounts=queries.busiest_accounts(visit.db, visit.now - unusual.WINDOW),
    )


def _leaks(
    visit: Visit, sub: Submission[Any], *, number: int = 1, status: int = 200
) -> Response[str]:
    kinds = [(kind.value, translate(label)) for kind, label in LEAK_SOURCE_LABELS.items()]
    return page(
        visit,
        "oversight/leaks.html",
        status=status,
        sub=sub,
        kinds=kinds,
        cases=queries.leak_cases(visit.db, number),
        source_labels=LEAK_SOURCE_LABELS,
    )


HANDLERS = [
    index,
    trace,
    person,
    account,
    outflow,
    unusual_page,
    leaks,
    leak_record,
    leak,
    leak_file,
    *check_pages.HANDLERS,
    *dossier_pages.HANDLERS,
]
