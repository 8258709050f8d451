"""Forms: turn a submitted HTML form into a validated value, or into sentences beside the fields."""

import datetime as dt
import types
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Protocol, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from uuid_utils.compat import uuid7

from crm.kernel.clock import JST
from crm.kernel.errors import Conflict, Refused
from crm.kernel.i18n import N_, translate
from crm.kernel.text import as_typed
from crm.kernel.wareki import parse_date


class Form(BaseModel):
    """A form's fields. Blank controls count as absent; unknown controls are ignored.

    A field's `title` is its label; `json_schema_extra={"missing": "…"}` is the sentence shown
    when it is left empty.
    """

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore")


class OnceForm(Form):
    """A form that makes something; sent twice (a double click, a lost answer) it makes it once."""

    request_key: UUID = Field(default_factory=uuid7)


F = TypeVar("F", bound=Form)
YEARS = range(1900, 3000)
"""Years a day or time may be in: what lies outside is a slip, and breaks calendars."""


class AsTyped:
    """Marks a field whose text is taken exactly as it came."""


Secret = Annotated[str, StringConstraints(strip_whitespace=False), AsTyped]
"""A password: every blank and every character counts, so nothing of it is cut or dropped."""


class SentForm(Protocol):
    """What a browser sent: several values may have one name."""

    def __contains__(self, key: object, /) -> bool:
        """Whether anything was sent under `key`."""

    def getall(self, key: str, /) -> list[Any]:
        """Return every value sent under `key`."""


@dataclass(frozen=True, slots=True)
class Submission(Generic[F]):
    """What the user sent: the text to show again, and the form or its errors by field."""

    values: Mapping[str, Any] = field(default_factory=dict)
    form: F | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def request_key(self) -> object:
        """The hidden key of a `OnceForm`: made with the form, and kept while it is corrected."""
        return self.values.get("request_key") or uuid7()

    def beside(self, **stands: object) -> "Submission[F]":
        """Return the same submission, with what is on record where it says nothing of the kind.

        A page of several forms shows again what one of them sent, and in the others what stands.
        """
        if self.values.keys() & stands.keys():
            return self
        known = {name: value for name, value in stands.items() if value is not None}
        return Submission({**known, **self.values}, self.form, self.errors)

    def refused(self, error: Refused | Conflict) -> "Submission[F]":
        """Return the same submission with what the business said: at its field, or on top."""
        sentence = translate(error.message, **error.facts)
        field = error.field if isinstance(error, Refused) else ""
        return Submission(self.values, None, {**self.errors, field: sentence})


def blank(**values: object) -> Submission[Any]:
    """Return a form not yet sent, filled with what is known already."""
    return Submission({name: value for name, value in values.items() if value is not None})


def read_form(form_type: type[F], sent: SentForm) -> Submission[F]:
    """Read `sent` as `form_type`; errors are whole sentences in the current language."""
    values: dict[str, Any] = {}
    for name, info in form_type.model_fields.items():
        everything = sent.getall(name) if name in sent else []
        clean = _cleaner(info)
        given = [kept for value in everything if (kept := clean(value)) not in ("", None)]
        if given:
            values[name] = given if _takes_many(info.annotation) else given[-1]
    try:
        return Submission(values, form_type.model_validate(values))
    except ValidationError as wrong:
        return Submission(values, None, _sentences(form_type, wrong.errors()))


def _cleaner(info: FieldInfo) -> Callable[[object], object]:
    if AsTyped in info.metadata:
        return _as_it_came
    return _figures if _is_number(info.annotation) else _clean


def _figures(value: object) -> object:
    """Read figures as a Japanese keyboard gives them: １２ is 12."""
    clean = _clean(value)
    return unicodedata.normalize("NFKC", clean) if isinstance(clean, str) else clean


def _clean(value: object) -> object:
    """Drop what no keyboard types, and the blanks around the rest."""
    return as_typed(value).strip() if isinstance(value, str) else value


def _as_it_came(value: object) -> object:
    return value


def _is_number(annotation: Any) -> bool:  # noqa: ANN401 - any type annotation
    return annotation is int or int in get_args(annotation)


def _takes_many(annotation: Any) -> bool:  # noqa: ANN401 - any type annotation
    if get_origin(annotation) in (Union, types.UnionType):
        return any(_takes_many(arm) for arm in get_args(annotation))
    return (get_origin(annotation) or annotation) in (list, set, tuple, frozenset)


SENTENCES = {
    "missing": N_("「%(label)s」を入力してください。"),
    "string_too_long": N_("「%(label)s」は%(max_length)s字以内で入力してください。"),
    "string_too_short": N_("「%(label)s」を入力してください。"),
    "enum": N_("「%(label)s」を選んでください。"),
    "uuid_parsing": N_("「%(label)s」を選び直してください。"),
    "int_parsing": N_("「%(label)s」は数字で入力してください。"),
    "greater_than_equal": N_("「%(label)s」は%(ge)s以上の数字で入力してください。"),
    "less_than_equal": N_("「%(label)s」は%(le)s以下の数字で入力してください。"),
    "bad_date": N_("「%(label)s」は日付で入力してください。（例：2026-11-20、令和8年11月20日）"),
    "bad_hour": N_("「%(label)s」は時刻で入力してください。（例：13:30）"),
    "bad_time": N_("「%(label)s」は日時で入力してください。（例：2026-11-20T13:30）"),
}
UNKNOWN = N_("「%(label)s」を確かめてください。")


def _sentences(form_type: type[Form], errors: list[ErrorDetails]) -> dict[str, str]:
    found: dict[str, str] = {}
    for error in errors:
        name = str(error["loc"][0]) if error["loc"] else ""
        info = form_type.model_fields.get(name)
        found.setdefault(name, _sentence(info, error))
    return found


def _sentence(info: FieldInfo | None, error: ErrorDetails) -> str:
    extra = info.json_schema_extra if info else None
    if error["type"] == "missing" and isinstance(extra, dict) and "missing" in extra:
        return translate(str(extra["missing"]))
    label = translate(info.title) if info and info.title else ""
    facts = {**error.get("ctx", {}), "label": label}
    return translate(SENTENCES.get(error["type"], UNKNOWN), **facts)


def _read_day(value: object) -> object:
    if not isinstance(value, str):
        return value
    parsed = parse_date(value)
    if parsed.value is None or parsed.value.year not in YEARS:
        raise PydanticCustomError("bad_date", "not a date")
    return parsed.value


def _read_local_time(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("bad_time", "not a time") from None
    if moment.year not in YEARS:
        raise PydanticCustomError("bad_time", "not a time of anybody's life")
    return moment.replace(tzinfo=JST) if moment.tzinfo is None else moment


def _read_hour(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return dt.time.fromisoformat(value).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise PydanticCustomError("bad_hour", "not a time of day") from None


Day = Annotated[dt.date, BeforeValidator(_read_day)]
"""A day typed as a browser, an office or a fax writes it (ISO or 和暦)."""

LocalTime = Annotated[dt.datetime, BeforeValidator(_read_local_time)]
"""A time in Japan, as `<input type="datetime-local">` sends it; aware."""


Hour = Annotated[dt.time, BeforeValidator(_read_hour)]
"""A time of any day, as `<input type="time">` sends it."""


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n")


Lines = Annotated[str, AfterValidator(_unix_lines)]
"""Text of several lines; browsers send CRLF, records keep LF."""
