"""The forms of the administration; every change says from which day."""

from uuid import UUID

from pydantic import Field
from pydantic.config import JsonDict

from crm.agencies.models import UnitKind
from crm.agencies.service import UnitFacts
from crm.agencies.staffing import Posting, StaffFacts
from crm.areas.models import AreaKind
from crm.kernel.actor import Role
from crm.kernel.forms import Day, Form
from crm.kernel.i18n import N_

FROM_DAY: JsonDict = {"missing": N_("いつからかを入力してください。（例：令和9年4月1日）")}


class DayQuestion(Form):
    """The day a page shows; today when left empty. Days to come may be asked for."""

    as_of: Day | None = Field(default=None, title=N_("基準日"))


class AreaQuestion(DayQuestion):
    """Which areas of which day."""

    kind: AreaKind = Field(default=AreaKind.ASSOCIATION_AREA, title=N_("区域の種類"))


class FromDay(Form):
    """From which day a change holds, and which version of the thing it was made from."""

    day: Day = Field(title=N_("いつから"), json_schema_extra=FROM_DAY)
    revision: int = 0


class UnitForm(Form):
    """A new unit."""

    parent_id: UUID = Field(
        title=N_("上位の所属"),
        json_schema_extra={"missing": N_("上位の所属を選んでください。")},
    )
    kind: UnitKind = Field(
        title=N_("種類"), json_schema_extra={"missing": N_("種類を選んでください。")}
    )
    name: str = Field(
        title=N_("名称"),
        max_length=120,
        json_schema_extra={"missing": N_("名称を入力してください。（例：駅前交番）")},
    )
    kana: str = Field(default="", title=N_("ふりがな"), max_length=120)
    day: Day = Field(title=N_("いつから"), json_schema_extra=FROM_DAY)

    def facts(self) -> UnitFacts:
        """Return the unit as the form says it."""
        return UnitFacts(kind=self.kind, name=self.name, kana=self.kana, parent_id=self.parent_id)


class NameForm(FromDay):
    """What a unit is called from a day on."""

    name: str = Field(
        title=N_("名称"),
        max_length=120,
        json_schema_extra={"missing": N_("名称を入力してください。（例：駅前交番）")},
    )
    kana: str = Field(default="", title=N_("ふりがな"), max_length=120)


class PlaceForm(FromDay):
    """Below which unit a unit stands from a day on."""

    to: UUID = Field(
        title=N_("移す先"), json_schema_extra={"missing": N_("移す先の所属を選んでください。")}
    )


class EndingForm(FromDay):
    """From which day a unit is no more, and who takes its areas over."""

    successor_id: UUID | None = Field(default=None, title=N_("引き継ぐ所属"))


class OfficeForm(Form):
    """Which version of a unit becomes the office that owns the roster."""

    revision: int = 0


class ChargeForm(Form):
    """Areas a unit is responsible for from a day on."""

    area_ids: list[UUID] = Field(
        title=N_("区域"), json_schema_extra={"missing": N_("区域を選んでください。")}
    )
    day: Day = Field(title=N_("いつから"), json_schema_extra=FROM_DAY)


class StaffForm(Form):
    """What is recorded of a member of staff."""

    family_name: str = Field(
        title=N_("氏"),
        max_length=60,
        json_schema_extra={"missing": N_("氏を入力してください。（例：高橋）")},
    )
    given_name: str = Field(default="", title=N_("名"), max_length=60)
    family_kana: str = Field(default="", title=N_("氏のふりがな"), max_length=60)
    given_kana: str = Field(default="", title=N_("名のふりがな"), max_length=60)
    staff_no: str = Field(default="", title=N_("職員番号"), max_length=20)
    revision: int = 0

    def facts(self) -> StaffFacts:
        """Return what the form says of the member of staff."""
        return StaffFacts(**self.model_dump(include=set(StaffFacts.__slots__)))


class PostingForm(Form):
    """A unit and role from a day on."""

    unit_id: UUID = Field(
        title=N_("所属"), json_schema_extra={"missing": N_("所属を選んでください。")}
    )
    role: Role = Field(
        title=N_("役割"), json_schema_extra={"missing": N_("役割を選んでください。")}
    )
    day: Day = Field(title=N_("いつから"), json_schema_extra=FROM_DAY)
    concurrent: bool = Field(default=False, title=N_("兼務"))
    revision: int = 0

    def posting(self) -> Posting:
        """Return the assignment the form asks for."""
        return Posting(**self.model_dump(exclude={"revision"}, include=set(Posting.__slots__)))


class NewStaffForm(StaffForm, PostingForm):
    """Somebody new, with a first assignment."""


class LastDayForm(Form):
    """The last day of an assignment."""

    last_day: Day = Field(
        title=N_("最後の日"),
        json_schema_extra={"missing": N_("最後の日を入力してください。（例：令和9年3月31日）")},
    )
    revision: int = 0


class AccountForm(Form):
    """A new account; its password is made by the product."""

    login: str = Field(
        title=N_("ログイン名"),
        max_length=60,
        json_schema_extra={"missing": N_("ログイン名を入力してください。")},
    )


class RevisionForm(Form):
    """Which version of an account is changed."""

    revision: int = 0


class AreaNameForm(Form):
    """What an area is called."""

    name: str = Field(
        title=N_("名称"),
        max_length=120,
        json_schema_extra={"missing": N_("名称を入力してください。（例：みなと町自治会）")},
    )
    kana: str = Field(default="", title=N_("ふりがな"), max_length=120)
    revision: int = 0


class SettingForm(FromDay):
    """A number of days that holds from a day on."""

    value: int = Field(
        title=N_("日数"), json_schema_extra={"missing": N_("日数を入力してください。（例：90）")}
    )


class TransferForm(Form):
    """The list that was shown, and what it was going to do."""

    content: str = Field(title=N_("ファイル"), max_length=2_000_000)
    digest: str = Field(title=N_("内容の指紋"), max_length=64)
    name: str = Field(default="", title=N_("ファイル名"), max_length=200)


class StaffFilterForm(Form):
    """What somebody narrows the list of staff by; the day is judged by the page that shows it."""

    as_of: str = Field(default="", title=N_("基準日"), max_length=40)
    words: str = Field(default="", title=N_("氏名・ふりがな・職員番号"), max_length=100)
    shown: str = Field(default="", title=N_("表示"), max_length=20)
