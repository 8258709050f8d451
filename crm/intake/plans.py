"""What each row of a list would come to, decided before anything is written. Pure: no database."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from crm.contacts.models import OrganizationKind
from crm.intake.deeds import (
    Deed,
    EndPost,
    GivePost,
    Plan,
    RegisterOrganization,
    RegisterPerson,
    Remark,
    Step,
    Verdict,
    remark,
    remark_of,
)
from crm.intake.differences import (
    candidacy,
    fill_organization,
    fill_person,
    fitting,
    phones_text,
)
from crm.intake.known import Index, KnownOrganization, KnownPerson, Lookups, name_key
from crm.intake.matching import (
    SetAside,
    recorded_organization,
    recorded_person,
    row_of_same_person,
)
from crm.intake.models import ListKind
from crm.intake.posts import CHAIR, ONE_HOLDER, OTHER, organization_kind, post_kind
from crm.intake.rows import Line, PersonRow, Rejected, Skipped
from crm.kernel.i18n import N_
from crm.kernel.text import search_key

ONE_DAY = dt.timedelta(days=1)
MAX_NAME, MAX_ORGANIZATION = 60, 160

Told = tuple[list[Deed], list[Remark]]


def plan(lines: Iterable[Line], lookups: Lookups) -> Plan:
    """Decide about every row of a list against what is on record and the rows before it."""
    planner = _Planner(lookups)
    return Plan(tuple(planner.step(line) for line in lines))


class _Planner:
    """One list being gone through: what is on record, and what its own rows said so far."""

    def __init__(self, lookups: Lookups) -> None:
        self._index = Index(lookups)
        self._lookups = lookups
        self._is_chairs = lookups.kind is ListKind.CHAIRS
        self._met: dict[UUID, int] = {}
        self._new_people: dict[str, list[PersonRow]] = {}
        self._new_organizations: dict[str, int] = {}
        self._given: set[tuple[object, ...]] = set()
        self._chairs: dict[tuple[object, ...], int] = {}

    def step(self, line: Line) -> Step:
        """Return what a row comes to."""
        if not isinstance(line, PersonRow):
            return _left_out(line)
        row, lost = fitting(line)
        told = [*lost, *(remark_of(each.message, each.facts) for each in row.remarks)]
        try:
            _require_fit(row)
            step = self._organization(row) if row.is_organization else self._person(row)
        except SetAside as aside:
            why = (aside.why, *told)
            return Step(number=row.number, name=row.name, verdict=aside.verdict, remarks=why)
        return replace(step, remarks=(*step.remarks, *told))

    def _person(self, row: PersonRow) -> Step:
        known = recorded_person(row, self._index)
        named = self._new_people.get(name_key(row.family + row.given), ())
        first = self._met.get(known.id) if known else row_of_same_person(row, named)
        deeds, remarks = self._own(row, known) if first is None else ([], [])
        posts, more = self._posts(row, known, first)
        if first is not None and not posts:
            why = remark(N_("%(first)s行目と同じ方です。"), first=first)
            raise SetAside(why, Verdict.REFUSED)
        self._remember(row, known, first, posts)
        return Step(
            number=row.number,
            name=row.name,
            verdict=_verdict([*deeds, *posts]),
            deeds=(*deeds, *posts),
            remarks=(*remarks, *more),
            person_id=known.id if known else None,
            same_as=None if known else first,
        )

    def _organization(self, row: PersonRow) -> Step:
        known = recorded_organization(row.family, self._index, is_chairs=False)
        key = search_key(row.family)
        first = self._met.get(known.id) if known else self._new_organizations.get(key)
        if first is not None:
            why = remark(N_("%(first)s行目と同じ団体です。"), first=first)
            raise SetAside(why, Verdict.REFUSED)
        deeds, remarks = (
            fill_organization(row, known) if known else ([self._founding(row.family, row)], [])
        )
        named, told = candidacy(row, known.serving if known else None, self._lookups)
        if known:
            self._met[known.id] = row.number
        else:
            self._new_organizations[key] = row.number
        return Step(
            number=row.number,
            name=row.name,
            verdict=_verdict([*deeds, *named]),
            deeds=(*deeds, *named),
            remarks=(*remarks, *told),
            organization_id=known.id if known else None,
        )

    def _own(self, row: PersonRow, known: KnownPerson | None) -> Told:
        """Return what is done about the person as such: entered or completed, and a candidate."""
        deeds, remarks = fill_person(row, known) if known else ([_registration(row)], [])
        named, told = candidacy(row, known.serving if known else None, self._lookups)
        return [*deeds, *named], [*remarks, *told]

    def _posts(self, row: PersonRow, known: KnownPerson | None, first: int | None) -> Told:
        """Return the deeds that give the row's post; none where it is held already."""
        name = self._organization_of(row)
        if not (row.post or self._is_chairs):
            message = N_("役職がないため、団体「%(name)s」は登録しません。")
            return [], [remark(message, name=name)] if name and known is None else []
        is_chairs = self._is_chairs
        at = recorded_organization(name, self._index, is_chairs=is_chairs) if name else None
        post = self._post(row, name, at)
        if known and self._holds(known, row, post):
            return [], []
        if row.to_on and row.to_on < self._lookups.today:
            message = N_("任期が%(day)sに終わっているため、役職は登録しません。")
            return [], [remark(message, day=row.to_on)]
        if known and known.posts and not is_chairs:
            held = "、".join(each.label for each in known.posts)
            message = N_("登録済みの役職（%(posts)s）と違います。登録済みの役職を残します。")
            return [], [remark(message, posts=held)]
        if first is not None and self._is_given(known.id if known else first, post):
            return [], []
        founded = [self._founding(name, None)] if self._is_new(post) else []
        return [*founded, *self._followed(known, post), post], []

    def _organization_of(self, row: PersonRow) -> str:
        """Return what the row calls the organization; for a chair the area it stands for."""
        if not self._is_chairs:
            return row.organization
        name = row.organization or next(iter(row.areas), "")
        if not name:
            raise SetAside(remark(N_("団体の名前がないため、役職を登録できません。")))
        return name

    def _post(self, row: PersonRow, name: str, at: KnownOrganization | None) -> GivePost:
        if row.from_on and row.from_on > self._lookups.today:
            message = N_("就任の日（%(day)s）がまだ来ていません。その日以後に取り込んでください。")
            raise SetAside(remark(message, day=row.from_on))
        kind = at.kind if at else (self._kind_of(name) if name else None)
        title = ""
        post = self._index.kinds[CHAIR]
        if row.post:
            post, title = post_kind(row.post, kind, self._index.kinds)
        return GivePost(
            post_type_id=post.id,
            title=title,
            organization=at.id if at else (search_key(name) or None),
            label=f"{at.name if at else name} {title or post.name}".strip(),
            valid_from=row.from_on or (self._lookups.day if self._is_chairs else None),
        )

    def _holds(self, known: KnownPerson, row: PersonRow, post: GivePost) -> bool:
        """Whether a person on record holds the post, whatever it is called there."""
        other = self._index.kinds[OTHER].id
        return any(
            (not post.organization or held.organization_id == post.organization)
            and (
                search_key(held.post) == search_key(row.post)
                or (held.post_type_id == post.post_type_id != other)
            )
            for held in known.posts
        )

    def _followed(self, known: KnownPerson | None, post: GivePost) -> Iterator[EndPost]:
        """End the post of whoever held it before, where there is one holder at a time."""
        if not (self._is_chairs and self._has_one_holder(post)):
            return
        earlier = self._chairs.get((post.organization, post.post_type_id))
        if earlier is not None:
            raise SetAside(remark(N_("%(first)s行目と同じ団体の同じ役職です。"), first=earlier))
        first_day = post.valid_from or self._lookups.day
        for held in self._index.holders_of(post.organization, post.post_type_id):
            if held.valid_to or (known and held.person_id == known.id):
                continue
            if held.valid_from and held.valid_from >= first_day:
                message = N_("%(name)sさんが%(day)sから同じ役職に就いています。")
                raise SetAside(remark(message, name=held.person_name, day=held.valid_from))
            yield EndPost(
                appointment_id=held.id,
                revision=held.revision,
                name=held.person_name,
                last_day=first_day - ONE_DAY,
            )

    def _founding(self, name: str, row: PersonRow | None) -> RegisterOrganization:
        """Enter an organization; `row` is its own, where it has one."""
        kind = self._kind_of(name)
        is_association = kind is OrganizationKind.NEIGHBORHOOD_ASSOCIATION
        place = self._index.place_named(name) if is_association else None
        return RegisterOrganization(
            key=search_key(name),
            kind=kind,
            name=name,
            kana=row.family_kana if row else "",
            area_id=place.id if place else None,
            address=row.address if row else "",
            phones=phones_text(row) if row else "",
        )

    def _kind_of(self, name: str) -> OrganizationKind:
        kind = organization_kind(name)
        if self._is_chairs and kind is OrganizationKind.OTHER:
            return OrganizationKind.NEIGHBORHOOD_ASSOCIATION
        return kind

    def _has_one_holder(self, post: GivePost) -> bool:
        return post.post_type_id in {self._index.kinds[code].id for code in ONE_HOLDER}

    def _is_new(self, post: GivePost) -> bool:
        at = post.organization
        return isinstance(at, str) and at not in self._new_organizations

    def _is_given(self, who: UUID | int, post: GivePost) -> bool:
        return (who, post.organization, post.post_type_id, post.title) in self._given

    def _remember(
        self, row: PersonRow, known: KnownPerson | None, first: int | None, posts: Sequence[Deed]
    ) -> None:
        """Keep what later rows must know of this one, now that it is taken in for certain."""
        if known:
            self._met.setdefault(known.id, row.number)
        elif first is None:
            named = name_key(row.family + row.given)
            self._new_people.setdefault(named, []).append(row)
        who = known.id if known else (first or row.number)
        for deed in posts:
            if isinstance(deed, RegisterOrganization):
                self._new_organizations[deed.key] = row.number
            elif isinstance(deed, GivePost):
                self._given.add((who, deed.organization, deed.post_type_id, deed.title))
                self._chairs.setdefault((deed.organization, deed.post_type_id), row.number)


def _left_out(line: Skipped | Rejected) -> Step:
    why = remark_of(line.reason.message, line.reason.facts)
    verdict = Verdict.UNSURE if isinstance(line, Rejected) else Verdict.REFUSED
    return Step(number=line.number, name="", verdict=verdict, remarks=(why,))


def _require_fit(row: PersonRow) -> None:
    """Leave to a person what the book cannot hold, and whoever is said to have gone."""
    if row.standing is not None:
        message = N_("一覧の書き込みを確かめ、登録する場合は書き込みを消して取り込んでください。")
        raise SetAside(remark(message))
    limit = MAX_ORGANIZATION if row.is_organization else MAX_NAME
    if max(len(row.family), len(row.given)) > limit or len(row.organization) > MAX_ORGANIZATION:
        raise SetAside(remark(N_("氏名又は団体の名前が長すぎます。")))


def _registration(row: PersonRow) -> RegisterPerson:
    is_spelled_otherwise = search_key(row.name) != search_key(row.family + row.given)
    return RegisterPerson(
        family_name=row.family,
        given_name=row.given,
        family_kana=row.family_kana,
        given_kana=row.given_kana,
        name_as_given=row.name[: 2 * MAX_NAME] if is_spelled_otherwise else "",
        address=row.address,
        phones=phones_text(row),
    )


def _verdict(deeds: Sequence[Deed]) -> Verdict:
    """Return what becomes of a row's own person or organization."""
    if not deeds:
        return Verdict.UNCHANGED
    is_person_row = any(isinstance(deed, GivePost | RegisterPerson) for deed in deeds)
    maker = RegisterPerson if is_person_row else RegisterOrganization
    return Verdict.CREATED if isinstance(deeds[0], maker) else Verdict.UPDATED
