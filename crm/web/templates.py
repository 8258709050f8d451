"""The template environment: strict, escaped, in two languages, with hashed static addresses."""

import datetime as dt
import hashlib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crm.kernel.clock import JST
from crm.kernel.i18n import current_locale, ntranslate, ptranslate, translate
from crm.kernel.phone import national
from crm.kernel.quarters import Quarter
from crm.kernel.wareki import fiscal_year_label, near_day, wareki

PACKAGE = Path(__file__).parent.parent
STATIC = PACKAGE / "web" / "static"
URLS_KEPT = 20_000


def templates_folder() -> Path:
    """Return where the templates are: inside the installed package, or beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


@cache
def static_version() -> str:
    """Return a short fingerprint of every static file; it stands in their addresses."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def asset(path: str) -> str:
    """Return the address of a static file, which changes whenever its content does."""
    return f"/static/{static_version()}/{path}"


def make_environment(url: Callable[..., str]) -> Environment:
    """Return the environment; `url(route name, **parameters)` gives a path."""
    env = Environment(
        loader=FileSystemLoader(templates_folder()),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a page of fifty rows would ask the disk a hundred times
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by jinja2.ext.i18n
        _for_markup(translate_plain),
        _for_markup(ntranslate),
        newstyle=True,
        pgettext=_for_markup(ptranslate),
    )
    env.globals.update(asset=asset, url=lru_cache(URLS_KEPT)(url), locale=current_locale)
    env.filters.update(FILTERS)
    env.globals["ui"] = env.get_template("ui/all.html").module
    return env


def _for_markup(say: Callable[..., str]) -> Callable[..., str]:
    """Let a sentence stand in an attribute as well: Jinja takes it for markup, quotes and all."""

    def quoted(*words: Any) -> str:  # noqa: ANN401 - what the function for sentences takes
        return say(*words).replace('"', "&#34;")

    return quoted


def translate_plain(message: str) -> str:
    """Translate a template's sentence; Jinja fills its places itself."""
    return translate(message)


def show_day(day: dt.date | None) -> str:
    """Show a day the way official paper does, 「令和8年11月20日」; in English, 20 Nov 2026."""
    if day is None:
        return ""
    return f"{day.day} {day:%b} {day.year}" if current_locale() == "en" else wareki(day)


def show_weekday(day: dt.date) -> str:
    """Show a day with its weekday."""
    if current_locale() == "en":
        return f"{day:%a}, {show_day(day)}"
    return wareki(day, weekday=True)


def show_moment(moment: dt.datetime | None) -> str:
    """Show a moment in Japan's time, to the minute."""
    if moment is None:
        return ""
    local = moment.astimezone(JST)
    return f"{show_day(local.date())} {local:%H:%M}"


def show_time(moment: dt.datetime) -> str:
    """Show the time of day in Japan, 19:00."""
    return f"{moment.astimezone(JST):%H:%M}"


def show_month(first: dt.date) -> str:
    """Show a month, by its first day: 「令和8年11月」."""
    return f"{first:%B %Y}" if current_locale() == "en" else wareki(first).removesuffix("1日")


def show_short(moment: dt.datetime | dt.date) -> str:
    """Show month and day, 11/20."""
    day = moment.astimezone(JST).date() if isinstance(moment, dt.datetime) else moment
    return f"{day.month}/{day.day}"


def show_near(day: dt.date, today: dt.date) -> str:
    """Show month and day, 11/20, with its year where that is neither this nor a neighboring one."""
    if current_locale() == "en" and abs(day.year - today.year) > 1:
        return show_day(day)
    return near_day(day, today)


def show_fiscal_year(year: int) -> str:
    """Show a fiscal year by the calendar year it begins in: 「令和8年度」, FY 2026."""
    return f"FY {year}" if current_locale() == "en" else fiscal_year_label(year)


def show_quarter(quarter: Quarter) -> str:
    """Show a quarter of a fiscal year: 「令和8年度第3四半期」, FY 2026 Q3."""
    if current_locale() == "en":
        return f"{show_fiscal_year(quarter.year)} Q{quarter.number}"
    return quarter.label


FILTERS: dict[str, Callable[..., Any]] = {
    "wareki": show_day,
    "wareki_weekday": show_weekday,
    "jst": show_moment,
    "hm": show_time,
    "md": show_short,
    "md_near": show_near,
    "month": show_month,
    "national": national,
    "t": translate_plain,
}
