"""Two languages: Japanese sentences are the msgids, English is a complete catalog."""

import gettext
import io
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGS = Path(__file__).parent.parent / "locale"
LOCALES = ("ja", "en")
K = TypeVar("K")

_locale: ContextVar[str] = ContextVar("crm_locale", default="ja")


def N_(message: str) -> str:  # noqa: N802 - the name extraction tools look for
    """Mark `message` for the catalog; it is translated where it is shown."""
    return message


def use_locale(locale: str) -> None:
    """Show everything that follows in this context in `locale`."""
    _locale.set(locale if locale in LOCALES else "ja")


def current_locale() -> str:
    """Return the locale of this context."""
    return _locale.get()


def translate(message: str, **facts: object) -> str:
    """Return `message` in the current language, its places filled from `facts`."""
    text = _catalog(_locale.get()).gettext(message) if message else ""
    return text % facts if facts else text


def labels(words: Mapping[K, str]) -> list[tuple[K, str]]:
    """Return choices in the reader's language, in the order given."""
    return [(value, translate(word)) for value, word in words.items()]


def ntranslate(singular: str, plural: str, count: int) -> str:
    """Return the form for `count`; Japanese has one form, English two."""
    return _catalog(_locale.get()).ngettext(singular, plural, count)


def ptranslate(context: str, message: str) -> str:
    """Return `message` as meant in `context`, for short words with several meanings."""
    return _catalog(_locale.get()).pgettext(context, message)


@lru_cache
def _catalog(locale: str) -> gettext.NullTranslations:
    """Read a catalog from its .po, so that no compiled file can be out of date."""
    source = CATALOGS / locale / "LC_MESSAGES" / "messages.po"
    if locale == "ja" or not source.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
