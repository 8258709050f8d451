"""The stations of each size of sample: what they are called, where they lie, who tries them."""

from collections.abc import Sequence
from typing import NamedTuple

from crm.kernel.actor import Role
from crm.samples.crew import Tester
from crm.samples.home import Home
from crm.samples.offices import LARGE_STATION, SMALL_STATION, Called
from crm.samples.partners import CITY_HALL, FIRE_SERVICE, SCHOOL_BOARD
from crm.samples.sizes import NEIGHBOR, SMALL, STATION, Size, size_of_twelve
from crm.samples.town import Municipality, Setting

_MINATO = Municipality("みなと市", "ミナトシ", "99201")
_SHIOKAZE = Municipality("汐風町", "シオカゼチョウ", "99302")
_MISAKI = Municipality("岬町", "ミサキチョウ", "99303")

_WAKABA_TESTERS = (
    Tester("box", Role.OFFICER, "佐藤 彩", "サトウ アヤ", "officer"),
    Tester("生活安全課", Role.OFFICER, "山口 進", "ヤマグチ ススム", "seian"),
    Tester("地域課", Role.SECTION_CHIEF, "中村 誠", "ナカムラ マコト", "chief"),
    Tester("station", Role.STATION_CHIEF, "小林 剛", "コバヤシ ツヨシ", "station-chief"),
)


class _Outline(NamedTuple):
    """A further station of the prefecture; `login` begins its accounts' names."""

    called: Called
    login: str
    chief: tuple[str, str]
    officer: tuple[str, str]
    municipalities: tuple[Municipality, ...]


_MISAKI_OUTLINE = _Outline(
    Called("岬警察署", "ミサキケイサツショ"),
    "misaki",
    ("木村 豊", "キムラ ユタカ"),
    ("伊藤 学", "イトウ マナブ"),
    (_MISAKI, Municipality("灯台町", "トウダイチョウ", "99306")),
)
_FURTHER = (
    _Outline(
        Called("潮見警察署", "シオミケイサツショ"),
        "shiomi",
        ("大野 満", "オオノ ミツル"),
        ("原田 舞", "ハラダ マイ"),
        (Municipality("潮見市", "シオミシ", "99202"),),
    ),
    _Outline(
        Called("白浜警察署", "シラハマケイサツショ"),
        "shirahama",
        ("三浦 守", "ミウラ マモル"),
        ("今井 悟", "イマイ サトル"),
        (
            Municipality("白浜市", "シラハマシ", "99203"),
            Municipality("磯部町", "イソベチョウ", "99301"),
        ),
    ),
    _Outline(
        Called("大橋警察署", "オオハシケイサツショ"),
        "ohashi",
        ("丸山 昭", "マルヤマ アキラ"),
        ("平野 葵", "ヒラノ アオイ"),
        (Municipality("大橋市", "オオハシシ", "99204"),),
    ),
    _Outline(
        Called("青葉警察署", "アオバケイサツショ"),
        "aoba",
        ("野口 修", "ノグチ オサム"),
        ("千葉 亮", "チバ リョウ"),
        (
            Municipality("青葉市", "アオバシ", "99205"),
            Municipality("滝見町", "タキミチョウ", "99304"),
        ),
    ),
    _Outline(
        Called("赤石警察署", "アカイシケイサツショ"),
        "akaishi",
        ("岩崎 弘", "イワサキ ヒロシ"),
        ("古川 淳", "フルカワ ジュン"),
        (Municipality("赤石市", "アカイシシ", "99206"),),
    ),
    _Outline(
        Called("千鳥警察署", "チドリケイサツショ"),
        "chidori",
        ("水野 忠", "ミズノ タダシ"),
        ("吉川 瞳", "ヨシカワ ヒトミ"),
        (
            Municipality("千鳥市", "チドリシ", "99207"),
            Municipality("鶴巻町", "ツルマキチョウ", "99305"),
        ),
    ),
    _Outline(
        Called("城下警察署", "シロシタケイサツショ"),
        "shiroshita",
        ("飯田 茂", "イイダ シゲル"),
        ("北村 徹", "キタムラ トオル"),
        (Municipality("城下市", "シロシタシ", "99208"),),
    ),
    _MISAKI_OUTLINE,
    _Outline(
        Called("灘警察署", "ナダケイサツショ"),
        "nada",
        ("安田 勇", "ヤスダ イサム"),
        ("服部 聡", "ハットリ サトシ"),
        (Municipality("灘町", "ナダチョウ", "99307"),),
    ),
    _Outline(
        Called("栗林警察署", "クリバヤシケイサツショ"),
        "kuribayashi",
        ("永井 清", "ナガイ キヨシ"),
        ("矢野 愛", "ヤノ アイ"),
        (Municipality("栗林町", "クリバヤシチョウ", "99308"),),
    ),
    _Outline(
        Called("渚警察署", "ナギサケイサツショ"),
        "nagisa",
        ("片山 勝", "カタヤマ マサル"),
        ("三宅 碧", "ミヤケ ミドリ"),
        (Municipality("渚町", "ナギサチョウ", "99309"),),
    ),
)
_TWELVE = (
    size_of_twelve(columns=30, boxes=21, elementary=24, junior_high=11),
    size_of_twelve(columns=28, boxes=20, elementary=22, junior_high=10),
    size_of_twelve(columns=24, boxes=17, elementary=19, junior_high=9),
    size_of_twelve(columns=20, boxes=14, elementary=16, junior_high=8),
    size_of_twelve(columns=18, boxes=13, elementary=14, junior_high=7),
    size_of_twelve(columns=16, boxes=11, elementary=13, junior_high=6),
    size_of_twelve(columns=14, boxes=10, elementary=11, junior_high=5),
    size_of_twelve(columns=13, boxes=9, elementary=11, junior_high=5),
    size_of_twelve(columns=12, boxes=9, elementary=10, junior_high=5),
    size_of_twelve(columns=10, boxes=7, elementary=8, junior_high=4),
    size_of_twelve(columns=8, boxes=5, elementary=6, junior_high=3),
    size_of_twelve(columns=7, boxes=4, elementary=6, junior_high=2),
)
"""From the largest to the smallest; together set (b) of `scale.md`."""

_STATIONS_WITH_FEW_SECTIONS = 4
_STEMS_APART = 6


def _wakaba(size: Size) -> Home:
    return Home(
        Called("若葉警察署", "ワカバケイサツショ"),
        LARGE_STATION,
        Setting((_MINATO, _SHIOKAZE), first_stem=0, cells_east=0),
        size,
        _WAKABA_TESTERS,
        merger=True,
        halls=(CITY_HALL, SCHOOL_BOARD, FIRE_SERVICE),
    )


def _further(outline: _Outline, sections: Sequence[str], setting: Setting, size: Size) -> Home:
    return Home(
        outline.called,
        sections,
        setting,
        size,
        (
            Tester(sections[0], Role.SECTION_CHIEF, *outline.chief, f"{outline.login}-chief"),
            Tester("box", Role.OFFICER, *outline.officer, outline.login),
        ),
    )


def _beside_a_neighbor(size: Size) -> tuple[Home, ...]:
    """Return a station and a small one beside it, with one cell of water between the two towns."""
    setting = Setting((_MISAKI,), first_stem=63, cells_east=size.columns + 1)
    return _wakaba(size), _further(_MISAKI_OUTLINE, SMALL_STATION, setting, NEIGHBOR)


def _prefecture() -> tuple[Home, ...]:
    homes = [_wakaba(_TWELVE[0])]
    east = _TWELVE[0].columns + 1
    for order, (outline, size) in enumerate(zip(_FURTHER, _TWELVE[1:], strict=True), 1):
        small = order >= len(_TWELVE) - _STATIONS_WITH_FEW_SECTIONS
        setting = Setting(outline.municipalities, _STEMS_APART * order, east)
        homes.append(_further(outline, SMALL_STATION if small else LARGE_STATION, setting, size))
        east += size.columns + 1
    return tuple(homes)


HOMES = {
    "small": _beside_a_neighbor(SMALL),
    "station": _beside_a_neighbor(STATION),
    "prefecture": _prefecture(),
}
