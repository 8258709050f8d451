"""A person's dossier for a disclosure request (保有個人情報開示請求): page and paper."""

from functools import partial
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk, Desk
from crm.access.policy import require_strong
from crm.exports.desk import attachment
from crm.exports.models import ExportKind
from crm.exports.service import ExportFacts, MadeFile, hand_out, register_export
from crm.formats.imprint import Imprint
from crm.jobs.desk import or_replaced
from crm.jobs.papers import MAY_REPLACE, MEDIA_TYPE, TIMEOUT_S
from crm.oversight.dossier import Dossier, dossier_of
from crm.oversight.dossier_paper import TITLE, paper_of
from crm.oversight.dossier_queries import everything_about
from crm.oversight.policy import require_discloser
from crm.web.pages import page

FIELDS = [
    *("name", "posts", "telephones", "address", "care_note"),
    *("consents", "notes", "disclosures", "liaison"),
]
PURPOSE, RECIPIENT = "開示請求への対応", "本人"


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
    return or_replaced(desk, partial(_issued, desk, person_id))


def _issued(desk: Desk, person_id: UUID) -> Response[bytes]:
    with desk.writes() as visit:
        require_discloser(visit.actor)
        require_strong(visit.actor)
        dossier = dossier_of(everything_about(visit.db, visit.actor, person_id))
        visit.seen("dossier.issued", ("person", person_id), fields=FIELDS, format="pdf")
        facts = _facts(dossier, may_replace=MAY_REPLACE in visit.sent)
        export = register_export(visit.db, visit.actor, facts, now=visit.now)
        imprint = Imprint(visit.now, visit.actor.office, PURPOSE, export.number, RECIPIENT)
        paper = paper_of(dossier, visit.actor, imprint)
        paper.look_through(export.args)
        visit.db.expunge(export)
    content = paper.typeset(export.args, timeout_s=TIMEOUT_S, now=visit.now)
    made = MadeFile(paper.name, MEDIA_TYPE, content, [person_id], reference=dossier.reference)
    with desk.writes() as visit:
        hand_out(visit.db, visit.actor, export, made, now=visit.now)
    return attachment(made.name, made.media_type, made.content)


def _facts(dossier: Dossier, *, may_replace: bool) -> ExportFacts:
    return ExportFacts(
        kind=ExportKind.DOSSIER,
        title=TITLE,
        purpose=PURPOSE,
        recipient=RECIPIENT,
        format="pdf",
        people=1,
        may_replace=may_replace,
        fields=[section.title for section in dossier.sections],
    )


HANDLERS = [show, paper]
