"""The list of a round as an export: asked for with its reason, made under its number, on record."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict
from uuid import UUID

from crm.areas.drawings import drawing_of
from crm.contacts.models import Holder, HolderKeys
from crm.exports.models import (
    EXPORT_PURPOSE_LABELS,
    EXPORT_RECIPIENT_LABELS,
    Export,
    ExportKind,
    ExportPurpose,
    ExportRecipient,
)
from crm.exports.papers import paper_maker
from crm.exports.service import ExportFacts, Making, Taking, register_export
from crm.jobs.asking import PaperOrder
from crm.jobs.papers import Paper
from crm.kernel.actor import Actor
from crm.kernel.clock import tour_day
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki
from crm.today import queries
from crm.today.paper import FIELDS, TITLE, paper_of
from crm.today.paper_queries import where_of
from crm.today.route import map_of, stops_of

DAY = dt.timedelta(days=1)
PDF = "pdf"
CONDITIONS = "署外に置かず、用が済んだら裁断する"


def ask_for_paper(
    db: ScopedSession,
    actor: Actor,
    chosen: Collection[Holder],
    *,
    revisit_days: int,
    kept_hours: int,
    order: PaperOrder,
    now: dt.datetime,
) -> Export:
    """Ask for a sheet with `chosen`; the same `order` sent again is the same sheet."""
    day = tour_day(now)
    people = sorted(str(one.person_id) for one in chosen if one.person_id)
    bodies = sorted(str(one.organization_id) for one in chosen if one.organization_id)
    taking = Taking(
        EXPORT_RECIPIENT_LABELS[ExportRecipient.WITHIN],
        conditions=CONDITIONS,
        # a tour ends the next morning, and the sheet with it
        return_on=day + DAY,
        kept_hours=kept_hours,
        request_key=order.request_key,
        may_replace=order.may_replace,
    )
    facts = ExportFacts(
        kind=ExportKind.ROUND,
        title=f"{TITLE}　{wareki(day)}",
        purpose=EXPORT_PURPOSE_LABELS[ExportPurpose.VISIT],
        format=PDF,
        people=len(people),
        organizations=len(bodies),
        fields=FIELDS,
        args={"people": people, "organizations": bodies, "revisit_days": revisit_days},
        **asdict(taking),
    )
    return register_export(db, actor, facts, now=now)


@paper_maker(ExportKind.ROUND, beside={PDF})
def round_paper(db: ScopedSession, making: Making) -> Paper:
    """Return the sheet asked for; whoever needs no call any more is not on it."""
    args, actor = making.export.args, making.actor
    tour = queries.tour_of(db, actor, now=making.now, revisit_days=args["revisit_days"])
    drawing = drawing_of(db, tour.beat.known)
    stops = stops_of(tour, drawing.svg.label_points, _chosen(args))
    where = where_of(db, [stop.who.holder for stop in stops])
    route = map_of(tour, drawing.svg, stops)
    return Paper(
        f"{TITLE}_{making.export.number}.pdf",
        "round",
        paper_of(stops, where, route, making, day=tour.day),
        *HolderKeys.of(stop.who.holder for stop in stops),
    )


def _chosen(args: Mapping[str, list[str]]) -> set[Holder]:
    return {
        *(Holder(person_id=UUID(key)) for key in args["people"]),
        *(Holder(organization_id=UUID(key)) for key in args["organizations"]),
    }
