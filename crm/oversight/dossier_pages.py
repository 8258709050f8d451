"""A person's dossier for a disclosure request (保有個人情報開示請求): page and paper."""

import datetime as dt
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.access.policy import require_strong
from crm.exports.desk import attachment
from crm.exports.models import ExportKind
from crm.exports.service import ExportFacts, MadeFile, hand_out, register_export
from crm.formats.pdf import render_pdf
from crm.kernel.clock import local_day
from crm.kernel.i18n import N_, translate
from crm.kernel.wareki import wareki
from crm.oversight.dossier import Dossier, dossier_of
from crm.oversight.dossier_queries import everything_about
from crm.oversight.policy import require_discloser
from crm.web.pages import page
from crm.web.visit import Visit

FIELDS = [
    *("name", "posts", "telephones", "address", "care_note"),
    *("consents", "notes", "disclosures", "liaison"),
]
TIMEOUT_S = 30.0
TITLE = N_("保有個人情報の開示資料")


@get("/people/{person_id:uuid}/dossier", name="oversight.dossier", sync_to_thread=True)
def show(desk: CurrentDesk, person_id: FromPath[UUID]) -> Response[str]:
    """Show what is held about a person, who saw it and who received it."""
    with desk.reads() as visit:
        dossier = dossier_of(everything_about(visit.db, visit.actor, person_id))
        visit.seen("dossier.viewed", ("person", person_id), fields=FIELDS)
        return page(visit, "oversight/dossier.html", dossier=dossier)


@post("/people/{person_id:uuid}/dossier", name="oversight.dossier_paper", sync_to_thread=True)
def paper(desk: CurrentDesk, person_id: FromPath[UUID]) -> Response[bytes]:
    """Answer with the dossier on paper; its number and its issue are on record before it leaves."""
    with desk.reads() as visit:
        require_discloser(visit.actor)
        require_strong(visit.actor)
        dossier = dossier_of(everything_about(visit.db, visit.actor, person_id))
        visit.seen("dossier.issued", ("person", person_id), fields=FIELDS, format="pdf")
    with desk.writes() as visit:
        export = register_export(visit.db, visit.actor, _facts(dossier), now=visit.now)
        data = _paper(visit, dossier, export.number)
        visit.db.expunge(export)
    content = render_pdf("sections", data, timeout_s=TIMEOUT_S, created_at=visit.now)
    name = f"{TITLE}_{dossier.reference}.pdf"
    made = MadeFile(name, "application/pdf", content, [person_id], reference=dossier.reference)
    with desk.writes() as visit:
        hand_out(visit.db, visit.actor, export, made, now=visit.now)
    return attachment(made.name, made.media_type, made.content)


def _facts(dossier: Dossier) -> ExportFacts:
    return ExportFacts(
        kind=ExportKind.DOSSIER,
        title=TITLE,
        purpose="開示請求への対応",
        recipient="本人",
        format="pdf",
        people=1,
        fields=[section.title for section in dossier.sections],
    )


def _paper(visit: Visit, dossier: Dossier, number: str) -> dict[str, object]:
    actor = visit.actor
    day: dt.date = local_day(visit.now)
    return {
        "title": translate(TITLE),
        "as_of": translate(N_("%(day)s現在"), day=wareki(day)),
        "name": dossier.name,
        "reference": translate(
            N_("整理番号 %(number)s　書出番号 %(export)s"),
            number=dossier.reference,
            export=number,
        ),
        "unit": actor.unit_name,
        "issued_by": actor.name,
        "none": translate(N_("該当なし")),
        "sections": [
            {
                "title": section.title,
                "headings": list(section.headings),
                "rows": [list(row) for row in section.rows],
                "remark": section.remark,
            }
            for section in dossier.sections
        ],
    }


HANDLERS = [show, paper]
