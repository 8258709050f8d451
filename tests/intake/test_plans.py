"""What rows come to against what is on record: pure, no database."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from crm.contacts.models import OrganizationKind
from crm.intake.deeds import (
    EndPost,
    FillIn,
    GivePost,
    NoteCandidate,
    RegisterOrganization,
    RegisterPerson,
    Step,
    Verdict,
)
from crm.intake.known import (
    KnownOrganization,
    KnownPerson,
    KnownPost,
    Lookups,
    Place,
    PostKind,
    Serving,
)
from crm.intake.models import ListKind
from crm.intake.plans import plan
from crm.intake.rows import PersonRow, Rejected, Remark, Skipped, Standing
from crm.kernel.phone import read_phones
from crm.kernel.text import split_name
from crm.liaisons.models import LiaisonState

DAY, TODAY = dt.date(2026, 4, 1), dt.date(2026, 11, 20)
KINDS = [
    PostKind(uuid7(), "association_chair", "自治会長"),
    PostKind(uuid7(), "association_vice_chair", "自治会副会長"),
    PostKind(uuid7(), "other", "その他の役職"),
]
CHAIR = KINDS[0].id
ASSOCIATION = KnownOrganization(
    id=uuid7(),
    revision=1,
    kind=OrganizationKind.NEIGHBORHOOD_ASSOCIATION,
    name="みなと町自治会",
    kana="",
    address="",
)


def row(number: int, name: str = "山田 太郎", **facts: object) -> PersonRow:
    family, given = split_name(name)
    phones = tuple(read_phones(str(facts.pop("phone", ""))))
    kana = split_name(str(facts.pop("kana", "")))
    return PersonRow(
        number=number,
        name=name,
        family=family,
        given=given,
        family_kana=kana[0],
        given_kana=kana[1],
        phones=phones,
        **facts,  # type: ignore[arg-type]  # a row's own fields
    )


def known(name: str = "山田 太郎", **facts: object) -> KnownPerson:
    family, given = split_name(name)
    defaults = {"family_kana": "", "given_kana": "", "address": "", "revision": 1}
    return KnownPerson(
        id=uuid7(),
        family_name=family,
        given_name=given,
        **{**defaults, **facts},  # type: ignore[arg-type]  # a person's own columns
    )


def post_of(person: KnownPerson, at: KnownOrganization, **facts: object) -> KnownPost:
    return KnownPost(
        id=uuid7(),
        revision=3,
        person_id=person.id,
        person_name=person.name,
        organization_id=at.id,
        organization_name=at.name,
        post_type_id=CHAIR,
        post="自治会長",
        **{"valid_from": None, "valid_to": None, **facts},  # type: ignore[arg-type]  # its dates
    )


def steps(
    lines: list[PersonRow],
    *people: KnownPerson,
    kind: ListKind = ListKind.PEOPLE,
    organizations: tuple[KnownOrganization, ...] = (ASSOCIATION,),
    places: tuple[Place, ...] = (),
) -> tuple[Step, ...]:
    lookups = Lookups(
        kind=kind,
        day=DAY,
        today=TODAY,
        people=people,
        organizations=organizations,
        posts=[post for person in people for post in person.posts],
        places=places,
        post_kinds=KINDS,
    )
    return plan(lines, lookups).steps


def only(lines: list[PersonRow], *people: KnownPerson, **more: object) -> Step:
    (step,) = steps(lines, *people, **more)  # type: ignore[arg-type]  # as `steps`
    return step


def kinds_of(step: Step) -> list[type]:
    return [type(deed) for deed in step.deeds]


def test_somebody_unknown_is_new() -> None:
    step = only([row(2, kana="やまだ たろう")])
    assert (step.verdict, kinds_of(step)) == (Verdict.CREATED, [RegisterPerson])


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        ({"phone": "054-622-0001"}, {"numbers": frozenset({"+81546220001"})}),
        ({"kana": "やまだ たろう"}, {"family_kana": "ヤマダ", "given_kana": "タロウ"}),
        ({"asked_on": DAY}, {"serving": Serving(asked_on=frozenset({DAY}))}),
        ({"areas": ("みなと町",)}, {"serving": Serving(areas=frozenset({"ミナト町"}))}),
    ],
)
def test_a_name_and_one_more_fact_tell_who_it_is(
    facts: dict[str, object], held: dict[str, object]
) -> None:
    person = known(**held)
    step = only([row(2, **facts)], person)
    assert (step.verdict, step.person_id) == (Verdict.UNCHANGED, person.id)


def test_an_organization_tells_who_it_is_and_variants_are_one_name() -> None:
    person = known("髙橋 花子")
    person = replace(person, posts=(post_of(person, ASSOCIATION),))
    step = only([row(2, "高橋花子", organization="みなと町町内会", post="会長")], person)
    assert (step.verdict, step.person_id) == (Verdict.UNCHANGED, person.id)
    # the form of the name is hers, not the list's
    assert [each.labels for each in step.remarks] == [("氏名の表記",)]


def test_a_name_alone_proves_nothing() -> None:
    step = only([row(2)], known())
    assert (step.verdict, step.deeds) == (Verdict.UNSURE, ())


def test_two_who_could_be_meant_are_left_to_a_person() -> None:
    twins = [known(family_kana="ヤマダ", given_kana="タロウ") for _ in range(2)]
    assert only([row(2, kana="やまだ たろう")], *twins).verdict is Verdict.UNSURE


def test_a_number_decides_between_two_of_one_name() -> None:
    first = known(family_kana="ヤマダ", given_kana="タロウ")
    second = replace(first, id=uuid7(), numbers=frozenset({"+81546220001"}))
    step = only([row(2, kana="やまだ たろう", phone="054-622-0001")], first, second)
    assert step.person_id == second.id


def test_empty_fields_are_filled_and_others_left() -> None:
    person = known(family_kana="ヤマダ", given_kana="タロウ", address="架空市1", revision=7)
    step = only([row(2, kana="やまだ たろう", phone="054-622-0001", address="架空市2")], person)
    assert step.deeds == (
        FillIn(revision=7, values={"phones": "054-622-0001"}, labels=("電話番号",)),
    )
    assert [each.labels for each in step.remarks] == [("住所",)]


def test_a_chair_follows_on_the_one_before() -> None:
    before = known("古川 三郎")
    held = post_of(before, ASSOCIATION)
    before = replace(before, posts=(held,))
    step = only([row(2, organization="みなと町自治会")], before, kind=ListKind.CHAIRS)
    assert kinds_of(step) == [RegisterPerson, EndPost, GivePost]
    ended, given_post = step.deeds[1:]
    assert isinstance(ended, EndPost)
    assert isinstance(given_post, GivePost)
    assert (ended.appointment_id, ended.revision, ended.last_day) == (
        held.id,
        3,
        dt.date(2026, 3, 31),
    )
    assert (given_post.organization, given_post.valid_from) == (ASSOCIATION.id, DAY)


def test_a_chair_who_came_later_is_not_ended() -> None:
    before = known("古川 三郎")
    before = replace(before, posts=(post_of(before, ASSOCIATION, valid_from=DAY),))
    step = only([row(2, organization="みなと町自治会")], before, kind=ListKind.CHAIRS)
    assert step.verdict is Verdict.UNSURE


def test_an_association_nobody_has_is_founded_once_and_stands_for_its_area() -> None:
    area = Place(uuid7(), "さくら台自治会")
    lines = [
        row(2, organization="さくら台", post="会長"),
        row(3, "鈴木 一郎", organization="さくら台", post="副会長"),
    ]
    first, second = steps(lines, kind=ListKind.CHAIRS, places=(area,))
    founded = first.deeds[1]
    assert isinstance(founded, RegisterOrganization)
    assert (founded.area_id, founded.kind) == (
        area.id,
        OrganizationKind.NEIGHBORHOOD_ASSOCIATION,
    )
    assert kinds_of(second) == [RegisterPerson, GivePost]


def test_two_chairs_of_one_association_are_left_to_a_person() -> None:
    lines = [row(2, organization="みなと町"), row(3, "鈴木 一郎", organization="みなと町自治会")]
    assert [step.verdict for step in steps(lines, kind=ListKind.CHAIRS)] == [
        Verdict.CREATED,
        Verdict.UNSURE,
    ]


def test_other_lists_leave_posts_that_are_on_record() -> None:
    person = known(family_kana="ヤマダ", given_kana="タロウ")
    person = replace(person, posts=(post_of(person, ASSOCIATION),))
    step = only([row(2, kana="やまだ たろう", organization="若葉小学校", post="校長")], person)
    assert (step.verdict, len(step.remarks)) == (Verdict.UNCHANGED, 1)


@pytest.mark.parametrize(
    ("state", "deeds"),
    [
        (LiaisonState.NONE, [NoteCandidate]),
        *((state, []) for state in LiaisonState if state is not LiaisonState.NONE),
    ],
)
def test_only_whom_nobody_asked_becomes_a_candidate(state: LiaisonState, deeds: list[type]) -> None:
    person = known(family_kana="ヤマダ", given_kana="タロウ", serving=Serving(state=state))
    lines = [row(2, kana="やまだ たろう", accepted=True)]
    step = only(lines, person, kind=ListKind.LIAISONS)
    assert kinds_of(step) == deeds
    assert len(step.remarks) == 1 - len(deeds)


def test_an_acceptance_in_a_column_makes_a_candidate_only() -> None:
    step = only([row(2, accepted=True, asked_on=DAY)], kind=ListKind.LIAISONS)
    assert kinds_of(step) == [RegisterPerson, NoteCandidate]


def test_the_same_person_twice_is_one_person_with_two_posts() -> None:
    lines = [
        row(2, kana="やまだ たろう", organization="みなと町自治会"),
        row(3, kana="やまだ たろう", organization="磯部自治会"),
        row(4, kana="やまだ たろう", organization="磯部自治会"),
    ]
    _, second, third = steps(lines, kind=ListKind.CHAIRS)
    assert (second.same_as, kinds_of(second)) == (2, [RegisterOrganization, GivePost])
    assert (third.verdict, third.deeds) == (Verdict.REFUSED, ())


def test_organizations_are_matched_without_their_ending() -> None:
    told = PersonRow(number=2, name="港町会", family="みなと町町内会", is_organization=True)
    step = only([told], kind=ListKind.LIAISONS)
    assert (step.organization_id, kinds_of(step)) == (ASSOCIATION.id, [NoteCandidate])


@pytest.mark.parametrize("standing", Standing)
def test_whoever_is_said_to_have_gone_is_left_to_a_person(standing: Standing) -> None:
    assert only([row(2, standing=standing)]).verdict is Verdict.UNSURE


def test_rows_about_nobody_are_out_and_broken_ones_wait() -> None:
    lines = [
        Skipped(5, Remark(5, "合計などの行のため、対象外です。")),
        Rejected(6, Remark(6, "氏名がありません。")),
    ]
    assert [step.verdict for step in steps(lines)] == [  # type: ignore[arg-type]  # lines of all kinds
        Verdict.REFUSED,
        Verdict.UNSURE,
    ]


def test_the_digest_tells_what_a_plan_stands_on() -> None:
    person = known(family_kana="ヤマダ", given_kana="タロウ")
    lines = [row(2, kana="やまだ たろう", address="架空市1")]

    def digest(who: KnownPerson, day: dt.date = DAY) -> str:
        lookups = Lookups(
            kind=ListKind.PEOPLE, day=day, today=TODAY, people=[who], post_kinds=KINDS
        )
        return plan(lines, lookups).digest

    assert digest(person) == digest(person)
    assert digest(person) != digest(replace(person, revision=2))


NAMES = st.sampled_from(["山田 太郎", "山田太郎", "髙橋 花子", "高橋 花子", "鈴木 一郎"])
ROWS = st.builds(
    lambda name, kana, phone, organization, post: {
        "name": name,
        "kana": kana,
        "phone": phone,
        "organization": organization,
        "post": post,
    },
    NAMES,
    st.sampled_from(["", "やまだ たろう", "ベツ ジン"]),
    st.sampled_from(["", "054-622-0001", "054-622-0002"]),
    st.sampled_from(["", "みなと町自治会", "磯部町会"]),
    st.sampled_from(["", "会長", "会計"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, max_size=8), st.sampled_from(ListKind))
def test_every_row_has_one_verdict_and_nobody_is_entered_twice(
    told: list[dict[str, str]], kind: ListKind
) -> None:
    lines = [row(number, **facts) for number, facts in enumerate(told, 2)]
    found = steps(lines, known("鈴木 一郎", family_kana="スズキ"), kind=kind)
    assert [step.number for step in found] == [line.number for line in lines]
    entered = [
        (deed.family_name + deed.given_name).replace("髙", "高")
        for step in found
        for deed in step.deeds
        if isinstance(deed, RegisterPerson)
    ]
    assert len(entered) == len(set(entered))
    for step in found:
        assert not step.deeds or step.verdict in {Verdict.CREATED, Verdict.UPDATED}
