"""The macros pages are built from: what was typed comes back, what was refused is found."""

import re
from typing import Any

import pytest

from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import use_locale
from crm.kernel.paging import Page
from crm.web.templates import make_environment

EMPTY: Submission[Any] = blank()


@pytest.fixture(scope="module")
def ui() -> Any:
    return make_environment(lambda route, **_: f"/{route}").globals["ui"]


def test_sentence_with_quotes_stays_inside_its_attribute() -> None:
    env = make_environment(lambda route, **_: f"/{route}")
    attribute = "{{ _('列「%(label)s」の意味', label='a\"b') }}"
    block = "{% trans label='x' %}列「{{ label }}」の意味{% endtrans %}"
    use_locale("en")

    shown = env.from_string(f'<i title="{attribute}">{block}</i>').render()

    assert shown == (
        '<i title="Meaning of the column &#34;a&#34;b&#34;">Meaning of the column &#34;x&#34;</i>'
    )


def tags(markup: str, name: str) -> list[str]:
    """Return the opening tags called `name`, their white space evened out."""
    return [" ".join(tag.split()) for tag in re.findall(rf"<{name}\b[^>]*>", markup)]


def test_text_field_refused_shows_what_was_typed_and_names_its_error(ui: Any) -> None:
    sub: Submission[Any] = Submission({"purpose": 'a"<b'}, None, {"purpose": "直してください。"})

    field = ui.text_field(sub, "purpose", "作成目的", required=True, hint="印字します。")

    assert " ".join(tags(field, "input")) == (
        '<input class="control control--full" type="text" id="f-purpose" name="purpose" '
        'aria-describedby="f-purpose-hint f-purpose-error" aria-invalid="true" '
        'aria-required="true" value="a&#34;&lt;b" autocomplete="off">'
    )
    assert tags(field, "label") == ['<label class="field__label" for="f-purpose">']
    assert tags(field, "p") == [
        '<p class="hint" id="f-purpose-hint">',
        '<p class="field__error" id="f-purpose-error">',
    ]


def test_text_field_not_sent_shows_the_value_known_before(ui: Any) -> None:
    field = ui.text_field(EMPTY, "by", "聞いた職員", value="佐藤 彩")

    assert re.findall(r'value="([^"]*)"', field) == ["佐藤 彩"]


def test_password_is_never_sent_back(ui: Any) -> None:
    field = ui.text_field(blank(password="secret"), "password", "パスワード", type="password")

    assert "secret" not in field


def test_textarea_keeps_its_lines(ui: Any) -> None:
    field = ui.textarea_field(blank(heard="\n一行目\n二行目"), "heard", "聞いたこと")

    # HTML drops the first line break after the tag: ours, not the writer's
    assert re.findall(r"<textarea[^>]*>(.*)</textarea>", field, re.DOTALL) == ["\n\n一行目\n二行目"]


def test_radio_chips_mark_the_choice_and_let_the_summary_reach_the_first(ui: Any) -> None:
    chips = ui.radio_chips(
        blank(outcome="absent"), "outcome", "相手", [("met", "面談"), ("absent", "不在")]
    )

    assert tags(chips, "input") == [
        '<input type="radio" id="f-outcome" name="outcome" value="met">',
        '<input type="radio" id="f-outcome-2" name="outcome" value="absent" checked>',
    ]


def test_checks_are_unticked_until_sent(ui: Any) -> None:
    options = [("station", "署内各課での共有", None), ("hq", "本部への氏名の提供", None)]

    untouched = ui.checks(EMPTY, "consents", "同意の範囲", options)
    sent = ui.checks(blank(consents=["hq"]), "consents", "同意の範囲", options)

    assert untouched.count(" checked") == 0
    assert tags(sent, "input")[1].endswith('value="hq" checked>')


def test_select_marks_a_choice_with_signs_in_it(ui: Any) -> None:
    field = ui.select_field(
        blank(unit="a&b"), "unit", "所属", [("x", "X"), ("a&b", "A")], blank="全て"
    )

    assert tags(field, "option") == [
        '<option value="">',
        '<option value="x">',
        '<option value="a&amp;b" selected>',
    ]


def test_error_summary_links_to_fields_and_states_errors_of_the_whole_form(ui: Any) -> None:
    sub: Submission[Any] = Submission({}, None, {"on": "日付です。", "": "登録できません。"})

    summary = ui.error_summary(sub)

    assert re.findall(r"<li>(.*?)</li>", summary) == [
        '<a href="#f-on">日付です。</a>',
        "登録できません。",
    ]


def test_error_summary_is_absent_where_nothing_was_refused(ui: Any) -> None:
    assert ui.error_summary(EMPTY).strip() == ""


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, ["1", "2", "3", "…", "9", "次へ"]),
        (4, ["前へ", "1", "2", "3", "4", "5", "6", "…", "9", "次へ"]),
        (9, ["前へ", "1", "…", "7", "8", "9"]),
    ],
)
def test_pagination_shows_ends_and_neighbors(ui: Any, number: int, shown: list[str]) -> None:
    links = ui.pagination(Page([], total=431, number=number), "/people?page=")

    assert re.findall(r"<(?:a|span)[^>]*>([^<]+)</(?:a|span)>", links) == shown


def test_pagination_of_one_page_only_counts(ui: Any) -> None:
    links = ui.pagination(Page([], total=3), "/people?page=")

    assert links.striptags().strip() == "全3件のうち1～3件"


def test_kana_tabs_do_not_link_rows_without_anyone(ui: Any) -> None:
    rows = ui.kana_tabs("/people?kana=", "か", "あか")

    assert re.findall(r'<a href="/people\?kana=([^"]*)"( aria-current="page")?>', rows) == [
        ("", ""),
        ("%E3%81%82", ""),
        ("%E3%81%8B", ' aria-current="page"'),
    ]


def test_told_and_heard_stand_apart(ui: Any) -> None:
    words = ui.words(heard="街灯が消えている。", told="見回りを増やす。")

    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", words) == [
        ("聞いたこと", "街灯が消えている。"),
        ("伝えたこと", "見回りを増やす。"),
    ]


def test_icon_alone_is_named_and_beside_words_is_silent(ui: Any) -> None:
    assert 'role="img" aria-label="検索する"' in ui.icon("search", label="検索する")
    assert 'aria-hidden="true"' in ui.icon("search")
