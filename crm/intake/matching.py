"""Whom a row is about: somebody on record, somebody of an earlier row, or somebody new."""

from collections.abc import Sequence

from crm.contacts.models import OrganizationKind
from crm.intake.deeds import Remark, Verdict, remark
from crm.intake.known import (
    Index,
    KnownOrganization,
    KnownPerson,
    kana_key,
    number_key,
    short_key,
)
from crm.intake.posts import organization_kind
from crm.intake.rows import PersonRow
from crm.kernel.i18n import N_


class SetAside(Exception):
    """A row nothing is done with; `why` says for what reason."""

    def __init__(self, why: Remark, verdict: Verdict = Verdict.UNSURE) -> None:
        super().__init__(why.message)
        self.why = why
        self.verdict = verdict


def recorded_person(row: PersonRow, index: Index) -> KnownPerson | None:
    """Return the person on record whom the row is about, None for somebody new.

    A name alone proves nothing: a number, a reading, an organization, an area or the day of asking
    must agree. Raises SetAside where nobody can tell.
    """
    named = index.people_named(row.family + row.given)
    if not named:
        return None
    called = [each for each in named if numbers_of(row) & each.numbers]
    alike = called if len(called) == 1 else [each for each in named if _is_same(row, each)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        message = N_("同じ方と思われる登録が%(count)s件あります。どの方か確かめてください。")
        raise SetAside(remark(message, count=len(alike)))
    raise SetAside(
        remark(
            N_(
                "同じ氏名の方が登録されていますが、電話番号、ふりがな、団体のどれも一致しないため、"
                "同じ方かどうか分かりません。"
            )
        )
    )


def row_of_same_person(row: PersonRow, earlier: Sequence[PersonRow]) -> int | None:
    """Return which of the `earlier` rows of that name enters the same person; as above."""
    same = next((each for each in earlier if _is_same_row(row, each)), None)
    if earlier and same is None:
        raise SetAside(
            remark(
                N_(
                    "%(first)s行目に同じ氏名の方がいますが、電話番号、ふりがな、団体のどれも"
                    "一致しないため、同じ方かどうか分かりません。"
                ),
                first=earlier[0].number,
            )
        )
    return same.number if same else None


def recorded_organization(name: str, index: Index, *, is_chairs: bool) -> KnownOrganization | None:
    """Return the organization on record that a list calls `name`; SetAside where several are."""
    association = is_chairs or organization_kind(name) is OrganizationKind.NEIGHBORHOOD_ASSOCIATION
    found = index.organizations_named(name, association=association)
    if len(found) > 1:
        message = N_("団体「%(name)s」に当たる登録が%(count)s件あります。")
        raise SetAside(remark(message, name=name, count=len(found)))
    return found[0] if found else None


def numbers_of(row: PersonRow) -> frozenset[str]:
    """Return what the row's numbers are compared by."""
    return frozenset(number_key(phone) for phone in row.phones)


def _is_same(row: PersonRow, known: KnownPerson) -> bool:
    told = kana_key(row.family_kana + row.given_kana)
    at = {short_key(post.organization_name) for post in known.posts if post.organization_name}
    areas = {short_key(area) for area in row.areas}
    return (
        bool(numbers_of(row) & known.numbers)
        or bool(told and told == kana_key(known.kana))
        or bool(row.organization and short_key(row.organization) in at)
        or bool(areas & (known.serving.areas | at))
        or row.asked_on in known.serving.asked_on
    )


def _is_same_row(row: PersonRow, earlier: PersonRow) -> bool:
    told = kana_key(row.family_kana + row.given_kana)
    place = short_key(row.organization)
    return (
        bool(numbers_of(row) & numbers_of(earlier))
        or bool(told and told == kana_key(earlier.family_kana + earlier.given_kana))
        or bool(place and place == short_key(earlier.organization))
    )
