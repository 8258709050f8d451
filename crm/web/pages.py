"""Answers: a whole page or one of its blocks, and the way on after something was saved."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from jinja2 import Environment
from jinja2_fragments import render_block
from litestar import Request, Response
from litestar.response import Redirect

from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Form, Submission, read_form
from crm.web.navigation import navigation
from crm.web.visit import Visit

F = TypeVar("F", bound=Form)
HEADERS = {"Vary": "HX-Request, HX-Request-Type", "Cache-Control": "no-store"}

_environment: list[Environment] = []


def use_environment(env: Environment) -> None:
    """Render every page from `env`; told once by the composition."""
    _environment[:] = [env]


def environment() -> Environment:
    """Return the environment pages are rendered from."""
    return _environment[0]


def wants_fragment(request: Request) -> bool:  # type: ignore[type-arg]  # user, auth and state are not used
    """Whether htmx asks for a part of a page; the only place that decides it."""
    headers = request.headers
    return (
        headers.get("hx-request") == "true"
        and headers.get("hx-request-type") != "full"
        and "hx-boosted" not in headers
        and "hx-history-restore-request" not in headers
    )


def page(
    visit: Visit, template: str, *, block: str = "", status: int = 200, **context: object
) -> Response[str]:
    """Render `template`; to htmx only `block`, the fragment of the element with that id."""
    context = {"visit": visit, "nav": navigation(visit), **context}
    env = environment()
    if block and visit.request.wants_fragment:
        text = render_block(env, template, block, **context)
    else:
        text = env.get_template(template).render(context)
    return Response(text, status_code=status, media_type="text/html", headers=HEADERS)


def submitted(
    visit: Visit,
    form: type[F],
    shown: Callable[[Submission[F], int], Response[str]],
    act: Callable[[F], Response[Any]],
) -> Response[Any]:
    """Read the form that was sent and return the answer of `act`.

    What cannot be read, or what the business refuses, is `shown` again: the submission with its
    sentences, and the status. Nothing is written then.
    """
    sub = read_form(form, visit.sent)
    if sub.form is None:
        return shown(sub, Refused.status)
    try:
        return act(sub.form)
    except (Refused, Conflict) as said:
        return shown(sub.refused(said), said.status)


def anew(sub: Submission[Any], status: int, revision: int) -> dict[str, Any]:
    """Return what a form that says a row anew hides, and whether what stands is shown beside it.

    It is sent knowing the revision it was made with; after a conflict, the row's newest.
    """
    is_stale = status == Conflict.status
    known = revision if is_stale else sub.values.get("revision", revision)
    return {"is_stale": is_stale, "revision": known}


def saved(visit: Visit, route: str, notice: str = "", **parameters: UUID | str) -> Response[None]:
    """Send the browser on to `route` after a change, with a sentence shown once on arrival."""
    visit.notice_to_leave = notice
    return goto(visit, route, **parameters)


def goto(
    visit: Visit, route: str, *, at: UUID | str = "", **parameters: UUID | str
) -> Response[None]:
    """Send the browser to `route`; htmx by its own header, so that it loads the whole page.

    `at` is the part of the page to go on from, where somebody goes through its rows.
    """
    path: str = environment().globals["url"](route, **parameters)  # type: ignore[operator]  # jinja types globals loosely
    path += f"#{at}" if at else ""
    if visit.request.wants_fragment:
        return Response(None, status_code=200, headers={"HX-Redirect": path, **HEADERS})
    return Redirect(path, status_code=303, headers=HEADERS)
