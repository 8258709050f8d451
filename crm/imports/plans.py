"""A plan: what each row of a file would come to, decided before anything is written."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypeVar

from crm.kernel.errors import Refused
from crm.kernel.i18n import N_, translate
from crm.kernel.phone import PhoneKind


class Subject(StrEnum):
    """What one part of a file makes or changes."""

    AREA = "area"
    UNIT = "unit"
    JURISDICTION = "jurisdiction"
    ORGANIZATION = "organization"
    SAFE_HOUSE = "safe_house"


SUBJECT_LABELS = {
    Subject.AREA: N_("区域"),
    Subject.UNIT: N_("警察署・交番"),
    Subject.JURISDICTION: N_("所管区"),
    Subject.ORGANIZATION: N_("団体"),
    Subject.SAFE_HOUSE: N_("こども110番の家"),
}


class Verdict(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one row; `message` is a msgid, its places filled from `facts`."""

    row: int
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give the sentence in the current language."""
        return translate(self.message, **self.facts)


class Row(Protocol):
    """A row of a file, read and checked for itself."""

    @property
    def row(self) -> int:
        """Its number in the file."""


class Number(NamedTuple):
    """A telephone number a row gives, under the names of the `Telephone` columns."""

    raw: str
    e164: str | None
    extension: str
    kind: PhoneKind
    label: str
    note: str
    last4: str


@dataclass(frozen=True, slots=True)
class Step:
    """What one row comes to.

    `values` are the columns of a new record, or only the changed ones of `existing`; `numbers` are
    the telephone numbers to add. `remarks` tell why a row is refused, or what to look at.
    """

    row: int
    verdict: Verdict
    values: Mapping[str, Any] = field(default_factory=dict)
    existing: Any = None
    numbers: tuple[Number, ...] = ()
    remarks: tuple[Remark, ...] = ()


class Counts(NamedTuple):
    """How many rows were read and what became of them."""

    read: int
    created: int
    updated: int
    unchanged: int
    refused: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Every row of a file with what becomes of it."""

    subject: Subject
    steps: tuple[Step, ...]

    @property
    def counts(self) -> Counts:
        """How many rows there are of each verdict."""
        verdicts = [step.verdict for step in self.steps]
        return Counts(len(verdicts), *(verdicts.count(verdict) for verdict in Verdict))

    @property
    def refusals(self) -> list[Remark]:
        """Why rows were refused, in file order."""
        refused = (step for step in self.steps if step.verdict is Verdict.REFUSED)
        return [remark for step in refused for remark in step.remarks]

    @property
    def notes(self) -> list[Remark]:
        """What to look at in rows that were taken in, in file order."""
        taken = (step for step in self.steps if step.verdict is not Verdict.REFUSED)
        return [remark for step in taken for remark in step.remarks]


AnyRow = TypeVar("AnyRow", bound=Row)


def plan_of(
    subject: Subject,
    rows: Iterable[AnyRow | Remark],
    step_of: Callable[[AnyRow], Step],
    *,
    key_of: Callable[[AnyRow], Hashable],
) -> Plan:
    """Ask `step_of` about every row; a Refused, an unreadable row or a repeated key refuses it."""
    steps: list[Step] = []
    first_with: dict[Hashable, int] = {}
    for row in rows:
        if isinstance(row, Remark):
            steps.append(Step(row.row, Verdict.REFUSED, remarks=(row,)))
            continue
        try:
            _require_new(first_with, key_of(row), row.row)
            steps.append(step_of(row))
        except Refused as refusal:
            remark = Remark(row.row, refusal.message, refusal.facts)
            steps.append(Step(row.row, Verdict.REFUSED, remarks=(remark,)))
    return Plan(subject, tuple(steps))


def step_between(
    row: int,
    existing: object | None,
    wanted: Mapping[str, Any],
    *,
    only_new: Mapping[str, Any] | None = None,
    numbers: Sequence[Number] = (),
    remarks: Sequence[Remark] = (),
) -> Step:
    """Make the step from `existing` to what the row wants; a blank cell changes nothing.

    `only_new` are columns a record gets at its making and keeps.
    """
    told = tuple(remarks)
    if existing is None:
        values = {**wanted, **(only_new or {})}
        return Step(row, Verdict.CREATED, values, numbers=tuple(numbers), remarks=told)
    changed = {
        name: value
        for name, value in wanted.items()
        if value not in {None, ""} and getattr(existing, name) != value
    }
    verdict = Verdict.UPDATED if changed or numbers else Verdict.UNCHANGED
    return Step(row, verdict, changed, existing, tuple(numbers), told)


def _require_new(first_with: dict[Hashable, int], key: Hashable, row: int) -> None:
    first = first_with.setdefault(key, row)
    if first != row:
        raise Refused(
            "同じものが%(first)s番の行にもあります。一つにまとめてください。", first=first
        )
