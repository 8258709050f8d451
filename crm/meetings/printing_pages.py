"""The papers of a meeting: choosing one, and having it made."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.exports.desk import take_out
from crm.exports.models import Export, ExportRecipient
from crm.formats.glyphs import Place, lacks
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import labels
from crm.meetings import printing, queries
from crm.meetings.forms import PaperForm
from crm.meetings.printing import (
    ADDRESSED,
    PAPER_LABELS,
    Paper,
    Wanted,
    empty_badges,
    on_paper,
    places_on,
)
from crm.meetings.sheets import LABEL_SIZE_LABELS, LabelSize
from crm.web.pages import page
from crm.web.visit import Visit


@get("/meetings/{meeting_id:uuid}/printing", name="meetings.printing", sync_to_thread=True)
def choose(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show which papers there are, for how many each, and whose address is not on file."""
    with desk.reads() as visit:
        return _paper_page(visit, meeting_id, blank(size=LabelSize.TWELVE))


@post("/meetings/{meeting_id:uuid}/printing", name="meetings.print", sync_to_thread=True)
def print_paper(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Register a paper as an export and lead to the page it is fetched from."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        sub = read_form(PaperForm, visit.sent)
        queries.meeting_of(visit.db, meeting_id)
        if sub.form is None:
            return _paper_page(visit, meeting_id, sub, status=422)
    try:
        return take_out(desk, partial(_ask, sub.form, meeting_id, desk.settings.export_hours))
    except Refused as refusal:
        with desk.reads() as visit:
            return _paper_page(visit, meeting_id, sub.refused(refusal), status=422)


def _ask(form: PaperForm, meeting_id: UUID, kept_hours: int, visit: Visit) -> Export:
    wanted = form.wanted()
    taking = form.taking(ExportRecipient.WITHIN, kept_hours, "", (meeting_id, *wanted))
    return printing.ask_for_paper(visit.db, visit.actor, meeting_id, wanted, taking, now=visit.now)


class _Offered(NamedTuple):
    """A paper as the page offers it: for `number`, or for as many `more` where chosen."""

    paper: Paper
    label: str
    number: int
    more: int
    is_addressed: bool
    must_replace: bool


def _offered(paper: Paper, number: int, more: int, places: Sequence[Place]) -> _Offered:
    must_replace = lacks(places).must_be_replaced
    return _Offered(paper, PAPER_LABELS[paper], number, more, paper in ADDRESSED, must_replace)


def _paper_page(
    visit: Visit, meeting_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    whole, everybody = printing.addressees(visit.db, meeting_id, local_day(visit.now))
    unaddressed = [one.party for one in everybody if one.takes_post and not one.address]
    shown = {paper: on_paper(Wanted(paper, by_any_way=True), everybody) for paper in Paper}
    empty = empty_badges(whole.parties, shown[Paper.BADGES])
    numbers = {paper: len(on_paper(Wanted(paper), everybody)) for paper in Paper}
    more = {paper: len(shown[paper]) - numbers[paper] for paper in Paper}
    numbers[Paper.BADGES] += empty
    places = {paper: places_on(paper, whole, people) for paper, people in shown.items()}
    lacking = lacks(dict.fromkeys(place for each in places.values() for place in each))
    subjects = [*(party.holder.subject for party in unaddressed), *lacking.subjects]
    named = [subject for subject in dict.fromkeys(subjects) if subject[0] != "meeting"]
    visit.seen("meeting.viewed", ("meeting", meeting_id), named=named, fields=["name"])
    return page(
        visit,
        "meetings/printing.html",
        status=status,
        sub=sub,
        meeting=whole.meeting,
        lacking=lacking,
        papers=[_offered(each, numbers[each], more[each], places[each]) for each in Paper],
        sizes=labels(LABEL_SIZE_LABELS),
        unnamed=sum(not one.is_known for one in everybody),
        empty_badges=empty,
        withheld=sum(not one.takes_post for one in everybody),
        unaddressed=[party.name for party in unaddressed],
    )


HANDLERS = [choose, print_paper]
