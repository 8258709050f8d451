import io
import re
from collections.abc import Mapping, Sequence

import pypdf
import pytest

from crm.formats.errors import UnprintableDocument
from crm.formats.pdf import render_pdf

FOOT_POINTS = 20 / 25.4 * 72  # the foot of the page, where no row may reach
ALL_COLUMNS = {
    "no": "番号",
    "kind": "区分",
    "name": "氏名・団体名",
    "post": "役職・窓口担当者",
    "area": "担当区域",
    "phone": "電話番号",
    "posts": "兼任",
    "koban": "担当交番・駐在所",
    "asked_on": "依頼年月日",
    "note": "備考",
}
RARE = "髙﨑𠮷濵邉邊齋齊嵜桒㐂𡈽𣘺𠀋𩸽塚神靑眞曻槗彅䯂冨渕鷗葛\U000e0100辻\U000e0100"

Matrix = Sequence[float]  # ISO 32000-2 §8.3.3


def person(number: int, **others: str) -> dict[str, str]:
    facts = {"no": str(number), "kind": "個人", "name": "港　太郎", "kana": "みなと　たろう"}
    return {**dict.fromkeys(ALL_COLUMNS, ""), **facts, **others}


def roster(*rows: Mapping[str, str], without: str = "") -> dict[str, object]:
    return {
        "title": "地域安全連絡員一覧表",
        "as_of": "令和８年11月20日現在",
        "unit": "みなと警察署地域課",
        "purpose": "第３回地域安全の会",
        "caution": "取扱注意",
        "watermark": ["みなと-2026-0012", "みなと警察署地域課", "令和８年11月20日", "地域安全の会"],
        "foot": [
            "作成目的：第３回地域安全の会　　一覧表番号：2026-12",
            "書出番号：みなと-2026-0012",
        ],
        "columns": [
            {"key": key, "label": label, "width": 25, "align": "left"}
            for key, label in ALL_COLUMNS.items()
            if key != without
        ],
        "rows": rows,
        "counts": f"個人{len(rows)}名",
        "remark": "（敬称略）",
    }


def printed(data: Mapping[str, object]) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(render_pdf("roster", data, timeout_s=60)))


def text_of(reader: pypdf.PdfReader) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))


def test_roster_prints_every_fact_once() -> None:
    row = person(1, post="自治会長", area="本町", phone="087-833-0110", note="電話は夕方")

    text = text_of(printed(roster(row)))

    for fact in ("自治会長", "本町", "087-833-0110", "電話は夕方", "港太郎", "みなとたろう"):
        assert text.count(fact) == 1
    for line in (
        "".join(ALL_COLUMNS.values()),
        "令和８年11月20日現在",
        "個人1名（敬称略）",
        "取扱注意",
        "1／1ページ",
    ):
        assert text.count(line) == 1
    assert text.count("作成目的：第３回地域安全の会一覧表番号：2026-12") == 1
    assert text.count("書出番号：みなと-2026-0012") == 1


def test_roster_without_a_column_prints_no_such_heading() -> None:
    text = text_of(printed(roster(person(1, phone="087-833-0110"), without="phone")))

    assert (text.count("電話番号"), text.count("087-833-0110")) == (0, 0)


def test_roster_repeats_its_heading_and_numbers_its_pages() -> None:
    reader = printed(roster(*(person(number) for number in range(1, 41))))

    pages = [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]
    total = len(pages)
    assert total > 1
    assert [page.count("役職・窓口担当者") for page in pages] == [1] * total
    assert [page.count("取扱注意") for page in pages] == [1] * total
    assert [page.count(f"{at}／{total}ページ") for at, page in enumerate(pages, 1)] == [1] * total


def test_roster_keeps_rare_kanji_and_variation_selectors() -> None:
    reader = printed(roster(person(1, name=f"港　{RARE}")))

    fonts = {
        font.get_object()["/BaseFont"].partition("+")[2].partition("-Identity")[0]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert text_of(reader).count(RARE) == 1
    assert fonts == {"BIZUDPGothic-Regular", "BIZUDPGothic-Bold", "NotoSansCJKjp-Regular"}


def test_roster_prints_markup_as_text() -> None:
    nasty = '#panic("x") *a* $x$ <b> @ref //c \\'

    text = text_of(printed(roster(person(1, note=nasty), person(2, note="#sys.inputs"))))

    assert (text.count(nasty.replace(" ", "")), text.count("#sys.inputs")) == (1, 1)


@pytest.mark.parametrize(
    ("text", "mark", "count"),
    [
        ("鷗。" * 900, "鷗", 900),
        ("https://example.jp/" + "Q" * 300, "Q", 300),
        ("鷗" * 60, "鷗", 60),
    ],
    ids=["more than a page", "one long word", "some lines"],
)
def test_roster_loses_nothing_of_a_long_cell(text: str, mark: str, count: int) -> None:
    heights = []

    def keep(part: str, page: Matrix, text: Matrix, _font: object, _size: float) -> None:
        height = text[4] * page[1] + text[5] * page[3] + page[5]
        heights.extend([height] * part.count(mark))

    for page in printed(roster(person(1), person(2, note=text), person(3))).pages:
        page.extract_text(visitor_text=keep)

    assert len(heights) == count
    assert min(heights) > FOOT_POINTS


def test_render_pdf_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(UnprintableDocument) as raised:
        render_pdf("roster", roster(person(1)), timeout_s=0.01)

    assert str(raised.value) == (
        "PDFの作成が0.01秒で終わりませんでした。件数を絞って、もう一度作成してください。"
    )


def test_render_pdf_that_needs_too_much_memory_is_stopped() -> None:
    data = roster(*(person(number) for number in range(2_000)))

    with pytest.raises(UnprintableDocument) as raised:
        render_pdf("roster", data, timeout_s=60, max_memory_bytes=300_000_000)

    assert str(raised.value) == (
        "件数が多すぎるため、PDFを作成できませんでした。件数を絞って、もう一度作成してください。"
    )


def test_render_pdf_with_facts_missing_keeps_the_cause_for_the_log() -> None:
    with pytest.raises(UnprintableDocument) as raised:
        render_pdf("roster", {"title": "一覧表"}, timeout_s=60)

    assert str(raised.value) == "PDFを作成できませんでした。システム管理者に連絡してください。"
    assert str(raised.value.__cause__).count('dictionary does not contain key "as_of"') >= 1
