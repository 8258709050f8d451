"""Errors as pages and fragments: what happened, and what to do now."""

import logging
from dataclasses import dataclass
from urllib.parse import urlencode

from jinja2_fragments import render_block
from litestar import Request, Response
from litestar.datastructures import URL
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from crm.kernel.errors import DomainError, StrongSignInNeeded
from crm.kernel.i18n import N_, translate, use_locale
from crm.kernel.settings import Settings
from crm.web.pages import HEADERS, environment, wants_fragment

log = logging.getLogger("crm")

FAULT = 500
HTTP_LOCKED = 423


class SignInNeeded(Exception):
    """Nobody is signed in, or the sign-in ended."""


LOCK, SECOND_FACTOR, FACTORS, OWN_PASSWORD, CONFIRMATION = (
    "/lock",
    "/sign-in/second-factor",
    "/account/factors",
    "/account/password",
    "/account/confirmation",
)
"""Where whoever is signed in goes first when something stands between them and the pages."""


class GoFirst(Exception):
    """Something has to be done at `path` before any other page answers."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True, slots=True)
class ErrorText:
    """A calm title, and what to do."""

    title: str
    what_to_do: str


TEXTS = {
    403: ErrorText(
        N_("この操作はできません"), N_("必要な場合は、所属の課長または管理者に相談してください。")
    ),
    404: ErrorText(
        N_("ページまたは記録が見つかりません"),
        N_("アドレスを確かめるか、検索から探してください。"),
    ),
    409: ErrorText(
        N_("他の職員が先に更新しました"), N_("前の画面に戻り、最新の内容を確かめてください。")
    ),
    413: ErrorText(
        N_("送られたものが大きすぎます"),
        N_("前の画面に戻り、ファイルを10メガバイト以下に小さくするか、文章を分けてください。"),
    ),
    422: ErrorText(N_("入力を確かめてください"), N_("前の画面に戻って直してください。")),
    429: ErrorText(N_("しばらくお待ちください"), N_("時間をおいて、もう一度操作してください。")),
    500: ErrorText(
        N_("処理できませんでした"),
        N_("入力した内容は送信前の画面に残っています。戻ってもう一度お試しください。"),
    ),
}


def answer_domain_error(request: Request, error: DomainError) -> Response[str]:  # type: ignore[type-arg]  # as wants_fragment
    """Show a refusal in its own words."""
    return _error_page(request, error.status, error)


def answer_http_error(request: Request, error: HTTPException) -> Response[str]:  # type: ignore[type-arg]  # as above
    """Show an error of the protocol: an unknown address, a wrong method, a body too large."""
    if error.status_code >= FAULT:
        return answer_fault(request, error)
    return _error_page(request, error.status_code)


def answer_fault(request: Request, error: Exception) -> Response[str]:  # type: ignore[type-arg]  # as above
    """Show a fault of ours without its cause, which goes to the log."""
    log.error("unhandled fault on %s", request.method, exc_info=error)
    return _error_page(request, FAULT)


def ask_to_sign_in(request: Request, error: SignInNeeded) -> Response[None]:  # type: ignore[type-arg]  # as above
    """Send the browser to the sign-in page."""
    del error
    if wants_fragment(request):
        return Response(None, status_code=200, headers={"HX-Redirect": "/sign-in", **HEADERS})
    return Redirect("/sign-in", status_code=303, headers=HEADERS)


def send_first(request: Request, error: GoFirst) -> Response[None]:  # type: ignore[type-arg]  # as above
    """Send the browser where something has to be done first, and tell that page the way back."""
    path = f"{error.path}?{urlencode({'next': _asked_for(request)})}"
    if wants_fragment(request):
        # htmx follows the header whatever the status; other programs learn that it is locked
        status = HTTP_LOCKED if error.path == LOCK else 200
        return Response(None, status_code=status, headers={"HX-Redirect": path, **HEADERS})
    return Redirect(path, status_code=303, headers=HEADERS)


def ask_for_strength(request: Request, error: StrongSignInNeeded) -> Response[None]:  # type: ignore[type-arg]  # as above
    """Lead to the second factor, or to where an account gets its first."""
    return send_first(request, GoFirst(SECOND_FACTOR if error.is_enrolled else FACTORS))


def own_path(text: str) -> str:
    """Return `text` if it is an address of the product itself, else its first page."""
    harmless = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if harmless else "/"


def _asked_for(request: Request) -> str:  # type: ignore[type-arg]  # as above
    """Return the page to come back to: the one asked for, or the one a form was sent from."""
    if request.method == "GET" and not wants_fragment(request):
        return _path_of(request.url)
    return sent_from(request)


def sent_from(request: Request) -> str:  # type: ignore[type-arg]  # as above
    """Return the page of ours a form or a fragment was asked from, as far as the browser tells."""
    return _path_of(URL(request.headers.get("referer", "/")))


def _path_of(address: URL) -> str:
    return own_path(address.path + (f"?{address.query}" if address.query else ""))


def _error_page(
    request: Request,  # type: ignore[type-arg]  # as above
    status: int,
    error: DomainError | None = None,
) -> Response[str]:
    use_locale(next(iter(answered_in(request)), "") or preferred_locale(request))
    text = TEXTS.get(status, TEXTS[404] if status < FAULT else TEXTS[FAULT])
    context = {
        "status": status,
        "title": translate(text.title),
        "sentence": translate(error.message, **error.facts) if error else "",
        "what_to_do": translate(text.what_to_do),
    }
    if wants_fragment(request):
        body = render_block(environment(), "errors/error.html", "error", **context)
    else:
        body = environment().get_template("errors/error.html").render(context)
    return Response(body, status_code=status, media_type="text/html", headers=HEADERS)


def answered_in(request: Request) -> list[str]:  # type: ignore[type-arg]  # as above
    """Return the place where the desk leaves the language of whoever signed in."""
    kept: list[str] = request.scope.setdefault("crm_answered_in", [])  # type: ignore[typeddict-item]  # an ASGI scope may carry more
    return kept


def preferred_locale(request: Request) -> str:  # type: ignore[type-arg]  # as above
    """Return the language to use before anybody has signed in."""
    if chosen := request.cookies.get(locale_cookie_name(request.app.state.settings)):
        return chosen
    wanted = request.headers.get("accept-language", "ja").lower()
    english, japanese = wanted.find("en"), wanted.find("ja")
    return "en" if english >= 0 and (japanese < 0 or english < japanese) else "ja"


def locale_cookie_name(settings: Settings) -> str:
    """Return what the cookie of the language is called; over https no other host can set it."""
    return "__Host-lang" if settings.is_https else "lang"
