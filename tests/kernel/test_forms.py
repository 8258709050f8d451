import datetime as dt
from enum import StrEnum

import pytest
from litestar.datastructures import FormMultiDict
from pydantic import Field

from crm.kernel.errors import Refused
from crm.kernel.forms import Day, Form, LocalTime, Secret, read_form


class Color(StrEnum):
    RED = "red"


class Sample(Form):
    name: str = Field(title="氏名", max_length=5)
    age: int | None = Field(default=None, title="年齢", ge=1, le=120)
    tags: list[int] = Field(default_factory=list, title="札")
    color: Color = Field(default=Color.RED, title="色")
    on: Day | None = Field(default=None, title="日付")
    at: LocalTime | None = Field(default=None, title="日時")


def sent(**values: object) -> FormMultiDict:
    pairs = [
        (name, item)
        for name, value in values.items()
        for item in (value if isinstance(value, list) else [value])
    ]
    return FormMultiDict(pairs)


def test_one_checked_box_is_a_list_of_one() -> None:
    assert read_form(Sample, sent(name="山田", tags="7")).form == Sample(name="山田", tags=[7])


def test_figures_are_read_as_a_japanese_keyboard_gives_them() -> None:
    found = read_form(Sample, sent(name="１２", age="１２", tags=["３"]))
    assert found.form == Sample(name="１２", age=12, tags=[3])


def test_a_blank_control_counts_as_absent() -> None:
    assert read_form(Sample, sent(name="山田", age="", color="")).form == Sample(name="山田")


def test_what_no_keyboard_types_is_dropped() -> None:
    found = read_form(Sample, sent(name="山\x00田\ud800\r\n太"))
    assert found.form == Sample(name="山田\n太")


@pytest.mark.parametrize(
    "turning", [*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2067\u2068\u2069"]
)
def test_marks_that_turn_the_reading_are_dropped(turning: str) -> None:
    found = read_form(Sample, sent(name=f"{turning}山{turning}田"))
    assert found.form == Sample(name="山田")
    assert found.values == {"name": "山田"}


def test_a_name_of_such_marks_alone_is_none() -> None:
    found = read_form(Sample, sent(name="\u202e\u2066"))
    assert found.errors == {"name": "「氏名」を入力してください。"}


def test_unknown_controls_are_ignored() -> None:
    found = read_form(Sample, sent(name="山田", station_id="x"))
    assert found.form == Sample(name="山田")
    assert found.values == {"name": "山田"}


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, {"name": "「氏名」を入力してください。"}),
        ({"name": "　"}, {"name": "「氏名」を入力してください。"}),
        ({"name": "六文字の名前"}, {"name": "「氏名」は5字以内で入力してください。"}),
        ({"name": "山田", "age": "八"}, {"age": "「年齢」は数字で入力してください。"}),
        ({"name": "山田", "age": "0"}, {"age": "「年齢」は1以上の数字で入力してください。"}),
        ({"name": "山田", "age": "１２１"}, {"age": "「年齢」は120以下の数字で入力してください。"}),
        ({"name": "山田", "color": "blue"}, {"color": "「色」を選んでください。"}),
        (
            {"name": "山田", "on": "令和6年2月30日"},
            {"on": "「日付」は日付で入力してください。（例：2026-11-20、令和8年11月20日）"},
        ),
        (
            {"name": "山田", "at": "昼過ぎ"},
            {"at": "「日時」は日時で入力してください。（例：2026-11-20T13:30）"},
        ),
    ],
)
def test_errors_are_sentences_at_their_fields(
    values: dict[str, str], errors: dict[str, str]
) -> None:
    found = read_form(Sample, sent(**values))
    assert found.errors == errors
    assert found.form is None


def test_what_was_typed_is_kept_beside_the_error() -> None:
    found = read_form(Sample, sent(name="六文字の名前", tags=["1", "x"]))
    assert found.values == {"name": "六文字の名前", "tags": ["1", "x"]}


@pytest.mark.parametrize("typed", ["2026-11-20", "令和8年11月20日", "R8.11.20", "Ｒ８．１１．２０"])
def test_a_day_is_read_in_the_forms_people_write(typed: str) -> None:
    found = read_form(Sample, sent(name="山田", on=typed))
    assert found.form == Sample(name="山田", on=dt.date(2026, 11, 20))


def test_a_local_time_is_japans() -> None:
    found = read_form(Sample, sent(name="山田", at="2026-11-20T13:30"))
    assert found.form is not None
    assert found.form.at == dt.datetime(2026, 11, 20, 4, 30, tzinfo=dt.UTC)


def test_what_the_business_refuses_stands_at_its_field() -> None:
    found = read_form(Sample, sent(name="山田")).refused(
        Refused("「%(name)s」は登録済みです。", field="name", name="山田")
    )
    assert (found.form, found.errors) == (None, {"name": "「山田」は登録済みです。"})


class Secretive(Form):
    password: Secret = Field(title="パスワード", max_length=20)


@pytest.mark.parametrize("typed", [" ab ", "　a", "a\x07b", "a\u202eb", "a\r\nb", " "])
def test_a_password_is_taken_exactly_as_typed(typed: str) -> None:
    assert read_form(Secretive, sent(password=typed)).form == Secretive(password=typed)
    assert Secretive(password=typed).password == typed


@pytest.mark.parametrize("typed", ["", "a" * 21, "\ud800"])
def test_a_password_nobody_can_have_is_refused(typed: str) -> None:
    assert list(read_form(Secretive, sent(password=typed)).errors) == ["password"]
