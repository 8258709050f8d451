"""The search: sent by POST, shown again under a random id."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk, Desk
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.text import search_key
from crm.search import queries, service
from crm.search.forms import SearchForm
from crm.search.models import StoredSearch
from crm.search.terms import read_term
from crm.web.pages import environment, goto, page
from crm.web.visit import Visit


@get("/search", name="search.form", sync_to_thread=True)
def form(desk: CurrentDesk) -> Response[str]:
    """Show the search box, for a phone, where the header has none."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        return _unanswered(visit, blank())


@post("/search", name="search.create", sync_to_thread=True)
def create(desk: CurrentDesk) -> Response[Any]:
    """Search: send a plain browser to the results, give htmx the results themselves."""
    with desk.writes() as visit:
        require_reader(visit.actor)
        sub = read_form(SearchForm, visit.sent)
        if sub.form is None:
            return _unanswered(visit, sub, status=422)
        try:
            search = service.make_search(visit.db, visit.actor, sub.form.q, now=visit.now)
        except Refused as refusal:
            return _unanswered(visit, sub.refused(refusal), status=422)
        if not visit.request.wants_fragment:
            return goto(visit, "search.show", search_id=search.id)
        answer = _results(desk, visit, search)
        path = environment().globals["url"]("search.show", search_id=search.id)  # type: ignore[operator]  # jinja types globals loosely
        answer.headers["HX-Push-Url"] = path
        return answer


@get("/search/{search_id:str}", name="search.show", sync_to_thread=True)
def show(desk: CurrentDesk, search_id: FromPath[str]) -> Response[str]:
    """Show the results of a search this sign-in made."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        return _results(desk, visit, queries.stored_search(visit.db, search_id))


def _unanswered(visit: Visit, sub: Submission[SearchForm], *, status: int = 200) -> Response[str]:
    return page(
        visit,
        "search/show.html",
        block="search",
        status=status,
        sub=sub,
        people=None,
        organizations=None,
        shown=queries.SHOWN,
    )


def _results(desk: Desk, visit: Visit, search: StoredSearch) -> Response[str]:
    """Render what is found now; the record says who was shown and how much was typed, not what."""
    day = local_day(visit.now)
    words = read_term(search.term, area_code=desk.settings.area_code)
    people = queries.people_found(visit.db, words, day)
    organizations = queries.organizations_found(visit.db, words, day)
    visit.seen(
        "search.made",
        named=[
            *(("person", line.id) for line in people.lines),
            *(subject for line in organizations.lines for subject in line.subjects),
        ],
        length=len(search_key(search.term)),
        count=len(people.lines) + len(organizations.lines),
    )
    return page(
        visit,
        "search/show.html",
        block="search",
        sub=blank(q=search.term),
        people=people,
        organizations=organizations,
        shown=queries.SHOWN,
    )


HANDLERS = [form, create, show]
