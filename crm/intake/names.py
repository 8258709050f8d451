"""The name in a cell of a list: the person's, freed of what was written around it."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from crm.formats.cells import FORMULA
from crm.intake.remarks import Remarks
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.kana import normalize_kana
from crm.kernel.text import split_name

TITLE = (
    "(?:自治会長|町内会長|町会長|連合会長|副会長|会長|副区長|区長|校長|教頭|園長|所長|館長|"
    "副理事長|理事長|理事|副委員長|委員長|委員|組長|班長|会計|監事|顧問|書記|幹事|代表|店長|"
    "支部長|分団長|隊長|部長|課長|社長|事務局長|総代)"
)
ENDS_IN_TITLE = re.compile(rf"(?P<before>.*?)[\s　]*(?P<title>{TITLE})(?:代理)?")
BEGINS_WITH_TITLE = re.compile(rf"(?P<title>{TITLE})[\s　]+(?P<after>.+)")
HONORIFIC = re.compile(r"(?P<name>.{2,}?)[\s　]*(?P<honorific>様|殿|氏|さま|さん|先生|君)")
BRACKETS = re.compile(r"[（(〔［\[]([^）)〕］\]]*)[）)〕］\]]")
DEPARTED = re.compile(r"故[\s　・]+(?P<name>.+)")
TWO_PEOPLE = re.compile(r"[、，,／/&＆＋;；\n]|・|[\s　]と[\s　]")
KANA = re.compile("[ァ-ヺーヽヾ・ ]+")
DOUBTFUL = re.compile("[\ue000-\uf8ff〓\ufffd□■?？]")
GROUP = re.compile(
    r".*(?:自治会|町内会|町会|区会|子ども会|老人会|婦人会|女性会|商店会|協議会|連合会|協会|組合|"
    r"クラブ|小学校|中学校|高等学校|高校|幼稚園|保育園|保育所|こども園|公民館|センター|消防団|"
    r"株式会社|有限会社|支店|営業所|郵便局|病院|PTA|ＰＴＡ)(?:本部|事務局)?"
    r"|(?:株式会社|有限会社|㈱|㈲|[（(](?:株|有)[）)]).*|.*(?:㈱|㈲|[（(](?:株|有)[）)])"
)
NOBODY = frozenset({"欠員", "空席", "未定", "該当なし", "なし", "選考中", "調整中", "空き", "欠"})
MAX_PART = 60
MAX_GROUP = 160


class Standing(StrEnum):
    """What a list says beside a name: （故）, （転出）, （退任）. A hint for people, no more."""

    DECEASED = "deceased"
    MOVED = "moved"
    RETIRED = "retired"


STANDINGS = (
    (re.compile("故|故人|死亡|逝去|死去"), Standing.DECEASED),
    (re.compile("転出|転居|引っ?越し"), Standing.MOVED),
    (re.compile("退任|退会|辞任|退職|任期満了"), Standing.RETIRED),
)


@dataclass(slots=True)
class Name:
    """A name while it is read; what stood around it goes where it belongs."""

    family: str
    given: str = ""
    kana: str = ""
    post: str = ""
    standing: Standing | None = None
    note: str = ""
    is_group: bool = False


def read_name(cell: str, kind: str, remarks: Remarks) -> Name:
    """Read a cell that holds a whole name; `kind` is what a column 区分 says, if anything.

    Raises Refused for two names in one cell and for what cannot be a name.
    """
    text = cell.strip()
    if FORMULA.match(text):
        raise Refused("氏名の欄が計算式です（%(text)s）。氏名を文字で書いてください。", text=text)
    if _is_group(text, kind):
        return _group(text, kind, remarks)
    name = Name(text)
    _take_reading_line(name)
    _take_brackets(name, remarks)
    _take_departed(name, remarks)
    _take_titles(name, remarks)
    _take_honorific(name, remarks)
    require_one_person(name.family)
    name.family, name.given = _split(name.family, remarks)
    require_fitting(name.family, name.given)
    say_doubts(name.family + name.given, remarks)
    return name


def read_parts(family: str, given: str, remarks: Remarks) -> Name:
    """Read a family and a given name from cells of their own."""
    name = Name(" ".join(given.split()) if given else "")
    _take_brackets(name, remarks)
    _take_honorific(name, remarks)
    require_one_person(family + name.family)
    name.family, name.given = family.strip(), name.family
    require_fitting(name.family, name.given)
    say_doubts(family + given, remarks)
    return name


def is_kana(text: str) -> bool:
    """Tell whether a text, in the form readings are stored, is nothing but kana."""
    return KANA.fullmatch(text) is not None


def require_one_person(text: str) -> None:
    """Raise Refused where a cell holds the names of two."""
    # A dot inside a name in katakana stands between its parts: ジョン・スミス.
    if TWO_PEOPLE.search(text) and not is_kana(normalize_kana(text)):
        raise Refused(
            "一つの欄に二人以上の氏名があります（%(text)s）。一人ずつ行を分けてください。",
            text=" ".join(text.split()),
        )


def require_fitting(family: str, given: str) -> None:
    """Raise Refused for what cannot be anybody's name."""
    if not family:
        raise Refused("氏名がありません。")
    if max(len(family), len(given)) > MAX_PART:
        raise Refused("氏名が長すぎます（%(limit)s文字まで）。", limit=MAX_PART)
    if unicodedata.normalize("NFKC", family).replace("-", "").isdigit():
        raise Refused("氏名の欄が数字です（%(text)s）。列の選び方を確認してください。", text=family)


def say_doubts(text: str, remarks: Remarks) -> None:
    """Remark on characters nobody can read or that only one computer knows (外字)."""
    if DOUBTFUL.search(text):
        remarks.say(N_("氏名に外字又は読めない文字があります。正しい字を確認してください。"))


def title_in(text: str) -> re.Match[str] | None:
    """Find the title at the end of 「若葉町自治会 会長」 or 「若葉町自治会長」."""
    return ENDS_IN_TITLE.fullmatch(text)


def _is_group(text: str, kind: str) -> bool:
    if "個人" in kind:
        return False
    return "団体" in kind or any(
        GROUP.fullmatch(each) for each in (text, BRACKETS.sub("", text).strip())
    )


def _group(text: str, kind: str, remarks: Remarks) -> Name:
    name = " ".join(text.split())
    require_fitting(name[:MAX_PART], "")
    if len(name) > MAX_GROUP:
        raise Refused("団体名が長すぎます（%(limit)s文字まで）。", limit=MAX_GROUP)
    if not kind:
        remarks.say(N_("団体として読み取りました。個人であれば直してください。"))
    say_doubts(name, remarks)
    return Name(name, is_group=True)


def _take_reading_line(name: Name) -> None:
    """Take a line of kana above or below a name for its reading."""
    lines = [line.strip() for line in name.family.splitlines() if line.strip()]
    kana = [line for line in lines if is_kana(normalize_kana(line))]
    rest = [line for line in lines if line not in kana]
    if len(kana) == 1 and len(rest) == 1:
        name.family, name.kana = rest[0], kana[0]
    else:
        name.family = "\n".join(lines)


def _take_brackets(name: Name, remarks: Remarks) -> None:
    for said in BRACKETS.findall(name.family):
        inner = said.strip()
        standing = next((each for pattern, each in STANDINGS if pattern.search(inner)), None)
        if standing:
            _stand(name, standing, inner, remarks)
        elif re.fullmatch(TITLE, inner):
            name.post = name.post or inner
        elif is_kana(normalize_kana(inner)):
            name.kana = name.kana or inner
        elif inner:
            name.note = f"{name.note} {inner}".strip()
            remarks.say(N_("氏名に書かれた「%(text)s」を備考に移しました。"), text=inner)
    name.family = BRACKETS.sub("", name.family).strip()


def _take_departed(name: Name, remarks: Remarks) -> None:
    found = DEPARTED.fullmatch(name.family)
    if found:
        name.family = found["name"]
        _stand(name, Standing.DECEASED, "故", remarks)


def _stand(name: Name, standing: Standing, said: str, remarks: Remarks) -> None:
    name.standing = standing
    remarks.say(N_("氏名に「%(text)s」とあります。現在の状況を確認してください。"), text=said)


def _take_titles(name: Name, remarks: Remarks) -> None:
    found = BEGINS_WITH_TITLE.fullmatch(name.family)
    rest = found["after"] if found else ""
    if not found:
        found = ENDS_IN_TITLE.fullmatch(name.family)
        rest = found["before"] if found else ""
    if found and rest:
        name.family, name.post = rest, name.post or found["title"]
        remarks.say(N_("氏名に書かれた「%(title)s」を役職に移しました。"), title=found["title"])


def _take_honorific(name: Name, remarks: Remarks) -> None:
    found = HONORIFIC.fullmatch(name.family)
    if found:
        name.family = found["name"]
        remarks.say(N_("敬称「%(honorific)s」を除きました。"), honorific=found["honorific"])


def _split(text: str, remarks: Remarks) -> tuple[str, str]:
    parts = text.split()
    spread = len(parts) > 2 and all(len(part) == 1 for part in parts)  # noqa: PLR2004 - 「山 田 太 郎」
    if spread:
        text = "".join(parts)
    family, given = split_name(text)
    if not given and text:
        remarks.say(N_("氏と名に分けられません。そのまま氏として登録します。"))
    return family, given
